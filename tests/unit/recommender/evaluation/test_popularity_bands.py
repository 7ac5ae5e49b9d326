from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.data.sequences import Ints
from recommender.evaluation.popularity_bands import TAIL, assign_popularity_bands, compute_gini

COUNTS = st.lists(st.integers(0, 50), max_size=30).map(lambda values: np.array(values, np.int64))


@given(COUNTS)
def test_each_item_belongs_to_one_band(counts: Ints) -> None:
    assert np.sum(list(assign_popularity_bands(counts).values()), axis=0).tolist() == [1] * len(counts)


@given(COUNTS)
def test_no_item_of_a_band_was_met_more_often_than_one_of_the_band_above(counts: Ints) -> None:
    names = ("head", "middle", "tail", "cold")
    held = [counts[assign_popularity_bands(counts)[name]] for name in names]
    full = [band for band in held if len(band)]
    assert all(upper.min() >= lower.max() for upper, lower in itertools.pairwise(full))


def test_the_head_carries_half_of_what_was_met() -> None:
    parted = assign_popularity_bands(np.array([10, 100, 4, 0, 50, 40]))
    assert {name: np.flatnonzero(items).tolist() for name, items in parted.items()} == {"head": [1, 4], "middle": [0, 5], "tail": [2], "cold": [3]}


def test_an_item_met_seldom_is_of_the_tail_even_where_all_are() -> None:
    assert assign_popularity_bands(np.full(9, TAIL - 1))["tail"].all()


@pytest.mark.parametrize(("values", "expected"), [([3, 3, 3], 0.0), ([0, 0, 0, 8], 0.75), ([], 0.0), ([0, 0], 0.0), ([1, 3], 0.25)])
def test_gini(values: list[int], expected: float) -> None:
    assert compute_gini(np.array(values)) == pytest.approx(expected)


@given(COUNTS)
def test_gini_lies_between_equal_and_one_for_all(counts: Ints) -> None:
    assert -1e-12 <= compute_gini(counts) < 1
