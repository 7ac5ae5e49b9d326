"""A snapshot that loses most of its rows or cells is reported, and held where that can be no chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
import pytest

from checks.shrink import ShrinkJudge
from sluice.domain import MAX_SHRINK, Column, Run, Schema, Verdict
from sluice.testing import AT, MemorySnapshot, make_batch, make_rows

SCHEMA = Schema("items", "snapshot", ("sku",), (Column("sku"), Column("price", "number")))


def cells(rows: int, prices: int | None = None) -> dict[str, list[Any]]:
    filled = rows if prices is None else prices
    return {"sku": [f"s{number}" for number in range(rows)], "price": [1.0] * filled + [None] * (rows - filled)}


def judge(before: dict[str, list[Any]], now: dict[str, list[Any]], **more: Any) -> Verdict | None:
    verdicts = ShrinkJudge(SCHEMA, **more).judge(make_batch(SCHEMA, now), MemorySnapshot({"items": make_rows(SCHEMA, before)}))
    return verdicts[0] if verdicts else None


@pytest.mark.parametrize(
    ("rows", "status", "on_fail"),
    [
        (100, "passed", "flag"),
        (300, "passed", "flag"),
        (81, "passed", "flag"),
        (80, "failed", "flag"),
        (50, "failed", "flag"),
        (49, "failed", "block"),
    ],
)
def test_a_loss_of_rows_is_reported_from_a_fifth_and_held_from_a_half(rows: int, status: str, on_fail: str) -> None:
    verdict = judge(cells(100), cells(rows))
    assert verdict is not None
    assert (verdict.rule, verdict.status, verdict.on_fail) == (MAX_SHRINK, status, on_fail)


@pytest.mark.parametrize(("first", "share", "on_fail"), [(300, 1.0, "block"), (200, 2 / 3, "block"), (80, 80 / 300, "flag")])
def test_a_published_key_that_the_snapshot_lacks_is_lost_whatever_else_arrives(first: int, share: float, on_fail: str) -> None:
    others = {name: values[first:] for name, values in cells(300 + first).items()}
    verdict = judge(cells(300), others)
    assert verdict is not None
    assert (verdict.status, verdict.on_fail) == ("failed", on_fail)
    assert (verdict.observed.code, verdict.observed.params["share"], verdict.observed.params["lost"]) == ("snapshot_keys", pytest.approx(share), first)


def test_keys_of_several_columns_are_compared_as_a_whole() -> None:
    schema = Schema("prices", "snapshot", ("sku", "shop"), (Column("sku"), Column("shop")))
    before = {"sku": ["a"] * 30 + ["b"] * 30, "shop": [*map(str, range(30))] * 2}
    now = {"sku": ["a"] * 60, "shop": [*map(str, range(60))]}
    (verdict,) = ShrinkJudge(schema).judge(make_batch(schema, now), MemorySnapshot({"prices": make_rows(schema, before)}))
    assert verdict.observed.params == {"share": 0.5, "lost": 30, "before": 60}


def test_rows_are_counted_without_a_key() -> None:
    schema = Schema("items", "snapshot", (), (Column("sku"),))
    before = MemorySnapshot({"items": make_rows(schema, {"sku": [f"s{number}" for number in range(100)]})})
    (verdict,) = ShrinkJudge(schema).judge(make_batch(schema, {"sku": [f"t{number}" for number in range(90)]}), before)
    assert (verdict.status, verdict.observed.code) == ("passed", "snapshot_rows")


@pytest.mark.parametrize(("before", "now", "on_fail"), [(100, 40, "block"), (100, 80, "flag"), (60, 0, "flag")])
def test_a_column_that_was_nearly_always_filled_may_not_be_emptied(before: int, now: int, on_fail: str) -> None:
    verdict = judge(cells(100, before), cells(100, now))
    assert verdict is not None
    assert (verdict.status, verdict.on_fail, verdict.columns) == ("failed", on_fail, ("price",))


def test_a_small_table_is_never_held() -> None:
    verdict = judge(cells(19), cells(1))
    assert verdict is not None
    assert (verdict.status, verdict.on_fail) == ("failed", "flag")


def test_the_limit_is_configured() -> None:
    verdict = judge(cells(100), cells(5), max_shrink=0.99)
    assert verdict is not None
    assert verdict.on_fail == "flag"
    strict = judge(cells(100), cells(89), max_shrink=0.1)
    assert strict is not None
    assert strict.on_fail == "block"


def test_without_a_table_before_and_for_a_part_of_a_batch_there_is_no_verdict() -> None:
    assert list(ShrinkJudge(SCHEMA).judge(make_batch(SCHEMA, cells(3)), MemorySnapshot())) == []
    past = MemorySnapshot({"items": make_rows(SCHEMA, cells(100))})
    assert list(ShrinkJudge(SCHEMA).judge(make_batch(SCHEMA, cells(3), whole=False), past)) == []
    assert list(ShrinkJudge(SCHEMA).judge(make_batch(SCHEMA, cells(0)), past)) == []


@dataclass
class PastSnapshot(MemorySnapshot):
    """Serve the table before for each run that is left out."""

    past: Sequence[pl.DataFrame] = ()

    def published(self, dataset: str) -> pl.LazyFrame:
        return self.past[-1].lazy() if self.past else pl.LazyFrame()

    def runs(self, dataset: str) -> list[Run]:
        return [Run(f"r{number}", dataset, "ingest", number, AT, "published") for number in range(len(self.past))]

    def without(self, batch_id: str) -> PastSnapshot:
        assert batch_id == f"r{len(self.past) - 1}"
        return PastSnapshot(past=self.past[:-1])


@pytest.mark.parametrize(("past", "on_fail"), [([0, 100, 100], "flag"), ([100, 100, 100], "block"), ([100, 80, 100], "flag"), ([0, *[100] * 15], "block")])
def test_a_column_that_was_empty_some_days_ago_may_be_emptied_again(past: list[int], on_fail: str) -> None:
    before = PastSnapshot(past=[make_rows(SCHEMA, cells(100, prices)) for prices in past])
    (verdict,) = ShrinkJudge(SCHEMA).judge(make_batch(SCHEMA, cells(100, 0)), before)
    assert (verdict.status, verdict.on_fail, verdict.columns) == ("failed", on_fail, ("price",))


@pytest.mark.parametrize(("before", "now", "rows", "status"), [(10, 8, 672, "passed"), (200, 120, 672, "failed"), (651, 500, 672, "failed")])
def test_a_column_with_few_cells_loses_none_by_chance(before: int, now: int, rows: int, status: str) -> None:
    verdict = judge(cells(651, before), cells(rows, now))
    assert verdict is not None
    assert verdict.status == status
