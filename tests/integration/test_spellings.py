"""Spellings of one thing are listed, mapped to one by a decision that later batches remember, and undone as one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from sluice.app import App, build, process_requests
from sluice.app.value_mappings import mapping_trial
from sluice.cli.main import outcome
from sluice.config.text import read_text
from sluice.domain import Request, RequestKind
from sluice.messages import render

CONFIG = """
clock: 2026-03-04T06:00:00Z
datasets:
  prices:
    source: {files: "landing/*.csv"}
    key: [sku]
    mode: append
    columns: {sku: {type: string}, price: {type: number}, brand: {type: string}, buyer: {type: string, personal: true}}
    clean:
      - parse  # reads numbers
    gate: {max_quarantined: 0.9}
    suite:
      - expect_column_values_to_be_between: {column: price, min_value: 0}
"""


def land(folder: Path, day: int, brands: dict[str, int]) -> None:
    """Write a day of rows of some brands; the first row of each is held for its price."""
    cells = [(brand, place) for brand, rows in brands.items() for place in range(rows)]
    lines = [f'd{day}-{number},{-1 if place == 0 else 5},"{brand}",Ann' for number, (brand, place) in enumerate(cells)]
    (folder / "landing" / f"prices-2026-03-0{day}.csv").write_text("\n".join(["sku,price,brand,buyer", *lines]) + "\n")


@pytest.fixture
def app(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[App]:
    (tmp_path / "landing").mkdir()
    land(tmp_path, 1, {"Nike": 60, "NIKE ": 4, "Nkie": 2, "Puma": 40})
    (tmp_path / "sluice.yaml").write_text(CONFIG.replace("append", getattr(request, "param", "append")))
    with build(tmp_path / "sluice.yaml") as app:
        list(app.run(app.pending_arrivals()))
        yield app


def command(app: App, capsys: pytest.CaptureFixture[str], *words: str) -> Any:  # whatever JSON says
    capsys.readouterr()
    assert outcome([*words, "--config", str(app.path), "--format", "json"]) == 0
    return json.loads(capsys.readouterr().out)


def brands(app: App) -> dict[str, int]:
    rows = app.store.snapshot().published("prices").group_by("brand").len().collect()
    return dict(rows.sort("brand").iter_rows())


BEFORE = {"NIKE ": 3, "Nike": 59, "Nkie": 1, "Puma": 39}


def test_spellings_are_listed_over_published_and_held_rows(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(app, capsys, "values", "prices") == [{"column": "brand", "groups": 1, "rows": 6, "first": "'Nike' 60 'NIKE ' 4 'Nkie' 2"}]
    listed = [(one["group"], one["value"], one["published"], one["held"]) for one in command(app, capsys, "values", "prices", "brand")]
    assert listed == [(1, "Nike", 59, 1), (1, "NIKE ", 3, 1), (1, "Nkie", 1, 1)]
    for column in ("sku", "buyer", "price", "nose"):
        assert outcome(["values", "prices", column, "--config", str(app.path)]) == 2


def test_one_choice_maps_all_and_is_remembered_and_undone_as_one(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    preview = command(app, capsys, "values", "prices", "brand", "--keep", "Nike", "--preview")
    assert (preview["published"], preview["held"], preview["failing"], preview["values"]) == (4, 2, 0, {"NIKE ": "Nike", "Nkie": "Nike"})
    assert '+      - map_values: {column: brand, values: {"NIKE ": "Nike", "Nkie": "Nike"}}' in preview["difference"]
    assert (brands(app), read_text(app.path)) == (BEFORE, CONFIG)
    (answer,) = command(app, capsys, "values", "prices", "brand", "--keep", "Nike", "--by", "Ann")
    assert (answer["state"], answer["answer"]["text"]) == ("done", "4 published rows have another value of brand; sluice.yaml maps it in later batches")
    assert brands(app) == {"Nike": 63, "Puma": 39}
    repairs = app.store.quarantine.repairs("prices").select("cleaner", "old", "new").unique().sort("old").rows()
    assert repairs == [("steward", "NIKE ", "Nike"), ("steward", "Nkie", "Nike")]
    land(app.path.parent, 2, {"Nike": 5, "Nkie": 3})
    with build(app.path) as later:
        list(later.run(later.pending_arrivals()))
        assert brands(later) == {"Nike": 69, "Puma": 39}
        assert later.store.quarantine.repairs("prices", matching=pl.col("cleaner") == "map_values").height == 3
    (answer,) = command(app, capsys, "undo", answer["request"], "--by", "Bo")
    assert answer["answer"]["text"] == "sluice.yaml maps the values no longer; 4 rows were restored"
    assert (brands(app), read_text(app.path)) == ({"NIKE ": 3, "Nike": 65, "Nkie": 1, "Puma": 39}, CONFIG)


def test_only_named_spellings_are_mapped_and_held_rows_follow_when_they_are_released(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    command(app, capsys, "values", "prices", "brand", "--keep", "Nike", "--replace", "Nkie", "--by", "Ann")
    assert brands(app) == {"NIKE ": 3, "Nike": 60, "Puma": 39}
    with build(app.path) as again:
        held = again.store.quarantine.held("prices").filter(pl.col("brand") == "Nkie")["_row_id"].to_list()
    listed = [one["value"] for one in command(app, capsys, "values", "prices", "brand")]
    assert listed == ["Nike", "NIKE "]  # of the mapped one, only a held row is left
    command(app, capsys, "quarantine", "release", "prices", *held, "--by", "Ann")
    assert brands(app) == {"NIKE ": 3, "Nike": 61, "Puma": 39}


def test_any_value_of_the_column_is_mapped_to_any_other_that_a_person_names(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["values", "prices", "brand", "--keep", "Puma", "--replace", "Nkie", "--replace", "NIKE "]
    preview = command(app, capsys, *words, "--preview")
    assert (preview["published"], preview["held"], preview["values"]) == (4, 2, {"Nkie": "Puma", "NIKE ": "Puma"})
    command(app, capsys, *words, "--by", "Ann")
    assert brands(app) == {"Nike": 59, "Puma": 43}


@pytest.mark.parametrize(
    ("choice", "mistake"),
    [
        (["--keep", "", "--replace", "Nkie"], "no row of prices holds ''"),
        (["--keep", "Pumas"], "no row of prices holds 'Pumas' in brand"),
        (["--keep", "Puma", "--replace", "Nkie", "--replace", "Reebok"], "no row of prices holds 'Reebok' in brand"),
        (["--keep", "Puma"], "'Puma' is of no group of brand"),
        (["--keep", "Puma", "--replace", "Puma"], "'Puma' is of no group of brand"),
    ],
)
def test_a_value_that_cannot_be_mapped_is_named(app: App, capsys: pytest.CaptureFixture[str], choice: list[str], mistake: str) -> None:
    assert outcome(["values", "prices", "brand", *choice, "--by", "Ann", "--config", str(app.path)]) == 2
    assert mistake in capsys.readouterr().err
    assert (brands(app), read_text(app.path)) == (BEFORE, CONFIG)


def test_a_later_decision_joins_the_former_and_each_is_undone_by_itself(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    (first,) = command(app, capsys, "values", "prices", "brand", "--keep", "Nike", "--replace", "Nkie", "--by", "Ann")
    (second,) = command(app, capsys, "values", "prices", "brand", "--keep", "Nike", "--replace", "NIKE ", "--by", "Ann")
    assert '{"Nkie": "Nike", "NIKE ": "Nike"}' in read_text(app.path)
    assert {entry["request"] for entry in command(app, capsys, "undo")} == {second["request"], first["request"]}
    command(app, capsys, "undo", first["request"], "--by", "Bo")
    assert ('{column: brand, values: {"NIKE ": "Nike"}}' in read_text(app.path), brands(app)) == (True, {"Nike": 62, "Nkie": 1, "Puma": 39})


@pytest.mark.parametrize("app", ["upsert"], indirect=True)
def test_an_undo_leaves_rows_that_a_newer_table_replaced_and_counts_them(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    text = read_text(app.path)
    (mapped,) = command(app, capsys, "values", "prices", "brand", "--keep", "Nike", "--by", "Ann")
    (app.path.parent / "landing" / "prices-2026-03-02.csv").write_text("sku,price,brand,buyer\n" + "".join(f"d1-{row},6,NIKE ,Ann\n" for row in (61, 62)))
    with build(app.path) as later:
        list(later.run(later.pending_arrivals()))
        (answer,) = command(later, capsys, "undo", mapped["request"], "--by", "Bo")
        rest = "2 rows were restored; 2 rows were replaced since, or are no longer published"
        assert (answer["state"], answer["answer"]["text"]) == ("done", f"sluice.yaml maps the values no longer; {rest}")
        assert (brands(later), read_text(app.path), command(later, capsys, "undo")) == ({"NIKE ": 1, "Nike": 61, "Nkie": 1, "Puma": 39}, text, [])


@pytest.mark.parametrize("app", ["snapshot"], indirect=True)
def test_an_undo_of_a_mapping_whose_rows_are_all_replaced_takes_it_out_of_the_file(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    text = read_text(app.path)
    (mapped,) = command(app, capsys, "values", "prices", "brand", "--keep", "Nike", "--by", "Ann")
    land(app.path.parent, 2, {"Nike": 66, "Puma": 40})
    newer = app.path.parent / "landing" / "prices-2026-03-02.csv"
    newer.write_text(newer.read_text().replace("d2-", "d1-").replace(",5,", ",6,"))
    with build(app.path) as later:
        list(later.run(later.pending_arrivals()))
        (answer,) = command(later, capsys, "undo", mapped["request"], "--by", "Bo")
        rest = "no row is left to restore; 4 rows were replaced since, or are no longer published"
        assert (answer["state"], answer["answer"]["text"]) == ("done", f"sluice.yaml maps the values no longer; {rest}")
        assert (brands(later), read_text(app.path), command(later, capsys, "undo")) == ({"Nike": 65, "Puma": 39}, text, [])
        repairs = ["repairs", "undo", "prices", "--cleaner", "steward", "--config", str(app.path), "--by", "Ann"]
        for words in ([*repairs], [*repairs, "--preview"]):
            assert outcome(words) == 2
            assert "nothing is left to undo: the 4 repairs were undone before, or their rows are not published" in capsys.readouterr().err


def test_an_undo_changes_no_row_where_the_file_cannot_be_changed(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    (mapped,) = command(app, capsys, "values", "prices", "brand", "--keep", "Nike", "--by", "Ann")
    present = read_text(app.path).replace("\n      - parse  # reads numbers\n      - map", " [parse, {map").replace('"Nike"}}', '"Nike"}}}]')
    app.path.write_text(present)
    with build(app.path) as edited:
        assert outcome(["undo", mapped["request"], "--by", "Bo", "--config", str(app.path)]) == 2
        assert "within brackets" in capsys.readouterr().err
        assert (brands(edited), read_text(app.path)) == ({"Nike": 63, "Puma": 39}, present)


@pytest.mark.parametrize("kind", ["map", "undo"])
def test_neither_file_nor_rows_change_where_the_stored_rows_do_not_fit(app: App, capsys: pytest.CaptureFixture[str], kind: str) -> None:
    words = ["values", "prices", "brand", "--keep", "Nike", "--by", "Ann"]
    if kind == "undo":
        words = ["undo", command(app, capsys, *words)[0]["request"], "--by", "Bo"]
    app.path.write_text(read_text(app.path).replace("mode: append", "mode: upsert"))
    present = (brands(app), read_text(app.path))
    assert outcome([*words, "--config", str(app.path)]) == 3
    assert "sluice rebuild prices" in capsys.readouterr().err
    assert (brands(app), read_text(app.path)) == present


class Killed(BaseException):
    """Ends a worker where it stands."""


def die(*_: object, **__: object) -> None:
    raise Killed


def ask(app: App, name: str, kind: RequestKind, named: str) -> None:
    app.store.requests.submit(Request(name, kind, "prices", "Ann", "", app.now(), (named,)))


def answer(app: App, name: str) -> str:
    process_requests(app)
    request = app.store.requests.get(name)
    assert request is not None
    return render(request.answer)


@pytest.mark.parametrize("place", ["before it judges", "before it publishes", "before it answers"])
def test_a_worker_that_dies_does_nothing_twice(app: App, place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    app.store.trials.save(mapping_trial(app, "t1", "prices", "brand", {"NIKE ": "Nike", "Nkie": "Nike"}))
    for name, kind, named in (("q1", "map_values", "t1"), ("q2", "undo_map_values", "q1")):
        ask(app, name, kind, named)  # type: ignore[arg-type]  # a kind of request
        job = "map_values" if kind == "map_values" else "undo"
        owner, method = {
            "before it judges": (app.worker, job),
            "before it publishes": (type(app.store), "publish"),
            "before it answers": (app.store.requests, "finish"),
        }[place]
        with monkeypatch.context() as killing:
            killing.setattr(owner, method, property(lambda _: die) if method == "publish" else die)
            with pytest.raises(Killed):
                process_requests(app)
        expected = "published rows have another value of brand" if kind == "map_values" else "sluice.yaml maps the values no longer; 4 rows were restored"
        assert expected in answer(app, name)
    assert (brands(app), read_text(app.path)) == (BEFORE, CONFIG)
    assert [run.kind for run in app.store.runs.of("prices")] == ["ingest", "map_values", "undo"]
