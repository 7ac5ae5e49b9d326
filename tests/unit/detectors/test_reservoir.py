from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.learning.calibration import ErrorControl
from detectors.learning.history import HistorySplit, compute_checksums
from detectors.learning.model import DetectorModel
from detectors.learning.reservoir import Reservoir, contamination_limit, select_clean
from sluice.domain import ROW

BUDGET = 0.01
PROMISE = ErrorControl("marginal", BUDGET)


@dataclass(frozen=True)
class Scale(DetectorModel):
    """Scores a row by its number, on a scale of its own, and by what it happens to think of it."""

    version: int

    def score_rows(self, rows: pl.DataFrame) -> Any:
        noise = np.random.default_rng(self.version).normal(0, 0.3, 1_000)
        return (rows["x"].to_numpy() + noise[rows["n"].to_numpy() % 1_000]) * (1 + 0.1 * self.version)

    def explain(self, rows: pl.DataFrame) -> pl.DataFrame:
        raise AssertionError(rows)

    def pack(self) -> Any:
        raise AssertionError(self)


def batch(number: int, n: int, dirt: float, seed: int) -> pl.DataFrame:
    rng = np.random.default_rng([seed, number])
    dirty = rng.random(n) < dirt
    x = np.where(dirty, rng.uniform(3, 9, n), rng.normal(size=n))
    return pl.DataFrame({ROW: [f"{seed}b{number}.{i}" for i in range(n)], "n": rng.integers(1 << 30, size=n), "x": x, "dirty": dirty})


def after(updates: int, dirt: float, seed: int) -> tuple[float, float, float]:
    """The rates of false alarms (mean over the last updates), of dirt found, and of dirt in what is learned from, through a life of updates."""
    promise, rows, rates = PROMISE, batch(0, 20_000, 0.0, seed), []
    trained = Reservoir.build(rows, np.zeros(rows.height, bool), None, promise).calibrate(Scale(0), promise)
    for number in range(1, updates + 1):
        rows = pl.concat([rows, batch(number, 4_000, dirt, seed)]).tail(20_000)
        reservoir = Reservoir.build(rows, np.arange(rows.height) >= 16_000, trained, promise)
        trained = reservoir.calibrate(Scale(number), promise)
        fresh = batch(1_000 + number, 20_000, 0.02, seed)
        flagged = pl.Series(promise.flag(trained.p_values(fresh), len(trained.calibration_scores)))
        rates.append(float(np.mean(flagged.filter(~fresh["dirty"]).to_numpy())))
    findings = float(np.mean(flagged.filter(fresh["dirty"]).to_numpy()))
    return float(np.mean(rates[-10:])), findings, float(np.mean(reservoir.split.train["dirty"].to_numpy()))


@pytest.mark.parametrize("dirt", [0.0, 0.02, 0.1])
def test_the_rate_of_false_alarms_stays_at_the_budget_through_twenty_updates(dirt: float) -> None:
    rates, findings, learned = (np.mean(entry) for entry in zip(*(after(20, dirt, seed) for seed in range(5)), strict=True))
    deviation = (BUDGET * (1 - BUDGET) / 3_000 / 5) ** 0.5  # of the mean over five lives, each calibrated on 3,000 rows
    assert abs(rates - BUDGET) <= 3 * deviation
    assert findings > 0.8
    assert learned <= 0.2 * dirt


def test_all_is_believed_where_no_more_is_flagged_than_clean_rows_explain() -> None:
    p = (1 + np.arange(10_000)) / 10_001
    assert select_clean(p, -p, PROMISE, 20_000).all()


def test_of_more_only_the_least_strange_are_believed() -> None:
    p = np.concatenate([(1 + np.arange(10_000)) / 10_001, np.full(300, 1e-4)])
    stays = select_clean(p, np.concatenate([-p[:10_000], np.full(300, 9.0)]), PROMISE, 20_000)
    assert stays[:10_000].all()
    assert stays[10_000:].sum() <= 3


@given(st.lists(st.floats(1e-6, 1), max_size=60), st.sampled_from(["marginal", "conditional", "fdr"]))
def test_what_is_not_flagged_is_always_believed(values: list[float], mode: Any) -> None:
    p, promise = np.array(values), ErrorControl(mode, 0.1)
    assert select_clean(p, -p, promise, 500)[~promise.flag(p, 500)].all()


