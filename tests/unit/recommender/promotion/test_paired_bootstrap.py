from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.promotion.paired_bootstrap import paired_difference


def gains(seed: int, users: int = 2000, share: float = 0.1) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    rng = np.random.default_rng(seed)
    return (rng.random(users) < share).astype(np.float64)


def test_a_model_compared_with_itself_does_not_change() -> None:
    difference = paired_difference(gains(0), gains(0))
    assert (difference.change, difference.low, difference.high) == (0, 0, 0)
    assert difference.users == 2000


def test_the_interval_has_the_width_of_the_sampling_error() -> None:
    """Ten thousand users, of whom a hundred each gained and lost: the sum of 200 signs has sd 14, as a share of 1,000 hits 1.4 %."""
    before = np.zeros(10_000)
    before[:1000] = 1
    after = before.copy()
    after[:100], after[-100:] = 0, 1
    difference = paired_difference(before, after)
    assert difference.change == 0
    assert difference.low == pytest.approx(-1.96 * 0.01414, rel=0.1)
    assert difference.high == pytest.approx(1.96 * 0.01414, rel=0.1)


def test_ninety_five_of_a_hundred_intervals_cover_the_truth() -> None:
    """Two models that are equally good, on a hundred sets of users."""
    covered = 0
    for seed in range(100):
        before, after = gains(seed, 800), gains(1000 + seed, 800)
        difference = paired_difference(before, after, seed=seed)
        covered += difference.low is not None and difference.high is not None and difference.low <= 0 <= difference.high
    assert 89 <= covered <= 99


def test_without_hits_of_the_champion_there_is_no_relative_change() -> None:
    assert paired_difference(np.zeros(3), np.ones(3)).change is None
    assert paired_difference(np.zeros(0), np.zeros(0)).users == 0
    single = paired_difference(np.array([1.0]), np.array([0.0]))
    assert (single.change, single.low, single.high) == (-1, -1, -1)


@given(st.lists(st.tuples(*[st.sampled_from([0.0, 0.23, 0.5, 1.0])] * 2), min_size=1, max_size=30), st.integers(0, 9))
def test_the_same_seed_draws_the_same_interval(pairs: list[tuple[float, float]], seed: int) -> None:
    before, after = (np.array(values) for values in zip(*pairs, strict=True))
    difference = paired_difference(before, after, seed=seed)
    assert difference == paired_difference(before, after, seed=seed)
    assert difference.low is None or difference.high is None or difference.low <= difference.high
