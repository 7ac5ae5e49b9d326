"""Embed the texts of items."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from recommender.data.sequences import Floats, Vocabulary
from recommender.text.embedding_cache import with_cache
from recommender.text.encoder import Encoder


def embed_items(catalog: pl.DataFrame, columns: Sequence[str], vocabulary: Vocabulary, encoder: Encoder, cache: Path | None = None) -> Floats:
    """Embed the joined texts of each item.

    Args:
        catalog: Column `item`, and the columns.
        columns: The texts of an item, in order; columns that the catalog lacks are ignored.
        vocabulary: The items.
        encoder: Embeds texts.
        cache: A folder that keeps embeddings; None: no cache.

    Returns:
        Unit vectors, shape (items, width of the encoder); zeros where an item has no text.
    """
    return with_cache(encoder, cache).encode(item_texts(catalog, columns, vocabulary))


def item_texts(catalog: pl.DataFrame, columns: Sequence[str], vocabulary: Vocabulary) -> list[str]:
    """Join the texts of each item of a vocabulary; empty where it has none.

    Example:
        >>> import polars as pl
        >>> from recommender.data.sequences import Vocabulary
        >>> catalog = pl.DataFrame({"item": ["b"], "title": ["Lamp"], "brand": ["Aro"]})
        >>> item_texts(catalog, ["title", "brand"], Vocabulary(("a", "b")))
        ['', 'Lamp. Aro']
    """
    texts = [pl.col(name).cast(pl.String).str.strip_chars() for name in columns if name in catalog.columns]
    if not texts:
        return [""] * len(vocabulary.items)
    joined = catalog.select("item", text=pl.concat_str(texts, separator=". ", ignore_nulls=True)).unique("item", keep="last", maintain_order=True)
    items = pl.DataFrame({"item": vocabulary.items}, schema={"item": pl.String})
    return items.join(joined, on="item", how="left", maintain_order="left")["text"].fill_null("").to_list()
