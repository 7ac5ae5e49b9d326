"""What is known of items beside their ids and attributes: vectors of their words and pictures."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from recommender.data.sequences import Floats, Vocabulary
from recommender.text import Encoder, embed_items, encoder, read_vector_column
from sluice.config import Recommender


def modes(items: pl.DataFrame, config: Recommender, vocabulary: Vocabulary, cache: Path | None = None) -> Mapping[str, Floats]:
    """The modes that are configured and of which something is known.

    Args:
        items: The catalog, of `load_catalog`.
        config: Names the columns and the language model.
        vocabulary: The items.
        cache: A folder that remembers what was read; None: nothing is remembered.

    Returns:
        By name, unit rows of shape (items, width of the mode), zeros where an item has none.

    Raises:
        ModelError: The language model's folder is not one, or the column of pictures holds something else.
    """
    found: dict[str, Floats] = {}
    if any(name in items.columns for name in config.worded):
        found["text"] = embed_items(items, config.worded, vocabulary, reader(config), cache)
    if config.image and config.image in items.columns:
        found["image"] = read_vector_column(items, config.image, vocabulary)
    return {name: each for name, each in found.items() if each.any()}


def reader(config: Recommender) -> Encoder:
    """The language model that is configured.

    Raises:
        ModelError: Its folder is not one.
    """
    return encoder(Path(config.language_model) if config.language_model else None)
