from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.recommending.offline import ordered
from benchmarks.recommending.pairs import compute_accuracy, draw_pairs, find_threshold

SCORES = st.lists(st.integers(-5, 5), min_size=1, max_size=30).map(lambda values: np.array(values, np.float32))


@given(SCORES, SCORES)
def test_no_other_threshold_calls_more_pairs_rightly(right: np.ndarray, wrong: np.ndarray) -> None:
    best = compute_accuracy(right, wrong, find_threshold(right, wrong))[0]
    others = [compute_accuracy(right, wrong, float(least))[0] for least in [*right, *wrong]]
    assert best == pytest.approx(max(others))


def test_accuracy_recall_and_f1() -> None:
    accuracy = compute_accuracy(np.array([3.0, 2.0, 1.0, 0.0], np.float32), np.array([2.0, 0.0, 0.0, 0.0], np.float32), 2.0)
    assert accuracy == pytest.approx([5 / 8, 2 / 4, 2 * (2 / 3) * (1 / 2) / (2 / 3 + 1 / 2)])


@pytest.mark.parametrize("popular", [False, True])
def test_a_wrong_item_was_met_neither_before_nor_next(popular: bool) -> None:
    rng = np.random.default_rng(0)
    histories = ordered([rng.choice(20, 8, replace=False) for _ in range(300)])
    targets = rng.integers(20, size=300)
    pairs = draw_pairs(histories, targets, rng.permutation(300)[:200], rng, items=20, popular=popular)
    assert (pairs.wrong != pairs.right).all()
    assert not any(
        wrong in pairs.histories.items[first:last] for wrong, first, last in zip(pairs.wrong, pairs.histories.starts, pairs.histories.starts[1:], strict=False)
    )


def test_popular_items_are_drawn_as_often_as_they_are_right() -> None:
    rng = np.random.default_rng(0)
    targets = np.array([7] * 900 + [*range(100)])
    pairs = draw_pairs(ordered([np.array([200 + user % 5]) for user in range(1000)]), targets, np.arange(1000), rng, items=300, popular=True)
    assert (pairs.wrong[900:] == 7).mean() == pytest.approx(0.9, abs=0.1)
