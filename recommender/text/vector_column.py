"""A column of ready vectors, such as those of pictures, as one more thing that is known of items."""

from __future__ import annotations

import json
from collections import Counter

import numpy as np
import polars as pl

from recommender.data.sequences import Floats, Vocabulary
from sluice.errors import ModelError


def read_vector_column(catalog: pl.DataFrame, column: str, vocabulary: Vocabulary) -> Floats:
    """Unit vectors of items from a column of lists of numbers, or of such lists as JSON text.

    Args:
        catalog: Columns `item` and the named one.
        column: Holds the vectors.
        vocabulary: The items.

    Returns:
        Shape (items, width); zeros where an item has none, or one that is null, is not finite or is of another width than most.

    Raises:
        ModelError: The column holds neither.
    """
    told = catalog.select("item", column).drop_nulls()
    read = [_numbers(value) for value in told[column].to_list()]
    widths = Counter(len(each) for each in read if len(each))
    if not widths and told.height:
        raise ModelError(f"{column} holds no vectors: what can be read is a list of numbers, or one as JSON text such as [0.1, 0.2]")
    width = widths.most_common(1)[0][0] if widths else 1
    table = np.zeros((len(vocabulary.items), width), np.float32)
    for place, vector in zip(vocabulary.encode(told["item"]).to_list(), read, strict=True):
        if place is not None and len(vector) == width:
            table[place] = vector
    return unit(table)


def unit(table: Floats) -> Floats:
    """The same rows at length 1; zeros stay."""
    lengths = np.linalg.norm(table, axis=1, keepdims=True)
    return (table / np.where(lengths > 0, lengths, 1)).astype(np.float32)


def _numbers(value: object) -> Floats:
    """A vector; of no width where it is none."""
    try:
        read = np.asarray(json.loads(value) if isinstance(value, str) else value, np.float32)
    except (TypeError, ValueError):
        return np.zeros(0, np.float32)
    return read if read.ndim == 1 and np.isfinite(read).all() else np.zeros(0, np.float32)
