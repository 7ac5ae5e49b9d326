from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from recommender.artifact.quantize import MIN_COLUMNS, MIN_ROWS, dequantize_arrays, dequantize_rows, quantize_arrays, quantize_rows

TABLES = arrays(np.float32, array_shapes(min_dims=2, max_dims=2, max_side=12), elements=st.floats(-1e6, 1e6, width=32, allow_subnormal=False))


@given(TABLES)
def test_every_value_comes_back_to_within_half_a_step_of_its_row(table: np.ndarray) -> None:
    whole, scale = quantize_rows(table)
    assert whole.min(initial=0) >= -127
    assert (np.abs(dequantize_rows(whole, scale) - table) <= 0.501 * scale[:, None] + 1e-6 * np.abs(table)).all()


def test_a_row_of_zeros_stays_one() -> None:
    assert not dequantize_rows(*quantize_rows(np.zeros((3, 4), np.float32))).any()


def test_only_large_tables_change_and_they_shrink_to_a_quarter() -> None:
    table = np.random.default_rng(0).normal(size=(MIN_ROWS, 64)).astype(np.float32)
    arrays: dict[str, np.ndarray] = {
        "items": table,
        "counts": np.ones(MIN_ROWS, np.float32),
        "small": table[: MIN_ROWS - 1],
        "narrow": table[:, : MIN_COLUMNS - 1],
        "rows": np.arange(9),
    }
    small = quantize_arrays(arrays)
    assert sum(small[name].nbytes for name in ("items", "items.scale")) <= 0.27 * table.nbytes
    back = dequantize_arrays(small)
    assert back.keys() == arrays.keys()
    assert all(np.array_equal(back[name], arrays[name]) for name in arrays if name != "items")
    assert np.abs(back["items"] - table).max() < 0.03
    assert all(np.array_equal(quantize_arrays(back)[name], small[name]) for name in small)


def test_scales_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="scales of items"):
        dequantize_arrays({"items": np.zeros((4, 2), np.int8), "items.scale": np.ones(3, np.float32)})
