"""Store a matrix of features: a feature of few distinct values as one byte a row and its values, all others as they are; nothing is lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

FEW = 256  # distinct values that a byte can tell apart


def pack_matrix(name: str, matrix: NDArray[np.float32]) -> dict[str, NDArray[Any]]:
    """Return arrays for a matrix [rows, features], under a name."""
    levels = [np.unique(feature) for feature in matrix.T]
    few = np.array([len(each) <= FEW for each in levels], bool)
    places = [np.searchsorted(each, feature).astype(np.uint8) for each, feature, is_few in zip(levels, matrix.T, few, strict=True) if is_few]
    padded = [np.resize(each, FEW) if len(each) else np.zeros(FEW, np.float32) for each, is_few in zip(levels, few, strict=True) if is_few]
    return {
        f"{name}.few": few,
        f"{name}.places": np.array(places, np.uint8).reshape(len(places), len(matrix)),
        f"{name}.levels": np.array(padded, np.float32).reshape(len(padded), FEW),
        f"{name}.others": matrix.T[~few].astype(np.float32),
    }


def unpack_matrix(arrays: Mapping[str, NDArray[Any]], name: str) -> NDArray[np.float32]:
    """Return the matrix that `narrowed` was given."""
    few, places, levels = (arrays[f"{name}.{part}"] for part in ("few", "places", "levels"))
    told = np.empty((len(few), places.shape[1]), np.float32)
    told[few], told[~few] = np.take_along_axis(levels, places.astype(np.int64), axis=1), arrays[f"{name}.others"]
    return np.ascontiguousarray(told.T)
