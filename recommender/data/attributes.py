"""Hash the attributes of items into feature numbers, by which items without interactions find their neighbors."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
import polars as pl

from recommender.data.sequences import Ints, Vocabulary

BUCKETS = 4096
MAX_FEATURES = 24  # of an item
QUANTILES = 8  # equally filled bins of a number's range
WORD = r"[^\s>/,;|()]+"


def hash_attributes(catalog: pl.DataFrame, attributes: Sequence[str], vocabulary: Vocabulary) -> Ints:
    """Return the features of each item: every attribute as a whole, the words of texts, the quantile of numbers.

    Args:
        catalog: Column `item`, and the attributes.
        attributes: Columns to read.
        vocabulary: The items.

    Returns:
        Numbers from 1 to BUCKETS - 1, padded with 0; shape (items, width), the width at most MAX_FEATURES.

    Example:
        >>> import polars as pl
        >>> catalog = pl.DataFrame({"item": ["tea", "cup"], "color": ["Dark Green", "dark"]})
        >>> (hash_attributes(catalog, ["color"], Vocabulary(("tea", "cup"))) > 0).sum(axis=1).tolist()
        [3, 1]
    """
    present = [name for name in attributes if name in catalog.columns]
    tokens = [_tokens(catalog, name) for name in present]
    if not tokens:
        return np.zeros((len(vocabulary.items), 1), np.int64)
    long = pl.concat(tokens).drop_nulls().unique(maintain_order=True)
    names = long["token"].unique()
    buckets = pl.DataFrame({"token": names, "bucket": [1 + zlib.crc32(name.encode()) % (BUCKETS - 1) for name in names]})
    encoded = long.with_columns(number=vocabulary.encode(long["item"])).join(buckets, on="token", maintain_order="left").drop_nulls("number")
    placed = encoded.with_columns(column=pl.int_range(pl.len()).over("number")).filter(pl.col("column") < MAX_FEATURES)
    columns = placed["column"].to_numpy()
    table = np.zeros((len(vocabulary.items), int(columns.max(initial=0)) + 1), np.int64)
    table[placed["number"].to_numpy(), columns] = placed["bucket"].to_numpy()
    return table


def _tokens(catalog: pl.DataFrame, name: str) -> pl.DataFrame:
    """Return columns `item` and `token`, one row per feature."""
    column = pl.col(name)
    if catalog.schema[name].is_numeric():
        quantile = (column.rank("average") * QUANTILES / (column.count() + 1)).floor().cast(pl.Int64)
        values = catalog.select("item", value=pl.concat_list(quantile.cast(pl.String)))
    else:
        text = column.cast(pl.String).str.to_lowercase()
        values = catalog.select("item", value=pl.concat_list(pl.concat_list(text), text.str.extract_all(WORD)))
    return values.explode("value").drop_nulls("value").select("item", token=pl.lit(f"{name}\0") + pl.col("value"))
