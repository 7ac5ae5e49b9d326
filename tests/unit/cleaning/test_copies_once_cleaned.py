"""A row that equals a published row once it is cleaned is a copy, whatever its spelling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from cleaning.chain import Chain
from cleaning.deduplicate import Deduplicate
from cleaning.normalize_text import NormalizeText
from cleaning.reconcile import Reconcile
from sluice.domain import ROW, RUN, Batch, Column, Mode, OnChange, Outcome, Schema
from sluice.pipeline import evaluate
from sluice.ports import Cleaner, Steps
from sluice.testing import MemorySnapshot, make_batch, make_rows

Cells = tuple[str, str, float]


def schema(mode: Mode = "append", on_change: OnChange | None = None) -> Schema:
    return Schema("d", mode, ("id",), (Column("id"), Column("title"), Column("price", "number")), on_change=on_change)


def columns(rows: Sequence[Cells]) -> dict[str, list[Any]]:
    return dict(zip(("id", "title", "price"), map(list, zip(*rows, strict=True)), strict=True))


def outcome(*rows: Cells, declared: Schema | None = None, published: Sequence[Cells] = (("a-1", "Lamp", 9.0),)) -> Outcome:
    declared = declared or schema()
    past = make_rows(declared, columns(published), batch_id="p").with_columns(pl.lit("p").alias(RUN))
    cleaners: list[Cleaner] = [NormalizeText(declared), *([Deduplicate(declared)] if declared.mode == "append" else [])]
    steps = Steps([], Chain(cleaners), Reconcile(declared))
    return evaluate(make_batch(declared, columns(rows)), steps, MemorySnapshot({"d": past}))


def ids(batch: Batch) -> list[str]:
    return batch.rows[ROW].to_list()


@pytest.mark.parametrize("row", [("a-1", "  Lamp ", 9.0), ('="a-1"', "Lamp", 9.0), ('="a-1"', "\uff2c\uff41\uff4d\uff50", 9.0)])
@pytest.mark.parametrize("declared", [schema(), schema("upsert"), schema("append", "replace"), schema("upsert", "hold")])
def test_a_published_row_in_another_spelling_is_a_copy(row: Cells, declared: Schema) -> None:
    result = outcome(row, ('="b-2"', "Vase", 5.0), declared=declared)
    assert result.repeats.select(ROW, "_state", "_other").rows() == [("b.0", "copy", "p.0")]
    assert (ids(result.split.good), ids(result.split.bad)) == (["b.1"], [])
    assert result.replaced.is_empty()
    assert result.repairs[ROW].to_list() == ["b.1"]


def test_the_spelling_of_such_a_copy_is_stored_as_it_arrived() -> None:
    assert outcome(("a-1", "  Lamp ", 9.0)).repeats["title"].to_list() == ["  Lamp "]


def test_a_copy_once_cleaned_counts_in_no_verdict() -> None:
    result = outcome(("a-1", " Lamp", 9.0), ('="b-2"', "Vase", 5.0))
    assert {verdict.rows for phase in result.phases.values() for verdict in phase if verdict.failing is not None} == {1}


@pytest.mark.parametrize("mode", ["append", "upsert", "snapshot"])
def test_rows_of_one_batch_that_cleaning_makes_equal_are_copies_of_the_first(mode: Mode) -> None:
    result = outcome(("b-2", "Vase", 5.0), ('="b-2"', "Vase ", 5.0), declared=schema(mode))
    assert result.repeats.select(ROW, "_state", "_other").rows() == [("b.1", "copy", "b.0")]
    assert (ids(result.split.good), ids(result.split.bad)) == (["b.0"], [])


def test_a_changed_row_whose_key_is_spelled_otherwise_replaces_the_published_one_and_says_so() -> None:
    for declared in (schema("upsert"), schema("append", "replace")):
        result = outcome(('="a-1"', "Lamp", 8.0), declared=declared)
        assert result.replaced.rows() == [("p.0", "superseded", "b.0")]
        assert ids(result.split.good) == ["b.0"]


def test_a_changed_row_whose_key_is_spelled_otherwise_follows_the_policy_of_the_dataset() -> None:
    (held,) = outcome(('="a-1"', "Lamp", 8.0)).split.bad.rows["_reasons"].to_list()
    assert [reason["name"] for reason in held] == ["deduplicate:conflict"]
    (held,) = outcome(('="a-1"', "Lamp", 8.0), declared=schema("upsert", "hold")).split.bad.rows["_reasons"].to_list()
    assert [reason["name"] for reason in held] == ["deduplicate:conflict"]
    result = outcome(('="a-1"', "Lamp", 8.0), declared=schema("upsert", "keep"))
    assert result.repeats.select(ROW, "_state", "_other", "id").rows() == [("b.0", "superseded", "p.0", '="a-1"')]


def test_a_row_that_cleaning_makes_equal_to_nothing_is_news() -> None:
    result = outcome(('="a-9"', "Lamp", 9.0))
    assert result.repeats.is_empty()
    assert ids(result.split.good) == ["b.0"]
    assert replace(result.split.good, rows=result.split.good.rows.select("id")).rows["id"].to_list() == ["a-9"]
