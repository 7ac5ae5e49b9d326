"""What the heads read of an item beside what was done with it: numbers, categories, and where it lies in spaces of meaning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
import scipy.sparse as sp
from numpy.typing import NDArray

from recommender.data.sequences import Floats, Ints, Vocabulary

WIDTH = 24  # of a space
CATEGORIES = 4096  # told apart in a column
EXTRA = 10  # directions looked at beyond those that are asked for
ROUNDS = 5  # of power iteration


@dataclass(frozen=True, slots=True, eq=False)
class Described:
    """Items as numbers, one row an item and a last one for any that is not known.

    Attributes:
        items: How many there are.
        numbers: Each column of numbers, shape (items + 1,); the mean where one is missing.
        codes: Each column of categories as its numbers from 1, shape (items + 1,); 0 where it is missing.
        spaces: Vectors of length 1 by the name of their space, shape (items + 1, width); zeros where an item has none.
    """

    items: int
    numbers: Mapping[str, Floats] = field(default_factory=dict)
    codes: Mapping[str, Ints] = field(default_factory=dict)
    spaces: Mapping[str, Floats] = field(default_factory=dict)


def described(items: pl.DataFrame, columns: Sequence[str], vocabulary: Vocabulary, vectors: Floats | None = None) -> Described:
    """Read the items' columns.

    Args:
        items: Column `item`, one row an item, and the columns.
        columns: Those of numbers are read as such, all others as categories.
        vocabulary: The items.
        vectors: Of what is written of them, shape (items, any width); None where nothing is.
    """
    names = pl.DataFrame({"item": vocabulary.items}, schema={"item": pl.String})
    table = names.join(items, on="item", how="left", maintain_order="left")
    held = [name for name in columns if name in table.columns]
    numbers = {name: _numbers(table[name]) for name in held if table.schema[name].is_numeric()}
    codes = {name: _codes(table[name]) for name in held if name not in numbers}
    return Described(len(vocabulary.items), numbers, codes, {} if vectors is None else {"text": outside(narrowed(vectors))})


def outside(rows: Floats) -> Floats:
    """The same with a last row of zeros: the item that is not known."""
    return np.vstack([rows, np.zeros((1, rows.shape[1]), np.float32)])


def narrowed(vectors: Floats) -> Floats:
    """Vectors of length 1 in the few directions in which they differ most; zeros stay zeros."""
    if vectors.shape[1] <= WIDTH or len(vectors) <= WIDTH:
        return unit(vectors)
    _, found = directions(vectors.astype(np.float64), WIDTH)
    return unit((vectors @ found).astype(np.float32))


def unit(rows: Floats) -> Floats:
    """Rows of length 1; those next to nothing become zeros."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    found: Floats = np.where(lengths > 1e-6, rows / np.maximum(lengths, 1e-6), 0).astype(np.float32)
    return found


def _numbers(values: pl.Series) -> Floats:
    plain = values.cast(pl.Float64).fill_nan(None).replace([float("inf"), float("-inf")], None)
    mean = plain.mean()
    middle = float(mean) if isinstance(mean, float) else 0.0
    return np.append(plain.fill_null(middle).to_numpy(), middle).astype(np.float32)


def _codes(values: pl.Series) -> Ints:
    """The commonest categories from 1 on; the rest share the last."""
    text = values.cast(pl.String)
    common = text.drop_nulls().value_counts(name="n").sort("n", text.name, descending=[True, False])[text.name].head(CATEGORIES)
    ranks = dict(zip(common, range(1, len(common) + 1), strict=True))
    found = [0 if value is None else ranks.get(value, CATEGORIES) for value in text]
    return np.array([*found, 0], np.int64)


def directions(matrix: sp.csr_matrix | NDArray[np.floating], count: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The leading right singular vectors. Unlike ARPACK's, the same for the same matrix even where singular values are equal.

    Args:
        matrix: Shape (rows, columns).
        count: How many, at most min(rows, columns).

    Returns:
        Singular values, the largest first, shape (count,), and vectors, shape (columns, count).
    """
    probe = np.random.default_rng(0).normal(size=(matrix.shape[0], min(count + EXTRA, *matrix.shape)))
    basis, _ = np.linalg.qr(matrix.T @ probe)
    for _ in range(ROUNDS):
        basis, _ = np.linalg.qr(matrix.T @ (matrix @ basis))
    image = matrix @ basis
    squares, turned = np.linalg.eigh(image.T @ image)
    values = np.sqrt(np.maximum(squares[::-1][:count], 0))
    return values, basis @ turned[:, ::-1][:, :count]
