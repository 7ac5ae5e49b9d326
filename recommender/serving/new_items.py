"""A model for the catalog of the hour: items that were published after its training join it at once."""

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
from recommender.serving.cold_items import Likened

Modes: TypeAlias = Callable[[pl.DataFrame, Vocabulary], Mapping[str, Floats]]  # what is known of the items of a catalog beside their attributes


def no_modes(_items: pl.DataFrame, _vocabulary: Vocabulary) -> Mapping[str, Floats]:
    """Nothing is known beside the attributes."""
    return {}


def grown(learned: TrainedRecommender, items: pl.DataFrame, attributes: Sequence[str], modes: Modes = no_modes) -> TrainedRecommender:
    """The model with the catalog's new items behind its own, each where its attributes and modes place it.

    Args:
        learned: The model.
        items: The catalog, of `load_catalog`.
        attributes: Its columns that describe an item.
        modes: Gives the modes of items, such as the vectors of their titles.
    """
    known = learned.vocabulary
    new = items.filter(~pl.col("item").is_in(list(known.items)))["item"].to_list()
    if not new:
        return learned
    vocabulary = Vocabulary((*known.items, *new), known.kinds)
    counts = np.concatenate([learned.popularity.counts, np.zeros(len(new), np.float32)])
    ranker = _grown(learned, items, attributes, modes, vocabulary)
    return replace(learned, vocabulary=vocabulary, ranker=ranker, popularity=Popularity(counts))


def _grown(learned: TrainedRecommender, items: pl.DataFrame, attributes: Sequence[str], modes: Modes, vocabulary: Vocabulary) -> Ranker:
    ranker, known = learned.ranker, len(learned.vocabulary.items)
    described = hash_attributes(items, attributes, vocabulary)
    if isinstance(ranker, SupportsNewItems):
        new = Vocabulary(vocabulary.items[known:])
        return ranker.add_items(described[known:], modes(items.filter(pl.col("item").is_in(list(new.items))), new))
    return Likened.of(ranker, described, modes(items, vocabulary), learned.popularity.counts > 0)
