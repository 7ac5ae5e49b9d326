"""A rule that judged nothing: not evaluated where it usually judges some rows, skipped where that is no surprise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

from checks.checker import Checker
from sluice.config import Step
from sluice.domain import Batch, GateState, Run, Schema, Verdict
from sluice.messages import render
from sluice.rules import count, score
from sluice.store.runs import METRICS
from sluice.testing import MemorySnapshot

BETWEEN = "expect_column_values_to_be_between"
AT = datetime(2026, 3, 1, tzinfo=UTC)


class Past(MemorySnapshot):
    """What a rule judged in earlier batches of 100 rows."""

    def __init__(self, judged: Sequence[int], rule: str = f"{BETWEEN}:price", decision: GateState = "open") -> None:
        runs = [Run(f"r{n}", "events", "ingest", n, AT, "published", rows=100, decision=decision) for n in range(len(judged))]
        super().__init__(records=runs)
        facts = [
            (run.id, AT, "cleaned", rule, "expectation", "validity", "critical", "passed" if rows else "skipped", rows, 0)
            for run, rows in zip(runs, judged, strict=True)
        ]
        self.past = pl.DataFrame(facts, schema=METRICS, orient="row")

    def metrics(self, dataset: str, runs: object = None) -> pl.DataFrame:
        del dataset
        return self.past


def judge(schema: Schema, batch: Batch, snapshot: Any, name: str = BETWEEN, **settings: Any) -> Verdict:
    settings = settings or {"column": "price", "min_value": 0}
    (verdict,) = Checker.build(schema, [Step(name=name, settings=settings)]).judge(batch, snapshot)
    return verdict


@pytest.mark.parametrize(
    ("past", "rows", "status"),
    [
        (Past([]), 5, "not_evaluated"),  # nothing says that the column is often empty
        (Past([98, 99, 97]), 5, "not_evaluated"),
        (Past([98, 99, 97]), 1, "skipped"),  # one row in fifty has no price
        (Past([5, 4, 6]), 50, "skipped"),  # one row in twenty has one
        (Past([5, 4, 6]), 500, "not_evaluated"),
        (Past([98, 0, 97]), 500, "skipped"),  # an accepted batch had none either
        (Past([0, 0], decision="unknown"), 5, "not_evaluated"),  # what was not accepted says nothing of right data
    ],
)
def test_an_empty_column_is_a_surprise_where_it_is_usually_filled(schema: Schema, make_batch: Callable[..., Batch], past: Past, rows: int, status: str) -> None:
    verdict = judge(schema, make_batch(price=[None] * rows), past)
    assert (verdict.status, verdict.failing) == (status, None)
    assert render(verdict.observed) == "no row has a price"
    assert score([count(verdict)]).value is None


def test_a_column_that_the_file_lacks_is_named_with_the_one_that_may_be_it(schema: Schema, make_batch: Callable[..., Batch]) -> None:
    columns = (*(name for name in schema.names if name != "price"), "unit_price")
    lacking = make_batch(event_id=["a"], columns=columns)
    verdict = judge(schema, replace(lacking, similar={"price": "unit_price"}), Past([98, 99]))
    assert (verdict.status, render(verdict.observed)) == ("not_evaluated", "price is gone, unit_price is new: renamed?")
    assert judge(schema, lacking, Past([98, 0])).status == "skipped", "the column is not in every file"


def test_a_filter_that_selects_no_row_judges_nothing(schema: Schema, make_batch: Callable[..., Batch]) -> None:
    settings: dict[str, object] = {"column": "price", "min_value": 0, "row_condition": 'kind == "purchase"'}
    batch = make_batch(price=[1.0] * 300, kind=["view"] * 300)
    verdict = judge(schema, batch, Past([5, 4]), BETWEEN, **settings)
    assert (verdict.status, render(verdict.observed)) == ("not_evaluated", 'no row with a value meets kind == "purchase"')
    assert judge(schema, make_batch(price=[1.0], kind=["view"]), Past([5, 4]), BETWEEN, **settings).status == "skipped"


def test_a_rule_about_empty_cells_judges_an_absent_column(schema: Schema, make_batch: Callable[..., Batch], snapshot: Any) -> None:
    lacking = make_batch(event_id=["a"], columns=("event_id",))
    assert judge(schema, lacking, snapshot, "expect_column_values_to_not_be_null", column="price").failed == 1


def test_a_statistic_of_no_value_is_not_evaluated(schema: Schema, make_batch: Callable[..., Batch], snapshot: Any) -> None:
    assert judge(schema, make_batch(price=[None]), snapshot, "expect_column_mean_to_be_between", column="price", min_value=1).status == "not_evaluated"


def test_some_rows_of_an_arrival_prove_nothing(schema: Schema, make_batch: Callable[..., Batch]) -> None:
    assert judge(schema, make_batch(price=[None] * 9, whole=False), Past([98])).status == "skipped"
