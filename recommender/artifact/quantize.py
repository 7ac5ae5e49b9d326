"""Quantize embedding tables to a quarter of their size: int8 with one scale per row, which costs a ranking next to nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.data.sequences import Floats
from recommender.ranker import Arrays

SCALE = ".scale"  # suffix of the name of a table's scales
STEPS = 127  # on each side of 0
MIN_ROWS = 256  # fewer are not worth it
MIN_COLUMNS = 16  # of narrower rows the scale would be a large part


def quantize_arrays(arrays: Arrays) -> dict[str, NDArray[Any]]:
    """Quantize the large float tables among arrays; a table of shape (n, d) takes n (d + 4) bytes.

    Args:
        arrays: By name; no name ends in `.scale`.
    """
    quantized: dict[str, NDArray[Any]] = {}
    for name, array in arrays.items():
        quantized |= dict(zip((name, name + SCALE), quantize_rows(array), strict=True)) if is_quantizable(array) else {name: array}
    return quantized


def dequantize_arrays(arrays: Arrays) -> dict[str, NDArray[Any]]:
    """Restore the arrays of `quantize_arrays`, approximately; other arrays stay as they are.

    Raises:
        ValueError: The scales of a table do not fit it.
    """
    scales = {name.removesuffix(SCALE): scale for name, scale in arrays.items() if name.endswith(SCALE)}
    return {name: _dequantize(name, array, scales) for name, array in arrays.items() if not name.endswith(SCALE)}


def is_quantizable(array: NDArray[Any]) -> bool:
    """Return True for arrays that are worth quantizing."""
    return array.ndim == 2 and array.dtype == np.float32 and array.shape[0] >= MIN_ROWS and array.shape[1] >= MIN_COLUMNS


def quantize_rows(table: Floats) -> tuple[NDArray[np.int8], Floats]:
    """Scale each row to whole numbers from -127 to 127.

    Returns:
        The numbers, and the factor of each row, shape (n,); a row of zeros has factor 0.

    Example:
        >>> numbers, scale = quantize_rows(np.array([[0.5, -1.0]], np.float32))
        >>> numbers.tolist(), dequantize_rows(numbers, scale).round(2).tolist()
        ([[64, -127]], [[0.5, -1.0]])
    """
    scale = (np.abs(table).max(axis=1) / STEPS).astype(np.float32)
    return np.rint(table / np.where(scale > 0, scale, 1)[:, None]).astype(np.int8), scale


def dequantize_rows(numbers: NDArray[np.int8], scale: Floats) -> Floats:
    """Restore the table of `quantize_rows`, each value to within half a step of its row."""
    return numbers.astype(np.float32) * scale[:, None]


def _dequantize(name: str, array: NDArray[Any], scales: Mapping[str, NDArray[Any]]) -> NDArray[Any]:
    if name not in scales:
        return array
    if array.dtype != np.int8 or scales[name].shape != array.shape[:1]:
        raise ValueError(f"the scales of {name} do not fit it")
    return dequantize_rows(array, scales[name])
