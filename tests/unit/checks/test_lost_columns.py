"""A column that a file lacks: lost where accepted batches usually filled it, else only reported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from checks.schema import SchemaJudge
from sluice.domain import RUN, Column, GateState, Run, Schema
from sluice.messages import render
from sluice.rules import count, score
from sluice.testing import AT, MemorySnapshot, make_batch, make_rows

SALES = Schema("sales", "append", (), (Column("day", "date"), Column("customer_id"), Column("total", "number")))


def past(customers: Sequence[str | None], decision: GateState = "open") -> MemorySnapshot:
    rows = make_rows(SALES, {"customer_id": customers, "total": [1.0] * len(customers)}, batch_id="day1").with_columns(pl.lit("day1").alias(RUN))
    run = Run("day1", "sales", "ingest", 1, AT, "published", rows=rows.height, good=rows.height, decision=decision)
    return MemorySnapshot({"sales": rows}, records=[run])


def verdict_of(snapshot: Any, schema: Schema = SALES) -> Any:
    batch = replace(make_batch(schema, {"total": [1.0, 2.0]}), columns=("day", "buyer", "total"), similar={"customer_id": "buyer"})
    verdicts = SchemaJudge(schema).judge(batch, snapshot)
    return next(verdict for verdict in verdicts if verdict.rule == "column_present:customer_id"), score(map(count, verdicts)).value


def test_a_lost_column_leaves_no_score() -> None:
    verdict, value = verdict_of(past(["a", "b", None, None]))
    assert (verdict.status, verdict.severity, value) == ("not_evaluated", "critical", None)
    assert render(verdict.observed) == "customer_id is gone, buyer is new: renamed?"


@pytest.mark.parametrize(
    "snapshot", [past(["a", None, None]), past(["a", "b"], decision="closed"), MemorySnapshot()], ids=["rarely filled", "not accepted", "no history"]
)
def test_a_column_that_nothing_shows_to_be_usual_is_reported_alone(snapshot: MemorySnapshot) -> None:
    verdict, value = verdict_of(snapshot)
    assert (verdict.status, verdict.severity, value is None) == ("failed", "warning", False)


def test_a_required_column_still_blocks() -> None:
    columns = tuple(replace(column, required=column.name == "customer_id") for column in SALES.columns)
    verdict, _ = verdict_of(past(["a", "b"]), replace(SALES, columns=columns))
    assert (verdict.status, verdict.on_fail) == ("failed", "block")


def test_a_snapshot_is_compared_with_the_table_before_it() -> None:
    verdict, _ = verdict_of(past(["a", "b"]), replace(SALES, mode="snapshot"))
    assert verdict.status == "failed"
