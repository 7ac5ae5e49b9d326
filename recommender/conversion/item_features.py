"""Encode the static features of items: numbers, categories, embeddings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
import scipy.sparse as sp
from numpy.typing import NDArray

from recommender.data.sequences import Floats, Ints, Vocabulary

WIDTH = 24  # dimensions of an embedding
MAX_CATEGORIES = 4096
OVERSAMPLING = 10  # extra dimensions of the randomised SVD
POWER_ITERATIONS = 5


@dataclass(frozen=True, slots=True, eq=False)
class ItemFeatures:
    """Hold one row per item and a last one for unknown items.

    Attributes:
        count: The number of items.
        numeric: Numeric columns, shape (count + 1,); the mean where a value is missing.
        categorical: Codes from 1 of categorical columns, shape (count + 1,); 0 where a value is missing.
        embeddings: Unit vectors by name, shape (count + 1, width); zeros where an item has none.
    """

    count: int
    numeric: Mapping[str, Floats] = field(default_factory=dict)
    categorical: Mapping[str, Ints] = field(default_factory=dict)
    embeddings: Mapping[str, Floats] = field(default_factory=dict)


def encode_items(items: pl.DataFrame, columns: Sequence[str], vocabulary: Vocabulary, text_embeddings: Floats | None = None) -> ItemFeatures:
    """Encode the columns of items.

    Args:
        items: Column `item`, one row per item, and the columns.
        columns: Numeric ones are read as numbers, all others as categories.
        vocabulary: The items.
        text_embeddings: Of the items' texts, shape (items, any width); None where there are none.
    """
    names = pl.DataFrame({"item": vocabulary.items}, schema={"item": pl.String})
    table = names.join(items, on="item", how="left", maintain_order="left")
    present = [name for name in columns if name in table.columns]
    numeric = {name: _impute(table[name]) for name in present if table.schema[name].is_numeric()}
    categorical = {name: _encode_categories(table[name]) for name in present if name not in numeric}
    embeddings = {} if text_embeddings is None else {"text": append_zero_row(reduce_dimensions(text_embeddings))}
    return ItemFeatures(len(vocabulary.items), numeric, categorical, embeddings)


def append_zero_row(rows: Floats) -> Floats:
    """Append a row of zeros, for unknown items."""
    return np.vstack([rows, np.zeros((1, rows.shape[1]), np.float32)])


def reduce_dimensions(vectors: Floats) -> Floats:
    """Project vectors on their leading singular vectors, at length 1; zeros stay zeros."""
    if vectors.shape[1] <= WIDTH or len(vectors) <= WIDTH:
        return normalize_rows(vectors)
    _, directions = randomized_svd(vectors.astype(np.float64), WIDTH)
    return normalize_rows((vectors @ directions).astype(np.float32))


def normalize_rows(rows: Floats) -> Floats:
    """Scale rows to length 1; rows of nearly no length become zeros."""
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: Floats = np.where(norms > 1e-6, rows / np.maximum(norms, 1e-6), 0).astype(np.float32)
    return unit


def randomized_svd(matrix: sp.csr_matrix | NDArray[np.floating], count: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Compute the leading singular values and right singular vectors (Halko, Martinsson and Tropp 2011).

    Unlike ARPACK's, they are the same for the same matrix even where singular values are equal.

    Args:
        matrix: Shape (rows, columns).
        count: The number of values, at most min(rows, columns).

    Returns:
        Singular values, the largest first, shape (count,), and vectors, shape (columns, count).
    """
    probe = np.random.default_rng(0).normal(size=(matrix.shape[0], min(count + OVERSAMPLING, *matrix.shape)))
    basis, _ = np.linalg.qr(matrix.T @ probe)
    for _ in range(POWER_ITERATIONS):
        basis, _ = np.linalg.qr(matrix.T @ (matrix @ basis))
    image = matrix @ basis
    squares, rotation = np.linalg.eigh(image.T @ image)
    values = np.sqrt(np.maximum(squares[::-1][:count], 0))
    return values, basis @ rotation[:, ::-1][:, :count]


def _impute(values: pl.Series) -> Floats:
    finite = values.cast(pl.Float64).fill_nan(None).replace([float("inf"), float("-inf")], None)
    average = finite.mean()
    mean = float(average) if isinstance(average, float) else 0.0
    return np.append(finite.fill_null(mean).to_numpy(), mean).astype(np.float32)


def _encode_categories(values: pl.Series) -> Ints:
    """Number the most frequent categories from 1; the rest share the last code."""
    text = values.cast(pl.String)
    frequent = text.drop_nulls().value_counts(name="n").sort("n", text.name, descending=[True, False])[text.name].head(MAX_CATEGORIES)
    ranks = dict(zip(frequent, range(1, len(frequent) + 1), strict=True))
    codes = [0 if value is None else ranks.get(value, MAX_CATEGORIES) for value in text]
    return np.array([*codes, 0], np.int64)
