from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.learning.calibration import ErrorControl, Guarantee, compute_p_values, conditional_level, sort_calibration_scores
from sluice.errors import ModelError

MODES: tuple[Guarantee, ...] = ("marginal", "conditional", "fdr")

finite = st.floats(-1e6, 1e6)


@given(st.lists(finite, min_size=1, max_size=60), st.lists(finite, min_size=1, max_size=20))
def test_p_values_fall_as_scores_rise(calibration: list[float], scores: list[float]) -> None:
    p = compute_p_values(np.sort(scores), np.sort(calibration))
    assert ((p > 0) & (p <= 1)).all()
    assert (np.diff(p) <= 0).all()


@given(st.lists(finite, min_size=2, max_size=60, unique=True), st.integers(1, 50))
def test_no_more_of_exchangeable_rows_are_flagged_than_the_budget_says(scores: list[float], percent: int) -> None:
    """Each row in turn is judged by all others: over all of them, no larger share than the budget may be flagged."""
    held_out = [compute_p_values(np.array([score]), np.sort(scores[:i] + scores[i + 1 :]))[0] for i, score in enumerate(scores)]
    assert np.mean(np.array(held_out) <= percent / 100) <= percent / 100


@pytest.mark.parametrize(
    ("control", "needs"),
    [(ErrorControl("marginal", 0.01), 99), (ErrorControl("marginal", 0.001), 999), (ErrorControl("conditional", 0.01), 299), (ErrorControl("fdr", 0.1), 9)],
)
def test_a_promise_needs_enough_rows(control: ErrorControl, needs: int) -> None:
    assert control.min_calibration_rows == needs
    assert len(sort_calibration_scores(np.arange(float(needs)), control)) == needs
    with pytest.raises(ModelError, match=f"needs {needs} calibration rows, and there are {needs - 1}"):
        sort_calibration_scores(np.arange(needs - 1.0), control)


@pytest.mark.parametrize(("rows", "level", "flagged"), [(5_000, 0.01, 39), (20_000, 0.01, 177), (5_000, 0.001, 2), (20_000, 0.001, 13)])
def test_being_sure_flags_as_many_calibration_rows_as_the_beta_distribution_allows(rows: int, level: float, flagged: int) -> None:
    assert round(conditional_level(level, rows) * (rows + 1)) == flagged


def test_being_sure_keeps_the_share_in_nineteen_of_twenty_samples() -> None:
    """Uniform scores: the share of clean rows that a threshold flags is known exactly, 1 - threshold."""
    rng = np.random.default_rng(5)
    thresholds = [np.sort(rng.random(2_000))[-round(conditional_level(0.01, 2_000) * 2_001)] for _ in range(400)]
    held = np.mean(1 - np.array(thresholds) <= 0.01)
    assert 0.92 <= held <= 0.99


def test_the_false_discovery_rate_is_kept_and_dirt_is_found() -> None:
    rng = np.random.default_rng(6)
    control, false, findings = ErrorControl("fdr", 0.1), [], []
    for _ in range(50):
        calibration = np.sort(rng.normal(size=5_000))
        scores = np.concatenate([rng.normal(size=900), rng.normal(6, 1, size=100)])
        flagged = control.flag(compute_p_values(scores, calibration), len(calibration))
        false.append(flagged[:900].sum() / max(flagged.sum(), 1))
        findings.append(flagged[900:].mean())
    assert np.mean(false) <= 0.1
    assert np.mean(findings) > 0.9


def test_a_batch_breaks_its_promise_only_when_chance_cannot_explain_it() -> None:
    control = ErrorControl("marginal", 0.01)
    assert not control.is_exceeded(0, 0, 1000)
    assert not control.is_exceeded(150, 15_000, 8000)
    assert not control.is_exceeded(170, 15_000, 1000)
    assert control.is_exceeded(300, 15_000, 8000)
    assert ErrorControl("fdr", 0.1).is_exceeded(1, 15_000, 1000)
    assert not ErrorControl("fdr", 0.1).is_exceeded(0, 15_000, 1000)


def test_an_empty_batch_has_no_discoveries() -> None:
    for mode in MODES:
        assert not ErrorControl(mode, 0.1).flag(np.empty(0), 1000).any()
