from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import polars as pl
import pytest

from checks.checker import Checker
from sluice.config import Step
from sluice.domain import Column, Schema
from sluice.messages import render
from sluice.testing import AT, MemorySnapshot, make_batch

SCHEMA = Schema("events", columns=(Column("event_type"), Column("order"), Column("app_version"), Column("ts", "timestamp")), time="ts")
RULE = Step(name="expect_column_values_to_not_be_null", settings={"column": "order", "row_condition": 'event_type in ("purchase", "refund")', "mostly": 0.9})


class SnapshotWithMetrics(MemorySnapshot):
    def __init__(self, statuses: list[tuple[datetime, str]]) -> None:
        super().__init__()
        self.statuses = statuses

    def metrics(self, dataset: str, runs: object = None) -> pl.DataFrame:
        rule = "expect_column_values_to_not_be_null:order"
        return pl.DataFrame([{"at": at, "phase": "arrival", "rule": rule, "status": status} for at, status in self.statuses])


def observed(snapshot: MemorySnapshot, missing_of: str, column: str) -> str:
    cells: dict[str, Any] = {
        "event_type": ["view", "purchase", "refund", "purchase"] * 20,
        "app_version": ["5.1"] * 40 + ["5.2"] * 40,
        "ts": [AT + timedelta(minutes=index) for index in range(80)],
    }
    cells["order"] = [
        None if kind == "view" or missing_of in (kind, version) else "o1" for kind, version in zip(cells["event_type"], cells["app_version"], strict=True)
    ]
    (verdict,) = Checker.build(SCHEMA, [RULE]).judge(make_batch(SCHEMA, cells), snapshot)
    assert verdict.status == "failed", column
    return render(verdict.observed)


@pytest.mark.parametrize(
    ("missing_of", "text"),
    [
        ("purchase", "order is empty since 2026-03-02 00:01 where event_type is purchase"),
        ("5.2", "order is empty since 2026-03-02 00:41 where event_type is purchase, refund; app_version is 5.2"),
    ],
)
def test_a_gone_field_is_named_with_its_kind_its_version_and_its_time(missing_of: str, text: str) -> None:
    assert observed(MemorySnapshot(), missing_of, "order").endswith(text)


def test_since_is_the_first_batch_that_failed_in_a_row() -> None:
    history = [(AT - timedelta(days=4), "failed"), (AT - timedelta(days=3), "passed"), (AT - timedelta(days=2), "failed"), (AT - timedelta(days=1), "failed")]
    assert "since 2026-02-28 00:00" in observed(SnapshotWithMetrics(history), "purchase", "order")