def test_flagged_rows_are_learned_from_only_once_they_are_released_and_that_is_remembered() -> None:
    rows, odd = batch(0, 4_000, 0.0, 3), batch(1, 1_000, 1.0, 3)
    trained = Reservoir.build(rows, np.zeros(4_000, bool), None, PROMISE).calibrate(Scale(0), PROMISE)
    both, new = pl.concat([rows, odd]), np.arange(5_000) >= 4_000
    assert Reservoir.build(both, np.zeros(5_000, bool), trained, PROMISE).rows == 5_000
    reservoir = Reservoir.build(both, new, trained, PROMISE)
    assert reservoir.rows < 4_200
    again = Reservoir.build(both, np.zeros(5_000, bool), reservoir.calibrate(Scale(1), PROMISE), PROMISE)
    assert again.rows == reservoir.rows
    assert Reservoir.build(rows, np.zeros(4_000, bool), reservoir.calibrate(Scale(1), PROMISE), PROMISE).excluded.size == 0


@given(st.integers(0, 10**6), st.integers(1, 300))
def test_a_row_is_in_the_same_part_whatever_comes_with_it(first: int, n: int) -> None:
    rows = pl.DataFrame({ROW: [f"batch.{first + i}" for i in range(n)]})
    whole, half = HistorySplit.from_rows(rows), HistorySplit.from_rows(rows.head(n // 2).reverse())
    for mine, other in zip((whole.train, whole.scale, whole.calibration), (half.train, half.scale, half.calibration), strict=True):
        assert set(other[ROW]) <= set(mine[ROW])
    assert whole.train.height + whole.scale.height + whole.calibration.height == n


def test_checksums_are_evenly_spread() -> None:
    findings = compute_checksums(pl.DataFrame({ROW: [f"0a1b2c3d4e5f.{i}" for i in range(50_000)]})) / 2**32
    counts = np.histogram(findings, bins=20, range=(0, 1))[0]
    assert abs(counts - 2_500).max() < 4 * 50


class Apart(Scale):
    """Scores a row by how far two numbers are apart that are nearly the same in clean rows."""

    def score_rows(self, rows: pl.DataFrame) -> Any:
        return (rows["x"] - rows["y"]).abs().to_numpy()


def doubled(n: int, dirt: float, seed: int) -> pl.DataFrame:
    """Rows with two such numbers; in a dirty one the second is another row's."""
    rows, rng = batch(0, n, 0.0, seed), np.random.default_rng(seed)
    x, dirty = rows["x"].to_numpy(), rng.random(n) < dirt
    y = np.where(dirty, rng.permutation(x), x) + rng.normal(0, 0.02, n)
    return rows.with_columns(pl.Series("y", y), pl.Series("dirty", dirty))


@pytest.mark.parametrize(("dirt", "least"), [(0.02, 0.85), (0.1, 0.85)])
def test_dirt_that_is_told_of_is_left_out_and_stays_out(dirt: float, least: float) -> None:
    rows, fresh, fitted = doubled(40_000, dirt, 5), doubled(20_000, dirt, 6), Apart(0)
    plain = Reservoir(HistorySplit.from_rows(rows))
    outcome = plain.exclude_contamination(fitted, PROMISE, dirt, ("x", "y"), 0)
    trained = outcome.calibrate(fitted, PROMISE)
    before, after = plain.calibrate(fitted, PROMISE).flag(fresh, PROMISE), trained.flag(fresh, PROMISE)
    dirty = fresh["dirty"].to_numpy()
    assert before[dirty].mean() < 0.6
    assert after[dirty].mean() > least
    assert after[~dirty].mean() <= BUDGET
    assert outcome.rows + len(outcome.excluded) == plain.rows
    later = Reservoir.build(rows, np.zeros(rows.height, bool), trained, PROMISE)
    assert later.rows == outcome.rows
    assert later.exclude_contamination(fitted, PROMISE, dirt, ("x", "y"), 0).rows > outcome.rows - 0.001 * plain.rows


@given(st.lists(st.floats(0, 9), min_size=1, max_size=80), st.lists(st.floats(0, 9), max_size=80), st.floats(0, 0.49), st.integers(0, 5))
def test_no_more_rows_are_left_out_than_are_told_of(scores: Any, planted: Any, contamination: float, gone: int) -> None:
    limit = contamination_limit(np.array(scores), np.array(planted), contamination, BUDGET, gone)
    out = sum(score > limit for score in scores)
    assert out == 0 or out + gone <= contamination * (len(scores) + gone) + 1e-9


def test_where_there_is_no_dirt_no_more_alarms_are_false_than_are_told_of() -> None:
    rows, fresh = doubled(40_000, 0.0, 7), doubled(20_000, 0.0, 8)
    trained = Reservoir(HistorySplit.from_rows(rows)).exclude_contamination(Apart(0), PROMISE, 0.02, ("x", "y"), 0).calibrate(Apart(0), PROMISE)
    assert PROMISE.flag(trained.p_values(fresh), len(trained.calibration_scores)).mean() <= BUDGET + 0.02 + 0.005
