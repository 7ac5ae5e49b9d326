"""Read the content features of items: embeddings of their texts and images."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import polars as pl

from recommender.data.sequences import Floats, Vocabulary
from recommender.text import embed_items, load_encoder, read_vector_column
from recommender.text.encoder import Encoder, Precision
from recommender.text.multilingual_encoder import MultilingualEncoder
from sluice.config import Recommender as Settings
from sluice.config.recommender import MINILM, MULTILINGUAL
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


class LanguageModel(Encoder, Protocol):
    """Embed texts by a configured model."""

    @property
    def used_precision(self) -> Precision:
        """Return how its products are computed."""
        ...

    @property
    def min_cosine(self) -> float:
        """Return the cosine from which a text answers a query."""
        ...


def configured_encoder(settings: Settings, progress: Progress = no_progress, precision: Precision | None = None) -> LanguageModel:
    """Load the configured language model.

    Args:
        settings: Names the model, how much of a text it reads, and the precision of its products.
        progress: Called with the number of texts that are embedded.
        precision: In place of the configured one; the multilingual model has float32 alone.

    Raises:
        ModelError: Its folder cannot be read.
    """
    if settings.language_model == MULTILINGUAL:
        return MultilingualEncoder(settings.text_tokens, progress)
    folder = None if settings.language_model in {None, MINILM} else Path(str(settings.language_model))
    return load_encoder(folder, settings.text_tokens, progress, precision or settings.text_precision)
