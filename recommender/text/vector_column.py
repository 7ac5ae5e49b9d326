"""Read a column of precomputed vectors, such as image embeddings."""

from __future__ import annotations

import json
from collections import Counter

import numpy as np
import polars as pl

from recommender.data.sequences import Floats, Vocabulary
from sluice.errors import ModelError
from sluice.messages import make_error


def read_vector_column(catalog: pl.DataFrame, column: str, vocabulary: Vocabulary) -> Floats:
    """Read unit vectors of items from a column of lists of numbers, or of such lists as JSON text.

    Args:
        catalog: Columns `item` and the named one.
        column: Holds the vectors.
        vocabulary: The items.

    Returns:
        Shape (items, width); zeros where a vector is missing, not finite, or of another width than most.

    Raises:
        ModelError: The column holds no vectors.

    Example:
        >>> import polars as pl
        >>> from recommender.data.sequences import Vocabulary
        >>> catalog = pl.DataFrame({"item": ["a"], "image": ["[0, 2]"]})
        >>> read_vector_column(catalog, "image", Vocabulary(("a", "b"))).tolist()
        [[0.0, 1.0], [0.0, 0.0]]
    """
    rows = catalog.select("item", column).drop_nulls()
    vectors = [_parse(value) for value in rows[column].to_list()]
    widths = Counter(len(vector) for vector in vectors if len(vector))
    if not widths and rows.height:
        raise make_error(ModelError, "column_without_vectors", column=column)
    width = widths.most_common(1)[0][0] if widths else 1
    table = np.zeros((len(vocabulary.items), width), np.float32)
    for number, vector in zip(vocabulary.encode(rows["item"]).to_list(), vectors, strict=True):
        if number is not None and len(vector) == width:
            table[number] = vector
    return normalize_rows(table)


def normalize_rows(table: Floats) -> Floats:
    """Scale rows to length 1; zeros stay."""
    norms = np.linalg.norm(table, axis=1, keepdims=True)
    return (table / np.where(norms > 0, norms, 1)).astype(np.float32)


def _parse(value: object) -> Floats:
    """Parse a vector; of width 0 where the value is none."""
    try:
        vector = np.asarray(json.loads(value) if isinstance(value, str) else value, np.float32)
    except (TypeError, ValueError):
        return np.zeros(0, np.float32)
    return vector if vector.ndim == 1 and np.isfinite(vector).all() else np.zeros(0, np.float32)
