"""Clicks are joined to what was shown, each once, and only where they can have arrived."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.domain.exposures import EXPOSURES
from sluice.rules.click_rates import click_rates, mark_clicked, wilson_interval

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def exposures(*rows: tuple[int, str | None, str, int]) -> pl.DataFrame:
    """Rows of hours after noon, user, item and model, each its own list."""
    cells = [(number, f"l{number}", NOON + hours * HOUR, user, item, model) for number, (hours, user, item, model) in enumerate(rows)]
    return pl.DataFrame(cells, schema=dict(EXPOSURES), orient="row")


def clicks(*rows: tuple[int, str, str]) -> pl.DataFrame:
    cells = [(user, item, NOON + hours * HOUR) for hours, user, item in rows]
    return pl.DataFrame(cells, schema={"user": pl.String, "item": pl.String, "time": pl.Datetime("us", "UTC")}, orient="row")


def clicked(rows: pl.DataFrame, on: pl.DataFrame, until: datetime = NOON + 30 * DAY) -> list[int]:
    return mark_clicked(rows, on, DAY, until).filter("clicked")["number"].to_list()


def test_a_click_counts_for_the_newest_exposure_before_it() -> None:
    rows = exposures((0, "ann", "mug", 1), (2, "ann", "mug", 2), (4, "ann", "mug", 2), (2, "bob", "mug", 1), (2, "ann", "cup", 1))
    assert clicked(rows, clicks((3, "ann", "mug"))) == [1]
    assert clicked(rows, clicks((3, "ann", "mug"), (3, "ann", "mug"))) == [1], "once"
    assert clicked(rows, clicks((25, "ann", "cup"))) == [4]
    assert clicked(rows, clicks((27, "ann", "cup"), (-1, "ann", "mug"), (3, "carl", "mug"))) == [], "too late, too early, and not shown"


def test_exposures_whose_clicks_may_not_have_arrived_and_visitors_without_an_id_are_left_out() -> None:
    rows = exposures((0, "ann", "mug", 1), (2, "ann", "mug", 1), (0, None, "mug", 1))
    assert mark_clicked(rows, clicks((3, "ann", "mug")), DAY, NOON + DAY + HOUR)["number"].to_list() == [0]
    assert mark_clicked(rows, clicks((3, "ann", "mug")), DAY, NOON + DAY + 2 * HOUR)["clicked"].to_list() == [False, True]


def test_each_model_has_its_rate() -> None:
    rows = exposures((0, "ann", "mug", 1), (0, "bob", "mug", 2), (0, "bob", "cup", 2))
    rates = click_rates(mark_clicked(rows, clicks((1, "bob", "cup")), DAY, NOON + 30 * DAY))
    assert [(rate.model, rate.lists, rate.users, rate.exposures, rate.clicks, rate.rate) for rate in rates] == [(2, 2, 1, 2, 1, 0.5), (1, 1, 1, 1, 0, 0.0)]
    assert click_rates(mark_clicked(exposures(), clicks(), DAY, NOON)) == []


def test_the_interval_is_that_of_wilson() -> None:
    assert wilson_interval(0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)  # values of Newcombe 1998, table I: 0/n
    assert wilson_interval(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)  # his first example
    assert wilson_interval(15, 148) == pytest.approx((0.0624, 0.1605), abs=1e-4)  # and his second one


@given(st.integers(1, 10_000).flatmap(lambda trials: st.tuples(st.integers(0, trials), st.just(trials))))
def test_the_interval_holds_the_share_and_lies_between_0_and_1(counts: tuple[int, int]) -> None:
    hits, trials = counts
    low, high = wilson_interval(hits, trials)
    assert 0 <= low <= hits / trials + 1e-12
    assert hits / trials - 1e-12 <= high <= 1
