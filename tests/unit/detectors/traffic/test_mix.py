"""Hours that are skipped or doubled for one part of the visitors alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from detectors.traffic import hourly_volume

START = datetime(2026, 3, 2, tzinfo=UTC)
AGENTS = ("one", "two", "three")


def day(number: int, agents: tuple[str, ...] = AGENTS) -> pl.DataFrame:
    """A day's visits: more in the afternoon, as many of each user agent."""
    rng = np.random.default_rng(number)
    drawn = [(agent, START + timedelta(days=number, hours=float(hour))) for agent in agents for hour in 24 * rng.beta(3, 2, 2000)]
    return pl.DataFrame(drawn, schema={"agent": pl.String, "time": pl.Datetime("us", "UTC")}, orient="row").with_columns(country=pl.lit("DE"))


@pytest.fixture(scope="module")
def learned_state() -> hourly_volume.HourlyCounts:
    hours = hourly_volume.HourlyCounts.none()
    for number in range(14):
        hours = hours.after(day(number))
    return hours


def put(rows: pl.DataFrame, hours: int) -> pl.DataFrame:
    """The clocks of one part put on or back from noon on."""
    wrong = (pl.col("agent") == "two") & (pl.col("time").dt.hour() >= 12)
    return rows.with_columns(time=pl.when(wrong).then(pl.col("time") + pl.duration(hours=hours)).otherwise("time"))


@pytest.mark.parametrize("number", range(14, 20))
def test_a_day_like_all_others_strays_in_no_part(learned_state: hourly_volume.HourlyCounts, number: int) -> None:
    assert hourly_volume.find_odd_hours(day(number), learned_state, chance=0.001).is_empty()


@pytest.mark.parametrize(("hours", "fewer"), [(1, True), (-1, False)])
def test_an_hour_that_one_part_skips_or_has_twice_is_found(learned_state: hourly_volume.HourlyCounts, hours: int, fewer: bool) -> None:
    findings = hourly_volume.find_odd_hours(put(day(14), hours), learned_state, chance=0.001)
    noon = START + timedelta(days=14, hours=12 if fewer else 11)
    of_agent = findings.filter((pl.col("hour") == noon) & pl.col("kind").str.starts_with(f"{hourly_volume.PART}agent"))
    assert of_agent.height == 1
    assert (of_agent["events"][0] < of_agent["expected"][0]) == fewer
    assert hourly_volume.code_of(of_agent["kind"][0]) == "odd_hour_of_agent"
    assert "two" not in of_agent["kind"][0]


def test_however_many_parts_are_invented_few_are_remembered(learned_state: hourly_volume.HourlyCounts) -> None:
    many = day(14, tuple(f"agent {number}" for number in range(200)))
    after = learned_state.after(many)
    assert after.table["kind"].str.starts_with(hourly_volume.PART).sum() > 0
    assert after.table.filter(pl.col("kind").str.starts_with(hourly_volume.PART))["kind"].n_unique() <= hourly_volume.KINDS
