"""A suite is one scan, and a bad column spoils nothing but its own expectations."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import polars as pl
import pytest

from checks.polars_core.scan import columns_read, scan
from checks.polars_core.values import Value
from checks.polars_engine import CompiledSuite

gxe: Any = import_module("great_expectations.expectations")
FRAME = pl.DataFrame({"id": ["a", "b", "b"], "x": [1.0, 2.0, 30.0], "n": [1, 2, 3]})
GOOD = [
    gxe.ExpectColumnValuesToBeUnique(column="id"),
    gxe.ExpectColumnValuesToBeBetween(column="x", min_value=0, max_value=10),
    gxe.ExpectColumnMeanToBeBetween(column="x", min_value=0),
    gxe.ExpectTableRowCountToEqual(value=3),
    gxe.ExpectCompoundColumnsToBeUnique(column_list=["id", "n"]),
]
BAD = [
    gxe.ExpectColumnValuesToNotBeNull(column="nope"),
    gxe.ExpectColumnMeanToBeBetween(column="id", min_value=0),
    gxe.ExpectColumnValuesToBeBetween(column="id", min_value=1),
    gxe.ExpectColumnValuesToMatchRegex(column="id", regex="(?=a)"),
    gxe.ExpectColumnPairValuesAToBeGreaterThanB(column_A="id", column_B="x"),
]


@pytest.mark.parametrize("frame", [FRAME, FRAME.lazy()], ids=["eager", "lazy"])
def test_one_scan_and_no_spoiling(frame: pl.DataFrame | pl.LazyFrame) -> None:
    findings = CompiledSuite([*BAD, *GOOD]).evaluate(frame)
    assert {finding.scans for finding in findings} == {1}
    assert all(finding.success is None and finding.error is not None for finding in findings[: len(BAD)])
    assert [finding.success for finding in findings[len(BAD) :]] == [False, False, True, True, True]
    assert [finding.failed for finding in findings[len(BAD) :]] == [2, 1, 0, 0, 0]


def test_bad_columns_change_no_answer() -> None:
    alone = CompiledSuite(GOOD).evaluate(FRAME)
    among = CompiledSuite([*GOOD, *BAD]).evaluate(FRAME)
    assert [(finding.success, finding.failed, finding.observed) for finding in alone] == [
        (finding.success, finding.failed, finding.observed) for finding in among[: len(GOOD)]
    ]


def test_a_failure_that_depends_on_the_data_is_isolated() -> None:
    fails = Value(pl.col("id").cast(pl.Int64))
    result = scan(FRAME, [Value(pl.col("x").sum()), Value(fails.expr.sum()), Value(pl.len())])
    assert result.values[0] == 33.0
    assert isinstance(result.values[1], pl.exceptions.PolarsError)
    assert result.values[2] == 3
    assert result.scans == 4


def test_a_mask_is_one_bit_a_row() -> None:
    frame = pl.DataFrame({"n": range(80_000)})
    finding = CompiledSuite([gxe.ExpectColumnValuesToBeBetween(column="n", min_value=10)]).evaluate(frame)[0]
    assert finding.unexpected is not None
    assert finding.unexpected.estimated_size() == 10_000


def test_problems_are_found_without_data() -> None:
    problems = CompiledSuite([*GOOD, *BAD]).problems(FRAME.schema)
    assert problems[: len(GOOD)] == [None] * len(GOOD)
    assert all(isinstance(problem, Exception) for problem in problems[len(GOOD) :])


def test_table_columns_may_be_those_of_the_file() -> None:
    suite = CompiledSuite([gxe.ExpectColumnToExist(column="gone"), gxe.ExpectTableColumnCountToEqual(value=2), gxe.ExpectColumnValuesToNotBeNull(column="n")])
    assert [finding.success for finding in suite.evaluate(FRAME)] == [False, False, True]
    assert [finding.success for finding in suite.evaluate(FRAME, columns=["gone", "n"])] == [True, True, True]


def test_an_unsupported_metric_says_so() -> None:
    finding = CompiledSuite([gxe.ExpectColumnKLDivergenceToBeLessThan(column="id", threshold=1.0)]).evaluate(FRAME)[0]
    assert finding.success is None
    assert "provider" in str(finding.error)


def test_bounds_without_a_zone_are_utc() -> None:
    frame = pl.DataFrame({"ts": ["2026-03-01T12:00:00Z"]}).select(pl.col("ts").str.to_datetime(time_unit="us", time_zone="UTC"))
    suite = CompiledSuite(
        [
            gxe.ExpectColumnMaxToBeBetween(column="ts", max_value="2026-03-02"),
            gxe.ExpectColumnMaxToBeBetween(column="ts", max_value="2026-03-01T11:00:00"),
            gxe.ExpectColumnMinToBeBetween(column="ts", min_value="2026-03-01T12:00:00Z"),
            gxe.ExpectColumnValuesToBeBetween(column="ts", min_value="2026-03-01", max_value="2026-03-01T11:59:00"),
        ]
    )
    assert [finding.success for finding in suite.evaluate(frame)] == [True, False, True, False]


@pytest.mark.parametrize(
    ("expr", "columns"),
    [
        (pl.col("x").max(), ["x"]),
        (pl.struct("id", "n").is_duplicated().sum(), ["id", "n"]),
        (pl.col("nope").max() + pl.col("x").max(), ["x"]),
        (pl.len(), ["id", "x", "n"]),
        (pl.all().null_count(), ["id", "x", "n"]),
    ],
)
def test_types_are_tried_on_the_columns_that_a_value_reads(expr: pl.Expr, columns: list[str]) -> None:
    assert columns_read(FRAME.schema, [Value(expr)]).names() == columns
