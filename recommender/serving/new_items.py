"""Add items that were published after the training to a model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

import numpy as np
import polars as pl

from recommender.artifact.serialization import TrainedRecommender
from recommender.data.attributes import hash_attributes
from recommender.data.sequences import Floats, Vocabulary
from recommender.models.capabilities import SupportsNewItems
from recommender.models.popularity import Popularity
from recommender.ranker import Ranker
from recommender.serving.cold_items import ColdItemRanker

ContentReader: TypeAlias = Callable[[pl.DataFrame, Vocabulary], Mapping[str, Floats]]  # embeddings of texts and images of catalog items, by name


def no_content(_items: pl.DataFrame, _vocabulary: Vocabulary) -> Mapping[str, Floats]:
    """Return no content features, for models of attributes alone."""
    return {}


def add_new_items(trained: TrainedRecommender, items: pl.DataFrame, attributes: Sequence[str], read_content: ContentReader = no_content) -> TrainedRecommender:
    """Append the new items of a catalog to a model, placed by their attributes and content.

    Args:
        trained: The model.
        items: The catalog, of `load_catalog`.
        attributes: Its attribute columns.
        read_content: Gives content features of items, such as embeddings of titles.
    """
    vocabulary = trained.vocabulary
    new = items.filter(~pl.col("item").is_in(list(vocabulary.items)))["item"].to_list()
    if not new:
        return trained
    extended = Vocabulary((*vocabulary.items, *new), vocabulary.kinds)
    counts = np.concatenate([trained.popularity.counts, np.zeros(len(new), np.float32)])
    ranker = _extend_ranker(trained, items, attributes, read_content, extended)
    return replace(trained, vocabulary=extended, ranker=ranker, popularity=Popularity(counts))


def _extend_ranker(trained: TrainedRecommender, items: pl.DataFrame, attributes: Sequence[str], read_content: ContentReader, vocabulary: Vocabulary) -> Ranker:
    ranker, old_count = trained.ranker, len(trained.vocabulary.items)
    attribute_features = hash_attributes(items, attributes, vocabulary)
    if isinstance(ranker, SupportsNewItems):
        new = Vocabulary(vocabulary.items[old_count:])
        return ranker.add_items(attribute_features[old_count:], read_content(items.filter(pl.col("item").is_in(list(new.items))), new))
    return ColdItemRanker.build(ranker, attribute_features, read_content(items, vocabulary), trained.popularity.counts > 0)
