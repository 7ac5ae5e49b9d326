"""Recommend what most users want now; every other model is measured against this one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from recommender.data.sequences import Floats, Ints, Sequences, Vocabulary
from recommender.data.training_data import TrainingData
from recommender.models.sparse import interaction_matrix
from recommender.ranker import Arrays

HALF_LIFE = 7 * 86400  # seconds after which an interaction counts half
EVENTS = 500_000  # interactions that are counted at a time


@dataclass(frozen=True, slots=True, eq=False)
class Popularity:
    """Score items by their decayed number of users; each user counts once per item.

    Attributes:
        counts: Decayed number of users of each item, shape (items,).

    Example:
        >>> data = TrainingData(Sequences.from_lists([[1], [1], [2, 1]]), Vocabulary(("tea", "cup", "pot")))
        >>> Popularity.fit(data).score(Sequences.from_lists([[0]])).round(2).tolist()
        [[0.0, 3.0, 1.0]]
    """

    counts: Floats

    @classmethod
    def fit(cls, data: TrainingData, *, seed: int = 0) -> Self:
        """Count users; interactions of unknown order count as the others do."""
        newest, counts = data.events.times.max(initial=0), np.zeros(data.items)
        for events in data.events.iter_groups(EVENTS):
            decayed = events.weights * np.exp2((events.times - newest) / HALF_LIFE)
            users = interaction_matrix(replace(events, weights=decayed.astype(np.float32)), data.items)
            np.add.at(counts, users.indices, users.data)  # one after the other, so that groups change no sum
        return cls(counts.astype(np.float32))

    def score(self, histories: Sequences) -> Floats:
        """Return the counts, the same for every user."""
        return np.tile(self.counts, (len(histories), 1))

    def shared_scores(self) -> Floats:
        """Return the scores, shape (items,)."""
        return self.counts

    def add_items(self, attributes: Ints, content: Mapping[str, Floats]) -> Self:
        """Return the same with further items, which no user has interacted with yet."""
        return type(self)(np.concatenate([self.counts, np.zeros(len(attributes), np.float32)]))

    def to_arrays(self) -> Arrays:
        """Return the counts."""
        return {"popularity": self.counts}

    @classmethod
    def from_arrays(cls, arrays: Arrays, vocabulary: Vocabulary) -> Self:
        """Restore the model of `to_arrays`."""
        if arrays["popularity"].shape != (len(vocabulary.items),):
            raise ValueError("the popularity does not have one value per item")
        return cls(arrays["popularity"])
