"""Store a matrix of features: a feature of few distinct values as one byte a row and its values, all others as they are; nothing is lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAX_LEVELS = 256  # distinct values that a byte can tell apart


def pack_matrix(name: str, matrix: NDArray[np.float32]) -> dict[str, NDArray[Any]]:
    """Return arrays for a matrix [rows, features], under a name."""
    levels = [np.unique(feature) for feature in matrix.T]
    compact = np.array([len(level) <= MAX_LEVELS for level in levels], bool)
    places = [np.searchsorted(level, feature).astype(np.uint8) for level, feature, is_few in zip(levels, matrix.T, compact, strict=True) if is_few]
    padded = [np.resize(level, MAX_LEVELS) if len(level) else np.zeros(MAX_LEVELS, np.float32) for level, is_few in zip(levels, compact, strict=True) if is_few]
    return {
        f"{name}.few": compact,
        f"{name}.places": np.array(places, np.uint8).reshape(len(places), len(matrix)),
        f"{name}.levels": np.array(padded, np.float32).reshape(len(padded), MAX_LEVELS),
        f"{name}.others": matrix.T[~compact].astype(np.float32),
    }


def unpack_matrix(arrays: Mapping[str, NDArray[Any]], name: str) -> NDArray[np.float32]:
    """Return the matrix that `narrowed` was given."""
    compact, places, levels = (arrays[f"{name}.{part}"] for part in ("few", "places", "levels"))
    matrix = np.empty((len(compact), places.shape[1]), np.float32)
    matrix[compact], matrix[~compact] = np.take_along_axis(levels, places.astype(np.int64), axis=1), arrays[f"{name}.others"]
    return np.ascontiguousarray(matrix.T)
