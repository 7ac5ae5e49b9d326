from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.checker import Checker
from checks.suggestions import nulls, numbers, texts, times
from checks.suggestions.kinds import tracking_plan
from checks.suggestions.limits import exception_bound, tolerance_coverage, widened
from checks.suggestions.nulls import least_filled
from checks.suggestions.roles import is_growing, is_open
from sluice.domain import Column, Schema
from sluice.messages import render
from sluice.testing import MemorySnapshot, make_batch


@given(st.floats(-1e6, 1e6), st.floats(0, 1e6), st.integers(2, 10**6))
def test_a_margin_is_never_zero(low: float, width: float, rows: int) -> None:
    limits = widened(low, low + width, rows)
    assert limits.low < low <= low + width < limits.high


@given(st.integers(1, 1000), st.integers(0, 1000))
def test_bounds_are_shares_and_more_rows_say_more(rows: int, exceptions: int) -> None:
    assert exception_bound(exceptions, rows) <= 1
    assert exception_bound(exceptions, rows + 100) <= exception_bound(exceptions, rows)
    assert tolerance_coverage(rows + 1) >= tolerance_coverage(rows)
    assert 0 < least_filled(max(1, rows // 2), rows) <= 0.98


@pytest.mark.parametrize(
    ("name", "values", "inside", "outside"),
    [
        ("shipping", [4.9] * 75, [9.9, 0.0, -4.9], [490.0]),
        ("latitude", [48.0, 52.5, 51.1] * 40, [-33.9, 40.7], [1000.0]),
        ("price", [9.0, 20.0, 60.0] * 200, [5.99, 99.0], [-1.0, 6000.0, 0.09]),
        ("price", [9.0, 20.0, 60.0] * 20 + [1e9], [99.0], [1e8]),
        ("Impact on price", [-2.0, 0.0, 1.5] * 60, [-2.0, 3.0], [400.0, -400.0]),
        ("year", [2019, 2021, 2024] * 50 + [1002], [2026], []),
        ("rating", [4.5, 2.0, 5.0] * 20, [1.0, 3.3], [7.0, -1.0]),
        ("quantity", [1, 2, 1] * 20, [4, -1, 12], [5000]),
    ],
)
def test_limits_of_numbers(name: str, values: list[float], inside: list[float], outside: list[float]) -> None:
    column = Column(name, "integer" if isinstance(values[0], int) else "number")
    settings = next(numbers.suggest(column, pl.Series(name, values, strict=False))).step.settings
    assert settings["on_fail"] == "flag"
    low, high = float(str(settings["min_value"])), float(str(settings["max_value"]))
    within = pl.DataFrame({"cell": [*inside, *outside]}, strict=False).select(pl.col("cell").is_between(low, high)).to_series().to_list()
    assert within == [True] * len(inside) + [False] * len(outside)


def test_the_reason_of_a_range_counts_the_values_that_lie_beyond_it() -> None:
    reason = render(next(numbers.suggest(Column("quantity", "integer"), pl.Series([1, 2, 4] * 400 + [-2]))).reason)
    assert reason.startswith("1 to 4 in 1,200 rows,")
    assert reason.endswith("; 1 row has -2")
    assert "have other values" not in render(next(numbers.suggest(Column("quantity", "integer"), pl.Series([1, 2, 4] * 400))).reason)


def test_nothing_is_suggested_for_identifiers_and_counters() -> None:
    for name in ("order_no", "user_id", "postcode", "client_ip", "browser version", "timestamp"):
        assert is_open(name)
        assert not list(numbers.suggest(Column(name, "integer"), pl.Series(name, [1, 2, 3] * 50)))
    assert is_growing(pl.Series([100, 101, 103, 104, 110, 111]))
    assert not list(numbers.suggest(Column("volume", "integer"), pl.Series(range(1000, 1100))))
    assert not is_growing(pl.Series([*range(50)] * 4))  # a stock that a sorted file repeats


def test_a_set_needs_frequent_values_and_an_improbable_new_one() -> None:
    states = ["al"] * 300 + ["az"] * 250 + ["ax"] * 2
    (suggestion,) = texts.suggest(Column("state"), pl.Series("state", states))
    assert suggestion.step.settings["value_set"] == ["al", "az"]
    assert "Good-Turing" in render(suggestion.reason)
    assert suggestion.doubt
    once = [f"brand {index}" for index in range(30)]
    for values in (["Northwind"] * 500, states[:40], ["a"] * 300 + ["b"] * 300 + once, ["1.2.0", "1.3.0"] * 300):
        assert not list(texts.suggest(Column("vendor"), pl.Series("vendor", values)))


def test_a_column_that_is_often_empty_lowers_no_score() -> None:
    schema = Schema("items", columns=(Column("weight", "number"), Column("title")))
    severities = [
        entry.step.settings["severity"]
        for column, cells in ((schema.columns[0], [1.0, None] * 200), (schema.columns[1], ["Mug"] * 400))
        for entry in nulls.suggest(schema, column, pl.Series(column.name, cells))
    ]
    assert severities == ["info", "warning"]


def test_a_pattern_allows_one_more_digit_and_no_value_of_a_personal_column() -> None:
    users = pl.Series("user", [f"u{index:05}" for index in range(200)])
    (suggestion,) = texts.suggest(Column("user"), users)
    assert suggestion.step.settings["regex"] == r"^u\d+$"
    assert not list(texts.suggest(Column("user", personal=True), users))
    assert not list(texts.suggest(Column("order_no"), pl.Series("order_no", [str(number) for number in range(9000, 9200)])))


def test_the_tracking_plan_names_what_every_kind_must_have() -> None:
    schema = Schema("events", columns=(Column("type"), Column("query"), Column("order"), Column("page")))
    cells = {"type": ["search", "view", "purchase"] * 20, "query": ["mug", None, None] * 20, "order": [None, None, "o1"] * 20, "page": ["/", None] * 30}
    plan = tracking_plan(schema, pl.DataFrame(cells))
    assert plan is not None
    assert {row["kind"]: (row["always"], row["never"]) for row in plan.table()} == {
        "search": ("query", "order"),
        "view": ("", "query, order"),
        "purchase": ("order", "query"),
    }
    assert tracking_plan(schema, pl.DataFrame(cells).with_columns(type=pl.lit("view"))) is None


def test_rows_without_one_of_two_times_do_not_count_against_their_order() -> None:
    sent = [datetime(2026, 3, 1, 10, tzinfo=UTC) + timedelta(minutes=index) for index in range(60)]
    rows = pl.DataFrame({"sent": sent, "received": [moment + timedelta(seconds=2) if index % 2 else None for index, moment in enumerate(sent)]})
    (suggestion,) = times.suggest_order([Column("sent", "timestamp"), Column("received", "timestamp")], rows)
    schema = Schema("mails", columns=(Column("sent", "timestamp"), Column("received", "timestamp")))
    (verdict,) = Checker.build(schema, [suggestion.step]).judge(make_batch(schema, rows.to_dict(as_series=False)), MemorySnapshot())
    assert (verdict.status, verdict.rows, verdict.failed) == ("passed", 30, 0)
