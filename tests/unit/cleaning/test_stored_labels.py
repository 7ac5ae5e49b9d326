"""Labels are a dataset of their own: a line a corrected cell, and one a row that was looked at."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

import polars as pl
import pytest

from cleaning.cell_errors import stored_labels
from cleaning.cell_errors.cleaner import typed
from cleaning.cell_errors.labelling import ENOUGH, Labelling
from cleaning.cell_errors.stored_labels import read_labelled
from cleaning.cell_errors.table import Table
from cleaning.cells import as_text
from sluice.domain import RAW, RAW_TYPE, row_value
from sluice.testing import MemorySnapshot

ROWS = pl.DataFrame({"_row_id": ["a.0", "a.1", "a.2"], "size": ["12 oz", "9", None], "name": ["ale", "stout", "pils"]})


def snapshot_of(lines: Sequence[tuple[str, str, str | None]]) -> MemorySnapshot:
    return MemorySnapshot({"beers": ROWS, "labels": pl.DataFrame(lines, schema=["row", "column", "value"], orient="row")})


def test_cells_without_a_line_are_right() -> None:
    labelled = read_labelled(snapshot_of([("a.0", "*", ""), ("a.0", "size", "12"), ("a.2", "*", "")]), "beers", ("size", "name"), "labels")
    right_cells = {labelled.ids[label.row]: label.right for label in labelled.labels}
    assert right_cells == {"a.0": ("12", "ale"), "a.2": ("", "pils")}


def test_the_last_line_of_a_cell_holds_and_no_value_empties_it() -> None:
    labelled = read_labelled(snapshot_of([("a.1", "size", "10"), ("a.1", "size", None)]), "beers", ("size", "name"), "labels")
    assert [label.right for label in labelled.labels] == [("", "stout")]


def test_from_equal_rows_with_different_labels_nothing_is_learned() -> None:
    lines = [("a.0", "*", ""), ("a.0", "size", "8"), ("a.1", "*", ""), ("a.2", "*", "")]
    equal = ROWS.with_columns(size=pl.Series(["9", "9", "7"]))
    snapshot = MemorySnapshot({"beers": equal, "labels": snapshot_of(lines).tables["labels"]})
    labelled = read_labelled(snapshot, "beers", ("size",), "labels")
    assert [labelled.ids[label.row] for label in labelled.labels] == ["a.2"]


def test_from_a_row_with_different_answers_nothing_is_learned_and_from_equal_ones_once() -> None:
    lines = [("a.0", "*", "", "ada"), ("a.0", "size", "12", "ada"), ("a.0", "*", "", "bob"), ("a.1", "*", "", "ada"), ("a.1", "*", "", "bob")]
    labels = pl.DataFrame(lines[::-1], schema=["row", "column", "value", "answer"], orient="row")
    labelled = read_labelled(MemorySnapshot({"beers": ROWS, "labels": labels}), "beers", ("size", "name"), "labels")
    assert [(labelled.ids[label.row], label.right) for label in labelled.labels] == [("a.1", ("9", "stout"))]


def test_of_three_equal_rows_none_teaches_where_one_label_differs() -> None:
    lines = [("a.0", "size", "8"), ("a.1", "size", "8"), ("a.2", "*", "")]
    snapshot = MemorySnapshot({"beers": ROWS.with_columns(size=pl.lit("9")), "labels": snapshot_of(lines).tables["labels"]})
    assert read_labelled(snapshot, "beers", ("size",), "labels").labels == []


def test_labels_of_rows_that_are_gone_say_nothing() -> None:
    assert read_labelled(snapshot_of([("b.7", "*", "")]), "beers", ("size",), "labels").labels == []


def test_labels_teach_after_a_newer_snapshot_took_the_place_of_their_rows() -> None:
    lines = [("z.1", "*", row_value({"size": "7 oz", "name": "porter"})), ("z.1", "size", "7"), ("z.2", "*", '{"size": "7"}'), ("z.3", "*", "[]")]
    labelled = read_labelled(snapshot_of(lines), "beers", ("size", "name"), "labels")
    assert {labelled.ids[label.row]: label.right for label in labelled.labels} == {"z.1": ("7", "porter")}
    assert labelled.table.take([3]).columns == (("7 oz",), ("porter",))


def test_nothing_published_gives_no_rows() -> None:
    labelled = read_labelled(MemorySnapshot(), "beers", ("size",), "labels")
    assert (labelled.ids, labelled.table.height, labelled.labels) == ([], 0, [])


def test_labels_add_less_and_less_until_they_are_enough() -> None:
    sizes = tuple(f"{size} oz" if size % 2 else str(size) for size in range(10, 50))
    labelling = Labelling.of(Table(("size", "name"), (sizes, ("ale", "stout") * 20)))
    first = labelling.next_row([])
    assert first is not None and first.covered == 0 and first.gain > 0
    labelled: list[int] = []
    while (chosen := labelling.next_row(labelled)) is not None and not chosen.enough:
        labelled.append(chosen.row)
    assert chosen is not None and chosen.covered > 0.99
    assert 1 < len(labelled) < 40
    assert labelling.next_row(range(40)) is None


def test_a_row_that_is_put_back_is_not_chosen() -> None:
    labelling = Labelling.of(Table(("name",), (("ale", "stout", "ale"),)))
    chosen = labelling.next_row([])
    other = labelling.next_row([], [chosen.row] if chosen else [])
    assert chosen is not None and other is not None and chosen.row != other.row


@pytest.mark.parametrize(
    "cells",
    [
        pl.Series("v", [date(2026, 11, 27), None]),
        pl.Series("v", [datetime(2026, 11, 27, 14, 3, 22, 250_000, UTC), datetime(2026, 11, 27, tzinfo=UTC)], pl.Datetime("us", "UTC")),
        pl.Series("v", [True, False, None]),
        pl.Series("v", [12, -3]),
        pl.Series("v", [12.5, 0.1]),
        pl.Series("v", ["12 oz", "true"]),
    ],
    ids=["date", "timestamp", "boolean", "integer", "number", "string"],
)
def test_a_value_of_every_type_is_read_as_it_is_compared(cells: pl.Series) -> None:
    texts = as_text(cells.to_frame().with_columns(pl.lit("a.0").alias("_row_id"), pl.lit(None, RAW_TYPE).alias(RAW)), ["v"])["v"]
    assert typed(texts, cells.dtype).to_list() == cells.to_list()
    assert typed(pl.Series(["no value"]), cells.dtype).to_list() == [None] or cells.dtype == pl.String


def test_it_is_not_advised_to_stop_before_a_suspect_was_asked_for() -> None:
    columns = [["".join("a1-"[(row * 7 + column * step) % 3] for step in range(1 + row % 9)) for row in range(401)] for column in range(2, 14)]
    answers = tuple("Ã©" if row == 400 else "yes" for row in range(401))
    labelling = Labelling.of(Table(tuple("abcdefghijklm"), (answers, *map(tuple, columns))))
    assert labelling.suspects(400)[0]
    labelled: list[int] = []
    while (chosen := labelling.next_row(labelled)) is not None and not chosen.enough:
        labelled.append(chosen.row)
    before = labelling.next_row(labelled[: labelled.index(400)])
    assert before is not None and before.row == 400 and before.gain < ENOUGH


def test_a_suspect_that_is_put_back_does_not_keep_a_person_labelling() -> None:
    labelling = Labelling.of(Table(("size",), ((*(str(size) for size in range(100, 400)), "Ã©12"),)))
    labelled: list[int] = []
    while (chosen := labelling.next_row(labelled)) is not None and chosen.row != 300:
        labelled.append(chosen.row)
    first, later = labelling.next_row([]), labelling.next_row(labelled, [300])
    assert first is not None and not first.enough
    assert later is not None and later.enough


@pytest.mark.parametrize("first_ids", [[], ["a.7", "a.999", "z.0"], [f"a.{place}" for place in range(80)]], ids=["none", "some", "more than the sample"])
def test_of_a_large_table_the_same_rows_are_read_as_if_all_ids_were_sorted(monkeypatch: pytest.MonkeyPatch, first_ids: list[str]) -> None:
    monkeypatch.setattr(stored_labels, "SAMPLE_ROWS", 50)
    ids = pl.Series("_row_id", [f"a.{place}" for place in range(1000)])
    rows = pl.DataFrame({"_row_id": ids, "size": [str(place) for place in range(1000)]})
    ordered = rows.sort(pl.col("_row_id").is_in(first_ids), pl.col("_row_id").hash(0), pl.col("_row_id"), descending=[True, False, False])
    read, table = stored_labels.read_rows(MemorySnapshot({"beers": rows}), "beers", ("size",), first_ids)
    assert read == ordered["_row_id"].to_list()[: max(50, len(first_ids))]
    assert table.columns == (tuple(place.removeprefix("a.") for place in read),)
