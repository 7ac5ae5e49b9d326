"""Read the content features of items: embeddings of their texts and images."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from recommender.data.sequences import Floats, Vocabulary
from recommender.text import embed_items, load_encoder, read_vector_column
from recommender.text.encoder import Precision, SentenceEncoder
from sluice.config import Recommender as Settings
from sluice.ports import Progress, no_progress


def read_content_features(
    items: pl.DataFrame, settings: Settings, vocabulary: Vocabulary, cache: Path | None = None, progress: Progress = no_progress
) -> Mapping[str, Floats]:
    """Return the content features that are configured and not empty.

    Args:
        items: The catalog, of `load_catalog`.
        settings: Names the columns and the language model.
        vocabulary: The items.
        cache: A folder that keeps embeddings; None: no cache.
        progress: Called with the number of texts that are embedded.

    Returns:
        By name, unit rows of shape (items, width of the feature), zeros where an item has none.

    Raises:
        ModelError: The language model's folder cannot be read, or the image column holds no vectors.
    """
    features: dict[str, Floats] = {}
    if any(name in items.columns for name in settings.text_columns):
        features["text"] = embed_items(items, settings.text_columns, vocabulary, configured_encoder(settings, progress), cache)
    if settings.image and settings.image in items.columns:
        features["image"] = read_vector_column(items, settings.image, vocabulary)
    return {name: vectors for name, vectors in features.items() if vectors.any()}


def configured_encoder(settings: Settings, progress: Progress = no_progress, precision: Precision | None = None) -> SentenceEncoder:
    """Load the configured language model.

    Args:
        settings: Names the model, how much of a text it reads, and the precision of its products.
        progress: Called with the number of texts that are embedded.
        precision: In place of the configured one.

    Raises:
        ModelError: Its folder cannot be read.
    """
    return load_encoder(
        Path(settings.language_model) if settings.language_model else None, settings.text_tokens, progress, precision or settings.text_precision
    )
