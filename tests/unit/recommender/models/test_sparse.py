from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from recommender.data.sequences import Sequences
from recommender.models.sparse import keep_strongest, recency_weights


def history(*ordered: bool) -> Sequences:
    size = len(ordered)
    nothing = np.zeros(size, np.int64)
    return Sequences(np.arange(size), nothing, nothing, np.ones(size, np.float32), np.array(ordered, np.bool_), np.array([0, size]))


def test_what_lies_back_counts_less() -> None:
    assert recency_weights(history(True, True, True), 0.5).tolist() == [0.25, 0.5, 1.0]


def test_what_has_no_order_shares_what_its_places_would_weigh() -> None:
    assert recency_weights(history(False, False, True), 0.5) == pytest.approx([0.375, 0.375, 1.0])


def test_a_long_history_without_order_still_counts() -> None:
    weights = recency_weights(history(*[False] * 5000), 0.8)
    assert weights == pytest.approx(1 / (0.2 * 5000))


@given(st.lists(st.lists(st.integers(0, 4), min_size=7, max_size=7), min_size=1, max_size=6), st.integers(1, 8))
def test_the_strongest_of_a_row_are_kept_and_of_equal_ones_those_of_lower_numbers(rows: list[list[int]], count: int) -> None:
    matrix = sp.csr_matrix(np.array(rows, np.float32))
    expected = np.zeros((len(rows), 7), np.float32)
    for row, values in enumerate(rows):
        for column in sorted(np.flatnonzero(values), key=lambda column: (-values[column], column))[:count]:
            expected[row, column] = values[column]
    assert np.array_equal(keep_strongest(matrix, count).toarray(), expected)
