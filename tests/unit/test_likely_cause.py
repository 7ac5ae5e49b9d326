"""Which part of the data explains failing rows, and when none does."""

from __future__ import annotations

import random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.domain import Cause, Condition
from sluice.messages import render
from sluice.rules.likely_cause import MIN_COVERED, MIN_LIFT, describe_cause, likely_cause

COUNTRIES, AGENTS = ("DE", "FR", "US", "CN"), ("chrome", "safari", "app")


def events(rows: int = 600) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "file": [f"day-{position // 100}.csv" for position in range(rows)],
            "country": [COUNTRIES[position % 4] for position in range(rows)],
            "agent": [AGENTS[position % 3] for position in range(rows)],
            "user": [f"u{position % 53}" for position in range(rows)],
        }
    )


def named(cause: Cause | None) -> dict[str, str | None]:
    return {} if cause is None else {condition.column: condition.value for condition in cause.conditions}


@pytest.mark.parametrize(
    "part",
    [{"file": "day-2.csv"}, {"country": "CN"}, {"agent": "app"}, {"user": "u7"}, {"country": "DE", "agent": "safari"}, {"file": "day-1.csv", "agent": "app"}],
)
@pytest.mark.parametrize("noise", [0, 97])
def test_a_planted_part_is_named(part: dict[str, str], noise: int) -> None:
    rows = events()
    inside = pl.Series([all(row[name] == value for name, value in part.items()) for row in rows.to_dicts()])
    elsewhere = pl.Series([bool(noise) and position % noise == 5 for position in range(rows.height)])
    cause = likely_cause(rows, inside | elsewhere)
    assert named(cause) == part
    assert cause is not None
    assert (cause.rows, cause.failing) == (inside.sum(), inside.sum())


def test_an_empty_cell_is_a_value() -> None:
    rows = events().with_columns(pl.when(pl.col("country") != "FR").then("country").alias("country"))
    assert named(likely_cause(rows, rows["country"].is_null())) == {"country": None}


@given(st.sets(st.integers(0, 599), max_size=600))
def test_a_named_part_holds_most_failing_rows_which_are_much_rarer_elsewhere(positions: set[int]) -> None:
    rows, failing = events(), pl.Series([position in positions for position in range(600)])
    cause = likely_cause(rows, failing)
    if cause is not None:
        inside = rows.select(pl.all_horizontal(pl.col(condition.column) == condition.value for condition in cause.conditions)).to_series()
        assert (cause.rows, cause.failing) == (inside.sum(), (inside & failing).sum())
        assert (cause.all_rows, cause.all_failing) == (600, len(positions))
        assert cause.failing >= MIN_COVERED * len(positions)
        assert cause.share >= MIN_LIFT * cause.share_elsewhere


@given(st.permutations(["file", "country", "agent", "user"]))
def test_the_order_of_columns_changes_nothing(order: list[str]) -> None:
    rows = events()
    failing = (rows["country"] == "DE") & (rows["agent"] == "app")
    assert named(likely_cause(rows.select(order), failing)) == {"country": "DE", "agent": "app"}


@pytest.mark.parametrize("count", [3, 10, 60, 300, 590])
@pytest.mark.parametrize("seed", range(5))
def test_rows_that_fail_everywhere_have_no_part(count: int, seed: int) -> None:
    chosen = set(random.Random(seed).sample(range(600), count))
    assert likely_cause(events(), pl.Series([position in chosen for position in range(600)])) is None


@pytest.mark.parametrize("failing", [[False] * 600, [True] * 600, [True] * 2 + [False] * 598])
def test_none_all_or_too_few_failing_rows_have_no_part(failing: list[bool]) -> None:
    assert likely_cause(events(), pl.Series(failing)) is None


def test_a_part_is_described_with_its_numbers_and_personal_values_are_masked() -> None:
    cause = Cause((Condition("ip", "203.0.113.7"), Condition("country", None)), 40, 30, 1000, 36)
    text = render(describe_cause(cause, pl.Series([True]), frozenset({"ip"})))
    assert text == "30 of 36 failing rows have ip = •••; country is empty: 75.0% of these 40 rows fail, 0.6% of the others"
    assert render(describe_cause(None, pl.Series([True] * 3 + [False]))) == "no part of the data explains the 3 failing rows of 4"
