"""Dirt that the benchmark of traffic injects, and the counting of what was found."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest

from benchmarks.repairing.counting import count_found
from benchmarks.repairing.dirt import ALL, inject_all
from benchmarks.repairing.log import COLUMNS, HISTORY, CleanLog, demo_shop
from benchmarks.repairing.measuring import FIRST_SEED, QUICK_SEED, Measured
from sluice.domain import ROW


@pytest.fixture(scope="module")
def log() -> CleanLog:
    return demo_shop(QUICK_SEED, quick=True)


@pytest.mark.parametrize("kinds", ALL, ids="+".join)
def test_the_truth_names_the_rows_that_were_changed_or_added(log: CleanLog, kinds: tuple[str, ...]) -> None:
    clean = log.days[HISTORY]
    injected = inject_all(clean, kinds, 0.05, 1)
    before = {row[-1]: row[:-1] for row in clean.select(*COLUMNS, ROW).iter_rows()}
    after = {row[-1]: row[:-1] for row in injected.rows.select(*COLUMNS, ROW).iter_rows()}
    assert set(injected.truth[ROW]) == {row for row, cells in after.items() if before.get(row) != cells}
    assert set(before) <= set(after)
    assert 0.01 < injected.truth[ROW].n_unique() / clean.height < 0.2
    assert inject_all(clean, kinds, 0.05, 1).rows.equals(injected.rows)


def test_events_of_a_day_were_received_on_it_and_targets_are_left_out(log: CleanLog) -> None:
    assert all(day["received_at"].max() - day["received_at"].min() < timedelta(days=1) for day in log.days)  # type: ignore[operator]  # a column of times
    events = pl.concat(log.days)
    assert events[ROW].n_unique() == events.height
    assert log.targets["user_id"].n_unique() == log.targets.height
    assert set(events["item_id"]) <= set(log.catalog["item_id"])


def test_rows_that_were_answered_are_compared_with_the_dirty_ones_of_the_dirty_days() -> None:
    truth = pl.DataFrame({ROW: ["3.1", "3.1", "3.2"]})
    detection = count_found(truth, pl.Series(["3.0", "3.1", "3.2", "3.3"]), pl.Series(["0.0", "3.0", "3.1"]))
    assert (detection.precision, detection.recall, detection.false, detection.f1) == (0.5, 0.5, 0.5, 0.5)


def test_a_recovery_is_the_share_of_the_loss_that_comes_back() -> None:
    measured = Measured(count_found(pl.DataFrame({ROW: []}), pl.Series(["a"]), pl.Series([])), 0.0, (0.2, 0.1, 0.15))
    assert measured.loss == pytest.approx(0.5)
    assert measured.recovery == pytest.approx(0.5)


def test_seeds_that_are_recorded_are_not_those_of_development() -> None:
    assert QUICK_SEED < FIRST_SEED
