"""What is written about items, as vectors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from recommender.data.sequences import Floats, Vocabulary
from recommender.text.embedding_cache import cached
from recommender.text.encoder import Encoder


def embed_items(catalog: pl.DataFrame, columns: Sequence[str], vocabulary: Vocabulary, encoder: Encoder, cache: Path | None = None) -> Floats:
    """What the items' texts say, read once by each text.

    Args:
        catalog: Column `item`, and the columns.
        columns: What is read of an item, one after the other; those that the catalog lacks are left out.
        vocabulary: The items.
        encoder: Reads.
        cache: A folder that remembers the vectors; None: nothing is remembered.

    Returns:
        Unit vectors, shape (items, width of the encoder); zeros where an item has no text.
    """
    return cached(encoder, cache).encode(item_texts(catalog, columns, vocabulary))


def item_texts(catalog: pl.DataFrame, columns: Sequence[str], vocabulary: Vocabulary) -> list[str]:
    """The text of each item of a vocabulary; empty where nothing is known of it."""
    told = [pl.col(name).cast(pl.String).str.strip_chars() for name in columns if name in catalog.columns]
    if not told:
        return [""] * len(vocabulary.items)
    written = catalog.select("item", text=pl.concat_str(told, separator=". ", ignore_nulls=True)).unique("item", keep="last", maintain_order=True)
    items = pl.DataFrame({"item": vocabulary.items}, schema={"item": pl.String})
    return items.join(written, on="item", how="left", maintain_order="left")["text"].fill_null("").to_list()
