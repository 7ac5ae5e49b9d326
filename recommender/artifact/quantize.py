"""Tables of vectors in a quarter of their size: int8 with one scale a row, which costs a ranking next to nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.data.sequences import Floats
from recommender.ranker import Arrays

SCALE = ".scale"  # ends the name of a table's scales
STEPS = 127  # on each side of 0
ROWS = 256  # a table of fewer rows is not worth it
COLUMNS = 16  # nor is one of narrower rows, of which the scale would be a large part


def quantize_arrays(arrays: Arrays) -> dict[str, NDArray[Any]]:
    """The same arrays, large float tables among them as int8 with the scales of their rows; (n, d) takes n (d + 4) bytes.

    Args:
        arrays: By name; no name ends in `.scale`.
    """
    found: dict[str, NDArray[Any]] = {}
    for name, array in arrays.items():
        found |= dict(zip((name, name + SCALE), quantize_rows(array), strict=True)) if is_quantizable(array) else {name: array}
    return found


def dequantize_arrays(arrays: Arrays) -> dict[str, NDArray[Any]]:
    """What `quantize_arrays` was given, nearly; other arrays stay as they are.

    Raises:
        ValueError: A table's scales do not fit it.
    """
    scales = {name.removesuffix(SCALE): scale for name, scale in arrays.items() if name.endswith(SCALE)}
    return {name: _restored(name, array, scales) for name, array in arrays.items() if not name.endswith(SCALE)}


def is_quantizable(array: NDArray[Any]) -> bool:
    """True where an array is worth compacting."""
    return array.ndim == 2 and array.dtype == np.float32 and array.shape[0] >= ROWS and array.shape[1] >= COLUMNS


def quantize_rows(table: Floats) -> tuple[NDArray[np.int8], Floats]:
    """Each row as whole numbers from -127 to 127, and what to multiply them with, shape (n,); a row of zeros has scale 0."""
    scale = (np.abs(table).max(axis=1) / STEPS).astype(np.float32)
    return np.rint(table / np.where(scale > 0, scale, 1)[:, None]).astype(np.int8), scale


def dequantize_rows(whole: NDArray[np.int8], scale: Floats) -> Floats:
    """The table that `quantize_rows` was given, each value to within half a step of its row."""
    return whole.astype(np.float32) * scale[:, None]


def _restored(name: str, array: NDArray[Any], scales: Mapping[str, NDArray[Any]]) -> NDArray[Any]:
    if name not in scales:
        return array
    if array.dtype != np.int8 or scales[name].shape != array.shape[:1]:
        raise ValueError(f"the scales of {name} do not fit it")
    return dequantize_rows(array, scales[name])
