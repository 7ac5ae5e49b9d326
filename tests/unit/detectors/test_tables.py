from __future__ import annotations

import numpy as np
import pytest

from detectors.features.matrix_serialization import pack_matrix, unpack_matrix
from detectors.features.serialization import pack, unpack


@pytest.mark.parametrize(("rows", "features"), [(0, 3), (1, 2), (300, 0), (1000, 5)])
def test_a_matrix_is_the_same_after_it_was_stored(rows: int, features: int) -> None:
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(rows, features)).astype(np.float32)
    matrix[:, ::2] = matrix[:, ::2].round()
    arrays, _ = unpack(pack(pack_matrix("core", matrix), {}))
    assert np.array_equal(unpack_matrix(arrays, "core"), matrix)


def test_features_of_few_values_take_a_byte_a_row() -> None:
    matrix = (np.arange(8000 * 20).reshape(8000, 20) % 7).astype(np.float32)
    assert sum(array.nbytes for array in pack_matrix("core", matrix).values()) < 8000 * 20 * 1.2
