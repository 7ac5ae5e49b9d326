"""What most users want now: the model that all others are measured against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from recommender.data.sequences import Floats, Ints, Sequences, Vocabulary
from recommender.data.training_data import TrainingData
from recommender.models.sparse import interaction_matrix
from recommender.ranker import Arrays

HALF_LIFE = 7 * 86400  # seconds until an interaction counts half


@dataclass(frozen=True, slots=True, eq=False)
class Popularity:
    """How much an item is wanted now: each user counts once an item, the less the longer ago.

    Attributes:
        counts: One number an item, shape (items,).
    """

    counts: Floats

    @classmethod
    def fit(cls, data: TrainingData, *, seed: int = 0) -> Self:
        """Count; events of unknown order count as those of known order do."""
        events = data.events
        newest = events.times.max(initial=0)
        worth = events.weights * np.exp2((events.times - newest) / HALF_LIFE)
        wanted = interaction_matrix(replace(events, weights=worth.astype(np.float32)), data.items)
        return cls(np.bincount(wanted.indices, weights=wanted.data, minlength=data.items).astype(np.float32))

    def score(self, histories: Sequences) -> Floats:
        """The same for everybody."""
        return np.tile(self.counts, (len(histories), 1))

    def add_items(self, features: Ints, modes: Mapping[str, Floats]) -> Self:
        """The same with further items behind its own, which nobody wanted yet."""
        return type(self)(np.concatenate([self.counts, np.zeros(len(features), np.float32)]))

    def to_arrays(self) -> Arrays:
        """The counts."""
        return {"popularity": self.counts}

    @classmethod
    def from_arrays(cls, arrays: Arrays, vocabulary: Vocabulary) -> Self:
        """What `arrays` gave."""
        if arrays["popularity"].shape != (len(vocabulary.items),):
            raise ValueError("the popularity does not have one value an item")
        return cls(arrays["popularity"])
