"""Store arrays in a smaller form, and restore them: int8 with a scale per row, float16, or int8 without the smallest values."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.artifact.quantize import SCALE, dequantize_arrays, is_quantizable, quantize_arrays, quantize_rows
from recommender.data.sequences import Floats
from recommender.ranker import Arrays
from sluice.config.compact import CompactForm

MASK, WIDTH = ".mask", ".width"  # suffixes of what says where a pruned table has values, and of its width
MIN_FLOATS = 4096  # numbers of an array; fewer are not worth it


def compact_arrays(arrays: Arrays, form: CompactForm, share: float = 0.0) -> dict[str, NDArray[Any]]:
    """Return arrays in a smaller form.

    Args:
        arrays: By name; no name ends in `.scale`, `.mask` or `.width`.
        form: The form.
        share: Share of the values of a table that are left out, for `pruned`.
    """
    if form == "int8":
        return quantize_arrays(arrays)
    if form == "float16":
        return {name: _half(array) for name, array in arrays.items()}
    if form == "pruned":
        return {name: part for key, array in arrays.items() for name, part in (_prune(key, array, share) if is_quantizable(array) else {key: array}).items()}
    return dict(arrays)


def restore_arrays(arrays: Arrays) -> dict[str, NDArray[Any]]:
    """Restore the arrays of `compact_arrays`, approximately; other arrays stay as they are.

    Raises:
        ValueError: The parts of a table do not fit together.
    """
    pruned = {name.removesuffix(MASK) for name in arrays if name.endswith(MASK)}
    plain = {name: array for name, array in arrays.items() if not name.endswith((MASK, WIDTH))}
    filled = {name: _fill(name, arrays) if name in pruned else array for name, array in plain.items()}
    return {name: array.astype(np.float32) if array.dtype == np.float16 else array for name, array in dequantize_arrays(filled).items()}


def prune_rows(table: Floats, share: float) -> Floats:
    """Return a table without the share of its values that are nearest to 0.

    Example:
        >>> prune_rows(np.array([[0.1, -2.0], [3.0, 0.2]], np.float32), 0.5).tolist()
        [[0.0, -2.0], [3.0, 0.0]]
    """
    size = np.abs(table)
    return np.where(size >= np.quantile(size, share), table, np.float32(0))


def _prune(name: str, table: Floats, share: float) -> dict[str, NDArray[Any]]:
    numbers, scale = quantize_rows(prune_rows(table, share))
    mask = numbers != 0
    return {name: numbers[mask], name + SCALE: scale, name + MASK: np.packbits(mask, axis=1), name + WIDTH: np.array([table.shape[1]])}


def _fill(name: str, arrays: Arrays) -> NDArray[np.int8]:
    width, values = int(arrays[name + WIDTH][0]), arrays[name]
    mask = np.unpackbits(arrays[name + MASK], axis=1, count=width).astype(np.bool_)
    if values.dtype != np.int8 or values.shape != (int(mask.sum()),):
        raise ValueError(f"the values of {name} do not fit its mask")
    table = np.zeros(mask.shape, np.int8)
    table[mask] = values
    return table


def _half(array: NDArray[Any]) -> NDArray[Any]:
    """Return a large array in half precision, where that holds its values."""
    is_large = array.dtype == np.float32 and array.size >= MIN_FLOATS
    return array.astype(np.float16) if is_large and np.abs(array).max() <= np.finfo(np.float16).max else array
