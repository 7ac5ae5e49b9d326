"""Repairs are listed, sampled, previewed and undone by what they have in common."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from sluice.app import App, build, process_requests
from sluice.cli.main import outcome
from sluice.domain import ROW, Request, Run
from sluice.errors import UsageError
from sluice.messages import render
from sluice.rules import revised

CONFIG = """
clock: 2026-03-03T06:00:00Z
datasets:
  prices:
    source: {files: "landing/*.csv"}
    key: [sku]
    columns: {sku: {type: string}, price: {type: number}, brand: {type: string}, buyer: {type: string, personal: true}}
    clean: [{normalize_text: {columns: [brand]}}, {normalize_text: {columns: [buyer]}}]
    gate: {max_quarantined: 0.9}
    suite:
      - expect_column_values_to_match_regex: {column: buyer, regex: '^Ann$', on_fail: quarantine}
"""


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """Two days of 20 rows each; in both, the brand of ten rows and the buyer of three have a blank too much; with it, a buyer fails a rule."""
    (tmp_path / "landing").mkdir()
    for day in (1, 2):
        lines = [f"s{day}-{number},5,{'Tarn ' if number < 10 else 'Tarn'},{'Ann ' if number < 3 else 'Ann'}" for number in range(20)]
        (tmp_path / "landing" / f"prices-2026-03-0{day}.csv").write_text("\n".join(["sku,price,brand,buyer", *lines]) + "\n")
    (tmp_path / "sluice.yaml").write_text(CONFIG)
    with build(tmp_path / "sluice.yaml") as app:
        list(app.run(app.pending_arrivals()))
        yield app


def command(app: App, capsys: pytest.CaptureFixture[str], *words: str) -> Any:  # whatever JSON says
    capsys.readouterr()
    assert outcome(["repairs", *words, "--config", str(app.path), "--format", "json"]) == 0
    return json.loads(capsys.readouterr().out)


def published(app: App) -> pl.DataFrame:
    return app.store.snapshot().published("prices").collect()


def undo(app: App, name: str, repairs: list[str], *, ask: bool = False) -> str:
    app.store.requests.submit(Request(name, "undo", "prices", "Ann", "", app.now(), tuple(repairs), ask=ask))
    process_requests(app)
    request = app.store.requests.get(name)
    assert request is not None
    return f"{request.state}: {render(request.answer)}"


def test_repairs_are_filtered_by_what_a_person_knows_of_them(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    def count(*words: str) -> int:
        return len(command(app, capsys, "list", "prices", *words))

    assert count() == 26
    assert (count("--cleaner", "steward"), count("--column", "brand"), count("--day", "2026-03-02")) == (0, 20, 13)
    assert (count("--old", "Tarn "), count("--new", "Tarn"), count("--old", "Ann "), count("--column", "buyer")) == (20, 20, 0, 6)
    assert (count("--max-confidence", "0.5"), count("--min-confidence", "0.5")) == (0, 26)
    assert {repair["old"] for repair in command(app, capsys, "list", "prices", "--column", "buyer")} == {"•••"}


@pytest.mark.parametrize(
    ("words", "mistake"),
    [
        (["repairs", "list", "prices", "--cleaner", "normalise_text"], "prices has no cleaner normalise_text; did you mean normalize_text?"),
        (["repairs", "list", "prices", "--column", "Brand"], "prices has no column Brand; did you mean brand?"),
        (["repairs", "undo", "prices", "--cleaner", "nope", "--by", "Ann"], "prices has no cleaner nope; known: normalize_text, steward"),
        (["repairs", "undo", "prices", "--by", "Ann"], "name repairs, or select them (--cleaner, --column, ...); `sluice repairs list prices`"),
        (["repairs", "undo", "prices", "r.0/brand/1", "--cleaner", "steward", "--by", "Ann"], "or select them (--cleaner, --column, ...), not both"),
        (["quarantine", "list", "prices", "--column", "menge"], "prices has no column menge; known: brand, buyer, price, sku"),
        (["values", "prices", "brandt"], "prices has no column brandt; did you mean brand?"),
    ],
)
def test_a_selection_that_cannot_be_meant_is_explained(app: App, capsys: pytest.CaptureFixture[str], words: list[str], mistake: str) -> None:
    assert outcome([*words, "--config", str(app.path)]) == 2
    assert mistake in capsys.readouterr().err


def test_a_selection_without_a_repair_is_no_shop_without_one(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome(["repairs", "list", "prices", "--old", "Nobody", "--config", str(app.path)]) == 0
    assert "no repair is selected" in capsys.readouterr().err


def test_a_seed_draws_the_same_sample(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    first = command(app, capsys, "list", "prices", "--column", "brand", "--sample", "5", "--seed", "7")
    assert first == command(app, capsys, "list", "prices", "--column", "brand", "--sample", "5", "--seed", "7")
    other = command(app, capsys, "list", "prices", "--column", "brand", "--sample", "5", "--seed", "8")
    assert (len(first), len(other), first != other) == (5, 5, True)


def test_a_selection_is_previewed_and_undone_by_one_run(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    selected = ["undo", "prices", "--column", "brand", "--cleaner", "normalize_text"]
    preview = command(app, capsys, *selected, "--preview")
    assert (preview["rows"], preview["cells"], preview["repairs"], preview["held"], preview["left"]) == (20, 20, 20, 0, 0)
    assert (published(app)["brand"] == "Tarn ").sum() == 0
    (answer,) = command(app, capsys, *selected, "--by", "Ann")
    assert (answer["state"], answer["answer"]["text"]) == ("done", "20 rows were restored")
    assert (published(app)["brand"] == "Tarn ").sum() == 20
    assert len([run for run in app.store.runs.of("prices") if run.kind == "undo"]) == 1
    assert len(command(app, capsys, "list", "prices")) == 6
    named = ["undo", "prices", *app.store.quarantine.undone("prices")]
    for again in (selected, [*selected, "--preview"], named, [*named, "--preview"]):
        assert outcome([*("repairs", *again), "--by", "Ann", "--config", str(app.path)]) == 2
        assert "nothing is left to undo" in capsys.readouterr().err


def test_rows_that_then_fail_are_held_and_asked_for_first(app: App) -> None:
    repairs = app.store.quarantine.repairs("prices", matching=pl.col("column") == "buyer")["repair_id"].to_list()
    answer = undo(app, "u1", repairs, ask=True)
    assert answer == (
        "asked: nothing is published yet, since a person has to confirm it: 6 published rows would be held. "
        "6 rows would be restored (6 cells, 6 repairs); 6 of them would be held, since they then fail a rule"
    )
    assert published(app).height == 40
    app.store.requests.confirm("u1", by="Bo")
    process_requests(app)
    assert (published(app).height, app.store.quarantine.held("prices").height) == (34, 6)


def test_an_undo_that_holds_rows_closes_the_gate_until_they_are_released(app: App) -> None:
    configure(app, "max_quarantined: 0.9", "max_quarantined: 0.1")
    with build(app.path) as strict:
        repairs = strict.store.quarantine.repairs("prices", matching=pl.col("column") == "buyer")["repair_id"].to_list()
        assert (undo(strict, "u1", repairs), strict.gate("prices").open) == ("done: 6 rows were restored; 6 of them are held now", False)
        assert [(run.good, run.bad, run.decision) for run in present_runs(strict)] == [(17, 3, "closed")] * 2
        rows = strict.store.quarantine.held("prices")[ROW].to_list()
        strict.store.requests.submit(Request("r1", "release", "prices", "Ann", "the buyer is right", strict.now(), tuple(rows)))
        process_requests(strict)
        assert [(run.bad, run.decision) for run in present_runs(strict)] == [(0, "open")] * 2
        assert strict.gate("prices").open


def test_an_undo_after_which_a_rule_fails_lowers_the_score_of_its_batch(app: App) -> None:
    configure(app, "'^Ann$', on_fail: quarantine", "'^Ann$', on_fail: flag")
    landing = app.path.parent / "landing"
    (landing / "prices-2026-03-03.csv").write_text((landing / "prices-2026-03-01.csv").read_text().replace("s1-", "s3-"))
    with build(app.path) as lenient:
        (run,) = lenient.run(lenient.pending_arrivals())
        assert run.published.value == 100
        repairs = lenient.store.quarantine.repairs("prices", matching=pl.col("column") == "buyer").filter(pl.col(ROW).str.starts_with(run.id))
        assert undo(lenient, "u1", repairs["repair_id"].to_list()) == "done: 3 rows were restored"
        score = present_runs(lenient)[-1].published.value
        assert score is not None
        assert score < 100


def configure(app: App, old: str, new: str) -> None:
    app.path.write_text(app.path.read_text().replace(old, new))


def present_runs(app: App) -> list[Run]:
    return [run for run in revised(app.store.runs.of("prices")) if run.kind == "ingest"]


def test_repairs_of_rows_that_are_not_published_are_left_out_and_counted(app: App) -> None:
    repairs = app.store.quarantine.repairs("prices").filter(pl.col(ROW).str.ends_with(".0"))
    buyers, brands = (repairs.filter(pl.col("column") == name)["repair_id"].to_list() for name in ("buyer", "brand"))
    assert undo(app, "u1", buyers[:1]) == "done: 1 row was restored; it is held now"
    assert undo(app, "u2", brands) == "done: 1 row was restored; 1 repair is left as it is: its row is not published, or it was undone before"
    with pytest.raises(UsageError, match="nothing is left to undo: the repair was undone before, or its row is not published"):
        undo_or_raise(app, buyers[:1])
    with pytest.raises(UsageError, match="no applied repair is called nope"):
        undo_or_raise(app, ["nope"])


def undo_or_raise(app: App, repairs: list[str]) -> None:
    from sluice.app import carry_out

    carry_out(app, app.store.requests.submit(Request(f"u9-{repairs[0]}", "undo", "prices", "Ann", "", app.now(), tuple(repairs))))


def test_a_cleaner_whose_repairs_are_undone_is_told(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    def printed(*words: str) -> str:
        capsys.readouterr()
        assert outcome([*words, "--config", str(app.path), "--format", "json"]) == 0
        return capsys.readouterr().out

    sentence = "people undid 20 of 20 repairs of brand by normalize_text, more than 5% are wrong"
    assert sentence not in printed("today") + printed("doctor")
    undo(app, "u1", app.store.quarantine.repairs("prices", matching=pl.col("column") == "brand")["repair_id"].to_list())
    (news,) = json.loads(printed("today"))
    assert (sentence in news["news"]["text"], news["cleaner"], sentence in printed("doctor")) == (True, "normalize_text", True)
    app.path.write_text(CONFIG.replace("    gate:", "    max_undone: 1\n    gate:"))
    assert sentence not in printed("today") + printed("doctor")


def test_repairs_of_rows_that_are_held_rejected_or_superseded_are_listed_on_demand(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    repairs = app.store.quarantine.repairs("prices").filter(pl.col("column") == "buyer")["repair_id"].to_list()
    undo(app, "u1", repairs[:2])  # the rows are held now, and each has a repair of its brand as well
    app.store.requests.submit(Request("r1", "reject", "prices", "Ann", "", app.now(), (repairs[0].split("/")[0],)))
    process_requests(app)
    (app.path.parent / "landing" / "prices-2026-03-04.csv").write_text("sku,price,brand,buyer\ns2-5,7,Tarn,Ann\n")
    app.path.write_text(app.path.read_text().replace("key: [sku]", "key: [sku]\n    on_change: replace"))
    with build(app.path) as later:
        list(later.run(later.pending_arrivals()))
        assert (len(command(later, capsys, "list", "prices")), len(command(later, capsys, "list", "prices", "--unpublished"))) == (21, 24)
        assert outcome(["repairs", "list", "prices", "--config", str(later.path)]) == 0
        assert "3 more of rows that are held, rejected or superseded; --unpublished lists them" in capsys.readouterr().err
        assert command(later, capsys, "undo", "prices", "--column", "brand", "--preview")["left"] == 0
