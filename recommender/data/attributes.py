"""What is known of an item, as the numbers of hashed features: how items that nobody has met yet find their neighbours."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
import polars as pl

from recommender.data.sequences import Ints, Vocabulary

BUCKETS = 4096
WIDTH = 24  # features kept of an item
BANDS = 8  # of a number's range, equally filled
WORD = r"[^\s>/,;|()]+"


def hash_attributes(catalog: pl.DataFrame, attributes: Sequence[str], vocabulary: Vocabulary) -> Ints:
    """Each item's features: every attribute as a whole, the words of texts, the band of numbers.

    Args:
        catalog: Column `item`, and the attributes.
        attributes: The columns to read.
        vocabulary: The items.

    Returns:
        Numbers from 1 to BUCKETS - 1, padded with 0; shape (items, width), the width at most WIDTH.
    """
    held = [name for name in attributes if name in catalog.columns]
    tokens = [_tokens(catalog, name) for name in held]
    if not tokens:
        return np.zeros((len(vocabulary.items), 1), np.int64)
    long = pl.concat(tokens).drop_nulls().unique(maintain_order=True)
    names = long["token"].unique()
    buckets = pl.DataFrame({"token": names, "bucket": [1 + zlib.crc32(name.encode()) % (BUCKETS - 1) for name in names]})
    numbered = long.with_columns(number=vocabulary.encode(long["item"])).join(buckets, on="token", maintain_order="left").drop_nulls("number")
    placed = numbered.with_columns(place=pl.int_range(pl.len()).over("number")).filter(pl.col("place") < WIDTH)
    places = placed["place"].to_numpy()
    table = np.zeros((len(vocabulary.items), int(places.max(initial=0)) + 1), np.int64)
    table[placed["number"].to_numpy(), places] = placed["bucket"].to_numpy()
    return table


def _tokens(catalog: pl.DataFrame, name: str) -> pl.DataFrame:
    """Columns `item` and `token`: a row a feature."""
    column = pl.col(name)
    if catalog.schema[name].is_numeric():
        band = (column.rank("average") * BANDS / (column.count() + 1)).floor().cast(pl.Int64)
        found = catalog.select("item", value=pl.concat_list(band.cast(pl.String)))
    else:
        text = column.cast(pl.String).str.to_lowercase()
        found = catalog.select("item", value=pl.concat_list(pl.concat_list(text), text.str.extract_all(WORD)))
    return found.explode("value").drop_nulls("value").select("item", token=pl.lit(f"{name}\0") + pl.col("value"))
