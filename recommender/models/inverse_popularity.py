"""Prefer rare items: useless alone, and what a blend needs to reach the long tail at little cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np

from recommender.data.sequences import Floats, Ints, Sequences, Vocabulary
from recommender.data.training_data import TrainingData
from recommender.ranker import Arrays


@dataclass(frozen=True, slots=True, eq=False)
class InversePopularity:
    """Score items by minus the logarithm of their number of interactions.

    In a blend it removes a part of the advantage that popular items have for being popular, as the log Q correction does in training.

    Attributes:
        scores: Score of each item, shape (items,).

    Example:
        >>> data = TrainingData(Sequences.from_lists([[1], [1], [2, 1]]), Vocabulary(("tea", "cup", "pot")))
        >>> print(InversePopularity.fit(data).scores.round(1))
        [-0.  -1.1 -0. ]
    """

    scores: Floats

    @classmethod
    def fit(cls, data: TrainingData, *, seed: int = 0) -> Self:
        """Count interactions; an item without any counts as one with a single one."""
        counts = np.bincount(data.events.items, minlength=data.items)
        return cls(-np.log(np.maximum(counts, 1)).astype(np.float32))

    def score(self, histories: Sequences) -> Floats:
        """Return the scores, the same for every user."""
        return np.tile(self.scores, (len(histories), 1))

    def shared_scores(self) -> Floats:
        """Return the scores, shape (items,)."""
        return self.scores

    def add_items(self, attributes: Ints, content: Mapping[str, Floats]) -> Self:
        """Return the same with further items, which have no interactions yet."""
        return type(self)(np.concatenate([self.scores, np.zeros(len(attributes), np.float32)]))

    def to_arrays(self) -> Arrays:
        """Return the scores."""
        return {"scores": self.scores}

    @classmethod
    def from_arrays(cls, arrays: Arrays, vocabulary: Vocabulary) -> Self:
        """Restore the model of `to_arrays`."""
        if arrays["scores"].shape != (len(vocabulary.items),):
            raise ValueError("the inverse popularity does not have one value per item")
        return cls(arrays["scores"])
