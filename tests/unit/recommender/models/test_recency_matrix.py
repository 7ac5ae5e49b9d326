"""The matrix of recency weights is that of its entries, to the last bit, however often an item occurs."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from recommender.data.sequences import Sequences
from recommender.models.sparse import recency_matrix, recency_weights

ITEMS = 6


@given(st.lists(st.lists(st.integers(0, ITEMS - 1), max_size=40), max_size=4))
def test_rows_equal_the_matrix_of_all_entries(users: list[list[int]]) -> None:
    histories = Sequences.from_lists(users)
    matrix = recency_matrix(histories, ITEMS, 0.8)
    entries = (recency_weights(histories, 0.8), (histories.users, histories.items))
    expected = sp.csr_matrix(entries, shape=(len(users), ITEMS))
    for built, entered in ((matrix.data, expected.data), (matrix.indices, expected.indices), (matrix.indptr, expected.indptr)):
        assert built.dtype == entered.dtype
        assert np.array_equal(built, entered)
