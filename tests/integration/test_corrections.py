"""Held rows go out as a sheet, come back with right values, and are published; what is not taken over is named, and the whole is undone as one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from sluice.app import App, process_requests
from sluice.cli.main import outcome
from sluice.domain import ROW, CorrectedCell, Request
from sluice.errors import UsageError
from sluice.messages import render
from sluice.store.row_life import row_life
from tests.integration.prices_shop import PRICE, carry_out, config_of, published_shop, write_shop

CONFIG = config_of(
    "clean: [parse, {normalize_text: {columns: [mail]}}]",
    "gate: {max_quarantined: 0.9}",
    "suite:",
    "  - expect_column_values_to_be_between: {column: price, min_value: 0}",
    '  - expect_column_values_to_match_regex: {column: mail, regex: "@", on_fail: quarantine}',
    columns="sku: {type: string}, price: {type: number}, stock: {type: integer}, mail: {type: string, personal: true}",
)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """Two days of 20 rows each: two prices below 0, one that is no number, one stock that is none, one address without its sign."""
    lines = {
        day: [f"s{day}-{number},{price(number)},{'many' if number == 3 else 4},{'nobody' if number == 4 else 'a@b.example'}" for number in range(20)]
        for day in (1, 2)
    }
    with published_shop(write_shop(tmp_path, CONFIG, lines, "sku,price,stock,mail")) as app:
        yield app


def price(number: int) -> object:
    return {0: -1, 1: -2, 2: "free"}.get(number, 5)


def held(app: App) -> pl.DataFrame:
    return app.store.quarantine.held("prices").drop("_run_id").sort(ROW)


def row(app: App, sku: str) -> str:
    return str(app.store.quarantine.held("prices").filter(pl.col("sku") == sku)[ROW].item())


def correct(app: App, name: str, *cells: CorrectedCell, ask: bool = False) -> str:
    return carry_out(app, name, "correct", tuple(dict.fromkeys(cell.row for cell in cells)), cells=cells, ask=ask)


def published(app: App, sku: str) -> dict[str, object]:
    return app.store.snapshot().published("prices").filter(pl.col("sku") == sku).drop("_run_id").collect().row(0, named=True)


def test_a_sheet_goes_out_comes_back_and_is_published(app: App, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config, path = ["--config", str(app.path)], tmp_path / "held.xlsx"
    assert outcome(["quarantine", "export", "prices", "--to", str(path), *config]) == 0
    assert outcome(["quarantine", "export", "prices", "--to", str(path), *config]) == 2
    table = pl.read_excel(path, infer_schema_length=0)
    assert table["mail"].unique().to_list() == ["•••"]
    right = {"s1-0": ("price", "2.5"), "s1-2": ("price", "3"), "s2-3": ("stock", "7"), "s2-4": ("mail", "x@y.example"), "s2-1": ("price", "dear")}
    for sku, (column, text) in right.items():
        name = f"right value of {column}"
        table = table.with_columns(pl.when(pl.col("sku") == sku).then(pl.lit(text)).otherwise(name).alias(name))
    table.write_excel(tmp_path / "fixed.xlsx", autofilter=False)
    importing = ["quarantine", "import", "prices", str(tmp_path / "fixed.xlsx"), *config, "--by", "Ann", "--format", "json"]
    capsys.readouterr()
    assert outcome([*importing, "--preview"]) == 0
    preview = json.loads(capsys.readouterr().out)
    assert (preview["rows"], preview["released"], len(preview["left"])) == (5, 4, 1)
    assert (held(app).height, list((app.store.staging.root / "prices").iterdir())) == (10, [])
    assert outcome(importing) == 0
    (answer,) = json.loads(capsys.readouterr().out)
    assert (answer["kind"], answer["state"]) == ("correct", "done")
    assert answer["answer"]["text"].startswith("4 of 5 corrected rows were published; 1 row left out: the right value of price is not of type number (")
    assert (published(app, "s1-0")["price"], published(app, "s2-3")["stock"], published(app, "s2-4")["mail"]) == (2.5, 7, "x@y.example")
    assert app.store.quarantine.held("prices").height == 6


def test_each_changed_cell_is_a_repair_of_a_steward_and_all_are_undone_as_one(app: App) -> None:
    before = held(app)
    cells = [CorrectedCell(row(app, "s1-2"), "price", "3"), CorrectedCell(row(app, "s2-0"), "price", "1"), CorrectedCell(row(app, "s2-0"), "stock", "4")]
    assert correct(app, "c1", *cells) == "done: 2 of 2 corrected rows were published"
    repairs = app.store.quarantine.repairs("prices").sort(ROW).select("column", "old", "new", "cleaner", "confidence").rows()
    assert sorted(repairs) == [("price", "-1.0", "1.0", "steward", 1.0), ("price", "free", "3.0", "steward", 1.0)]
    assert published(app, "s1-2")["_action"] == "repaired"
    assert app.store.requests.cells("c1") == ()
    app.store.requests.submit(Request("u1", "undo_release", "prices", "Bo", "", app.now(), ("c1",)))
    process_requests(app)
    assert held(app).equals(before)
    assert app.store.quarantine.repairs("prices").is_empty()
    assert correct(app, "c2", *cells) == "done: 2 of 2 corrected rows were published"


def test_the_life_of_a_row_says_that_a_repair_was_undone_and_begins_with_the_arrival(app: App) -> None:
    corrected = row(app, "s1-0")
    correct(app, "c1", CorrectedCell(corrected, "price", "3"))
    carry_out(app, "u1", "undo_release", ("c1",))
    life = row_life(app.store, corrected)
    assert life is not None
    assert (life.state, [step.stage for step in life.steps]) == ("held", ["arrived", "held", "repaired", "repaired"])
    assert [render(step.message) for step in life.steps][2:] == [
        "price was -1.0, steward made it 3.0",
        "the repair of price by steward was undone: -1.0 again, not 3.0",
    ]
    times = [step.at for step in life.steps if step.at]
    assert times == sorted(times)


def test_a_repair_of_a_steward_is_undone_by_itself_too(app: App) -> None:
    correct(app, "c1", CorrectedCell(row(app, "s1-2"), "price", "3"), CorrectedCell(row(app, "s1-0"), "price", "3"))
    (repair,) = app.store.quarantine.repairs("prices").filter(pl.col("old") == "free")["repair_id"]
    app.store.requests.submit(Request("u1", "undo", "prices", "Bo", "", app.now(), (repair,)))
    process_requests(app)
    assert held(app).filter(pl.col("sku") == "s1-2")["_raw"].to_list() == [[{"column": "price", "text": "free"}]]


def test_the_other_rows_are_undone_as_one_after_a_cell_of_one_was(app: App) -> None:
    before = held(app)
    correct(app, "c1", *(CorrectedCell(row(app, sku), "price", "3") for sku in ("s1-0", "s1-1", "s1-2")), CorrectedCell(row(app, "s2-3"), "stock", "7"))
    (failing,) = app.store.quarantine.repairs("prices").filter(pl.col("old") == "-1.0")["repair_id"]
    (passing,) = app.store.quarantine.repairs("prices").filter(pl.col("column") == "stock")["repair_id"]
    app.store.requests.submit(Request("u1", "undo", "prices", "Bo", "", app.now(), (failing,)))
    process_requests(app)
    assert (held(app).height, published(app, "s1-2")["price"]) == (before.height - 3, 3.0)
    app.store.requests.submit(Request("u2", "undo_release", "prices", "Bo", "", app.now(), ("c1",)))
    process_requests(app)
    decided = ["_reasons", "_action"]  # of the row that the undo of its repair held
    assert held(app).drop(decided).equals(before.drop(decided))
    assert app.store.quarantine.repairs("prices").is_empty()
    assert passing


def test_a_corrected_row_that_became_a_copy_is_held_again_by_the_undo(app: App) -> None:
    before = held(app)
    (key,) = app.store.snapshot().published("prices").filter(pl.col("sku") == "s1-9").collect()["sku"]
    copied = row(app, "s1-0")
    cells = [CorrectedCell(copied, "sku", key), CorrectedCell(copied, "price", "5"), CorrectedCell(row(app, "s1-1"), "price", "5")]
    assert correct(app, "c1", *cells) == "done: 1 of 2 corrected rows were published; 1 of these rows repeats a published row"
    assert app.store.quarantine.settled("prices", [copied]) == {copied: "copy"}
    batch = next(run for run in app.store.runs.of("prices") if run.id == copied.rpartition(".")[0])
    app.store.requests.submit(Request("u1", "undo_release", "prices", "Bo", "", app.now(), ("c1",)))
    process_requests(app)
    assert held(app).equals(before)
    revision = next(run for run in app.store.runs.of("prices") if run.kind == "undo_release").revisions[0]
    assert (revision.good, revision.bad, revision.copies) == (batch.good, batch.bad, batch.copies)


def test_every_row_that_is_left_out_is_named_and_stays_as_it_was(app: App) -> None:
    app.store.requests.submit(Request("r1", "reject", "prices", "Bo", "", app.now(), (row(app, "s1-1"),)))
    wrong, uncast, cut = row(app, "s1-0"), row(app, "s1-2"), row(app, "s1-3")
    settled = row(app, "s1-1")
    process_requests(app)
    before = held(app)
    cells = [CorrectedCell(wrong, "price", "-7"), CorrectedCell(uncast, "price", "dear"), CorrectedCell(cut, "stock", "1.23457E+11")]
    answer = correct(app, "c1", *cells, CorrectedCell(settled, "price", "1"), CorrectedCell("b.0", "price", "1"), CorrectedCell(row(app, "s1-4"), "nose", "1"))
    assert answer.split("; ") == [
        "refused: 0 of 6 corrected rows were published",
        f"1 row left out: held no longer, but rejected ({settled})",
        "1 row left out: no row of this id was ever held (b.0)",
        f"1 row left out: the right value of price is not of type number ({uncast})",
        f"1 row left out: a spreadsheet cut the digits of the right value of stock: write it into a cell that is formatted as text ({cut})",
        f"1 row left out: prices has no column nose ({row(app, 's1-4')})",
        f"1 row left out: {PRICE} still fails ({wrong})",
    ]
    assert held(app).equals(before)
    assert not [run for run in app.store.runs.of("prices") if run.kind == "release"]


def test_a_correction_names_rows_and_no_cleaner_changes_what_a_person_decided(app: App) -> None:
    with pytest.raises(UsageError, match="must name rows"):
        app.store.requests.submit(Request("c0", "correct", "prices", "Ann", "", app.now()))
    correct(app, "c1", CorrectedCell(row(app, "s1-4"), "mail", " x@y.example "))
    assert published(app, "s1-4")["mail"] == " x@y.example "


def test_a_large_correction_waits_for_a_confirmation_with_its_values(app: App) -> None:
    cells = (CorrectedCell(row(app, "s1-0"), "price", "1"), CorrectedCell(row(app, "s1-1"), "price", "dear"))
    assert correct(app, "c1", *cells, ask=True).startswith("asked: nothing is published yet, since a person has to confirm it: 1 row would be left out. 1 of 2")
    assert app.store.requests.cells("c1") == cells
    app.store.requests.confirm("c1", by="Bo")
    process_requests(app)
    assert published(app, "s1-0")["price"] == 1.0
    correct(app, "c2", CorrectedCell(row(app, "s2-0"), "price", "1"), CorrectedCell(row(app, "s2-1"), "price", "1"), ask=True)
    app.store.requests.withdraw("c2", by="Bo")
    assert app.store.requests.cells("c2") == ()
