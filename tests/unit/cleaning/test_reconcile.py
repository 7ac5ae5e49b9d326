"""A row that arrives again is a copy, or it changed; which of two rows stays depends on the dataset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from checks.checker import Checker
from cleaning.chain import Chain
from cleaning.deduplicate import Deduplicate
from cleaning.key_matches import match_rows
from cleaning.reconcile import CONFLICT, Reconcile
from sluice.config import Step
from sluice.domain import REPAIRS, ROW, RUN, Batch, Column, Run, SameFile, Schema, Split
from sluice.pipeline import evaluate
from sluice.ports import Reconciled, Steps
from sluice.testing import AT, MemorySnapshot, make_batch, make_rows

COLUMNS = (Column("id"), Column("price", "number"), Column("ts", "timestamp"))
DAY = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass
class Past(MemorySnapshot):
    """Published rows, and what was repaired in them."""

    repaired: pl.DataFrame = field(default_factory=REPAIRS.to_frame)

    def repairs(self, dataset: str) -> pl.LazyFrame:
        del dataset
        return self.repaired.lazy()


def schema(mode: Any = "append", on_change: Any = None, key: tuple[str, ...] = ("id",), time: str | None = "ts") -> Schema:
    return Schema("d", mode, key, COLUMNS, time, on_change=on_change)


def past(cells: Mapping[str, Sequence[Any]], *, runs: Sequence[str] = ("p",), repairs: Sequence[tuple[str, str, str | None, str | None]] = ()) -> Past:
    rows = make_rows(schema(), cells, batch_id="p").with_columns(pl.lit("p").alias(RUN))
    repaired = pl.DataFrame(
        [(f"{row}/{column}/1", row, column, old, new, "parse", 1.0, True, "") for row, column, old, new in repairs], schema=REPAIRS, orient="row"
    )
    return Past({"d": rows}, [Run(run, "d", "ingest", 1, AT, "published", decision="open") for run in runs], repaired=repaired)


def batch(*cells: tuple[str | None, float | None, datetime | None], unparsed: Any = None, whole: bool = True, name: str = "b") -> Batch:
    columns = dict(zip(("id", "price", "ts"), map(list, zip(*cells, strict=True)), strict=True))
    return make_batch(schema(), columns, batch_id=name, unparsed=unparsed, whole=whole)


def parts(reconciled: Reconciled, *, good: bool = True) -> Split:
    """All rows of a batch good, or all bad."""
    rows, none = reconciled.batch, replace(reconciled.batch, rows=reconciled.batch.rows.clear())
    return Split(rows, none) if good else Split(none, rows)


def states(reconciled: Reconciled) -> list[tuple[str, str, str]]:
    return reconciled.repeats.select(ROW, "_state", "_other").rows()


def left(reconciled: Reconciled) -> list[str]:
    return reconciled.batch.rows[ROW].to_list()


ONE: Mapping[str, Sequence[Any]] = {"id": ["a"], "price": [1.0], "ts": [DAY]}


def test_a_value_in_a_column_that_came_later_makes_another_row() -> None:
    snapshot = past({"id": ["1", "2"], "price": [5.0, 6.0], "ts": [DAY, DAY]})
    before = replace(snapshot, tables={"d": snapshot.tables["d"].drop("price")})
    arrived = batch(("1", 5.0, DAY), ("2", None, DAY))
    reconciled = Reconcile(schema()).reconcile(arrived, before)
    assert states(reconciled) == [("b.1", "copy", "p.1")]
    held = before.tables["d"]
    matched = match_rows(arrived.rows, held.lazy(), schema(), before)
    assert matched.copies[ROW].to_list() == ["b.1"]
    assert matched.changed[ROW].to_list() == ["b.0"]


def test_an_equal_row_is_a_copy_and_leaves_the_batch() -> None:
    result = Reconcile(schema()).reconcile(batch(("a", 1.0, DAY), ("b", 2.0, DAY)), past(ONE))
    assert (states(result), left(result)) == ([("b.0", "copy", "p.0")], ["b.1"])


def test_a_row_is_a_copy_as_it_was_before_its_repairs_and_as_it_is_now() -> None:
    published = past({"id": ["a", "b"], "price": [12.9, 5.0], "ts": [DAY, DAY]}, repairs=[("p.0", "price", "12,90 €", "12.9"), ("p.1", "price", None, "5.0")])
    again = batch(("a", None, DAY), ("b", None, DAY), unparsed={0: {"price": "12,90 €"}})
    assert states(Reconcile(schema()).reconcile(again, published)) == [("b.0", "copy", "p.0"), ("b.1", "copy", "p.1")]
    mended = batch(("a", 12.9, DAY), ("b", 5.0, DAY))
    assert len(states(Reconcile(schema()).reconcile(mended, published))) == 2
    other = batch(("a", None, DAY), ("b", 6.0, DAY), unparsed={0: {"price": "12,91 €"}})
    assert states(Reconcile(schema()).reconcile(other, published)) == []


def test_a_row_without_a_complete_key_is_no_copy() -> None:
    result = Reconcile(schema()).reconcile(batch((None, 1.0, DAY), (None, 1.0, DAY)), past({"id": [None], "price": [1.0], "ts": [DAY]}))
    assert (states(result), left(result)) == ([], ["b.0", "b.1"])


def test_without_a_key_equal_events_are_two_events() -> None:
    result = Reconcile(schema(key=())).reconcile(batch(("a", 1.0, DAY), ("a", 1.0, DAY)), past(ONE))
    assert left(result) == ["b.0", "b.1"]


@pytest.mark.parametrize("mode", ["append", "upsert", "snapshot"])
def test_equal_rows_of_one_batch_are_copies_of_the_first(mode: str) -> None:
    rows = batch(("a", 1.0, DAY), ("a", 2.0, DAY), ("a", 2.0, DAY), ("a", 1.0, DAY), ("b", None, DAY))
    result = Reconcile(schema(mode)).reconcile(rows, MemorySnapshot())
    assert (states(result), left(result)) == ([("b.2", "copy", "b.1"), ("b.3", "copy", "b.0")], ["b.0", "b.1", "b.4"])


def test_a_published_row_is_replaced_once_the_changed_one_is_good() -> None:
    reconcile = Reconcile(schema(on_change="replace"))
    result = reconcile.reconcile(batch(("a", 9.0, DAY)), past(ONE))
    assert left(result) == ["b.0"]
    assert result.snapshot.published("d").collect().is_empty()
    assert reconcile.replaced(result, parts(result)).rows() == [("p.0", "superseded", "b.0")]
    assert reconcile.replaced(result, parts(result, good=False)).is_empty()


def test_a_published_row_that_is_kept_supersedes_the_changed_one_whose_cells_are_kept_too() -> None:
    result = Reconcile(schema(on_change="keep")).reconcile(batch(("a", 9.0, DAY)), past(ONE))
    assert states(result) == [("b.0", "superseded", "p.0")]
    assert result.repeats["price"].to_list() == [9.0]


def test_a_changed_event_is_held_by_the_deduplication_unless_something_else_is_configured() -> None:
    declared = schema()
    steps = Steps([], Chain([Deduplicate(declared)]), Reconcile(declared))
    outcome = evaluate(batch(("a", 9.0, DAY), ("a", 1.0, DAY)), steps, past(ONE))
    assert outcome.split.bad.rows["_reasons"].explode().struct.field("name").to_list() == [CONFLICT]
    assert outcome.repeats.select(ROW, "_other").rows() == [("b.1", "p.0")]


def test_a_steward_who_waives_the_conflict_replaces_the_published_row() -> None:
    reconcile = Reconcile(schema())
    held = batch(("a", 9.0, DAY), whole=False, name="old")
    result = reconcile.reconcile(held, past(ONE), waived=frozenset({CONFLICT}))
    assert reconcile.replaced(result, parts(result)).rows() == [("p.0", "superseded", "old.0")]


def test_of_several_released_rows_of_one_key_one_is_published() -> None:
    held = batch(("a", 8.0, DAY), ("a", 9.0, DAY), whole=False)
    result = Reconcile(schema()).reconcile(held, past(ONE), waived=frozenset({CONFLICT}))
    assert [(verdict.rule, verdict.failing.to_list()) for verdict in result.held if verdict.failing is not None] == [("key_unique", [False, True])]


@pytest.mark.parametrize(("ts", "state"), [(DAY + HOUR, []), (DAY, []), (DAY - HOUR, [("b.0", "superseded", "p.0")]), (None, [("b.0", "superseded", "p.0")])])
def test_an_upsert_lets_the_later_time_stay(ts: datetime | None, state: list[tuple[str, str, str]]) -> None:
    assert states(Reconcile(schema("upsert")).reconcile(batch(("a", 9.0, ts)), past(ONE))) == state


@pytest.mark.parametrize(("runs", "state"), [(("p", "b"), []), (("b", "p"), [("b.0", "superseded", "p.0")])])
def test_a_held_row_replaces_only_what_arrived_before_it(runs: tuple[str, str], state: list[tuple[str, str, str]]) -> None:
    held = batch(("a", 9.0, DAY), whole=False)
    assert states(Reconcile(schema(on_change="replace")).reconcile(held, past(ONE, runs=runs))) == state


def test_an_upsert_may_hold_what_changed() -> None:
    result = Reconcile(schema("upsert", "hold")).reconcile(batch(("a", 9.0, DAY), ("b", 1.0, DAY)), past(ONE))
    assert [(verdict.rule, verdict.failing.to_list()) for verdict in result.held if verdict.failing is not None] == [(CONFLICT, [True, False])]


def test_a_snapshot_supersedes_every_published_row() -> None:
    reconcile = Reconcile(schema("snapshot", time=None))
    result = reconcile.reconcile(batch(("a", 1.0, DAY)), past({"id": ["a", "gone"], "price": [1.0, 2.0], "ts": [DAY, DAY]}))
    assert states(result) == []
    assert reconcile.replaced(result, parts(result)).sort(ROW).rows() == [("p.0", "superseded", "b.0"), ("p.1", "superseded", None)]
    assert reconcile.replaced(result, parts(result, good=False)).is_empty()  # an empty table replaces none


def test_a_held_row_of_an_earlier_snapshot_changes_nothing_in_the_present_one() -> None:
    result = Reconcile(schema("snapshot", time=None)).reconcile(batch(("a", 9.0, DAY), whole=False), past(ONE))
    assert states(result) == [("b.0", "superseded", "p.0")]


def test_what_is_left_of_a_file_that_was_sent_again_is_no_whole_batch() -> None:
    cells: Mapping[str, Sequence[Any]] = {"id": ["a", "b"], "price": [1.0, 2.0], "ts": [DAY, DAY]}
    mostly = batch(("a", 1.0, DAY), ("b", 2.0, DAY), ("c", 3.0, DAY))
    assert not Reconcile(schema()).reconcile(mostly, past(cells)).batch.whole
    overlapping = batch(("a", 1.0, DAY), ("c", 3.0, DAY), ("d", 3.0, DAY))
    assert Reconcile(schema()).reconcile(overlapping, past(cells)).batch.whole


def test_a_rule_about_the_number_of_rows_finds_no_fault_in_a_file_of_copies_without_a_key() -> None:
    cells: Mapping[str, Sequence[Any]] = {"id": [str(n) for n in range(12)], "price": [1.0] * 12, "ts": [DAY] * 12}
    again = replace(make_batch(schema(key=()), cells, batch_id="b", at=AT), same_file=SameFile("p", "p.csv"))
    checker = Checker.build(schema(key=()), [Step(name="expect_table_row_count_to_be_between", settings={"min_value": 5})])
    outcome = evaluate(again, Steps([checker], Chain([]), Reconcile(schema(key=()))), past(cells))
    assert outcome.repeats.height == 12
    assert {verdict.status for verdicts in outcome.phases.values() for verdict in verdicts} == {"skipped"}


def test_keys_are_looked_up_within_the_window() -> None:
    early: Mapping[str, Sequence[Any]] = {"id": ["a"], "price": [1.0], "ts": [DAY - timedelta(days=40)]}
    assert left(Reconcile(schema()).reconcile(batch(("a", 1.0, DAY)), past(early))) == ["b.0"]
