from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.calibration import beyond_budget, calibrated, p_values, rows_needed
from sluice.errors import ModelError

finite = st.floats(-1e6, 1e6)


@given(st.lists(finite, min_size=1, max_size=60), st.lists(finite, min_size=1, max_size=20))
def test_p_values_fall_as_scores_rise(calibration: list[float], scores: list[float]) -> None:
    p = p_values(np.sort(scores), np.sort(calibration))
    assert ((p > 0) & (p <= 1)).all()
    assert (np.diff(p) <= 0).all()


@given(st.lists(finite, min_size=2, max_size=60, unique=True), st.integers(1, 50))
def test_no_more_of_exchangeable_rows_are_flagged_than_the_budget_says(scores: list[float], percent: int) -> None:
    """Each row in turn is judged by all others: over all of them, no larger share than the budget may be flagged."""
    held_out = [p_values(np.array([score]), np.sort(scores[:i] + scores[i + 1 :]))[0] for i, score in enumerate(scores)]
    assert np.mean(np.array(held_out) <= percent / 100) <= percent / 100


def test_a_budget_needs_enough_rows() -> None:
    assert rows_needed(0.01) == 99
    assert len(calibrated(np.arange(99.0), 0.01)) == 99
    with pytest.raises(ModelError, match="needs 99 calibration rows, and there are 98"):
        calibrated(np.arange(98.0), 0.01)


def test_a_batch_is_beyond_its_budget_only_when_chance_cannot_explain_it() -> None:
    assert not beyond_budget(0, 0, 0.01, 1000)
    assert not beyond_budget(150, 15_000, 0.01, 8000)
    assert not beyond_budget(170, 15_000, 0.01, 1000)
    assert beyond_budget(300, 15_000, 0.01, 8000)
