from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays as numpy_arrays

from recommender.artifact.compact import compact_arrays, restore_arrays

TABLES = numpy_arrays(np.float32, st.tuples(st.integers(256, 260), st.integers(16, 21)), elements=st.floats(-3, 3, width=32))


@given(table=TABLES, share=st.floats(0, 0.9))
def test_what_pruning_keeps_is_within_half_a_step_and_the_rest_is_zero(table: np.ndarray, share: float) -> None:
    again = restore_arrays(compact_arrays({"a": table, "b": table[:3]}, "pruned", share))
    assert again["a"].shape == table.shape
    assert np.array_equal(again["b"], table[:3])
    step = np.abs(table).max(axis=1, keepdims=True) / 127
    left = again["a"] != 0
    assert (np.abs(again["a"] - table)[left] <= (step * np.ones_like(table))[left] * 0.51).all()
    assert np.abs(table[~left]).max(initial=0) <= max(np.quantile(np.abs(table), share), step.max())


def test_half_precision_is_taken_where_it_holds_the_values() -> None:
    small, large, short = (np.full((80, 64), value, np.float32) for value in (0.3, 1e6, 0.3))
    stored = compact_arrays({"small": small, "large": large, "short": short[:2]}, "float16")
    assert [array.dtype for array in stored.values()] == [np.float16, np.float32, np.float32]
    assert all(array.dtype == np.float32 for array in restore_arrays(stored).values())


def test_a_mask_that_does_not_fit_is_refused() -> None:
    stored = compact_arrays({"a": np.ones((256, 16), np.float32)}, "pruned", 0.1)
    with pytest.raises(ValueError, match="do not fit its mask"):
        restore_arrays({**stored, "a": stored["a"][1:]})
