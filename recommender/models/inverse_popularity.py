"""The less often an item was met, the more: useless alone, and what a blend needs to show the long tail at little cost."""

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
    """Minus the logarithm of how often an item was met.

    In a blend it takes back a part of what popular items owe to their popularity, as a correction by log Q does in training.

    Attributes:
        scores: One number an item, shape (items,).
    """

    scores: Floats

    @classmethod
    def fit(cls, data: TrainingData, *, seed: int = 0) -> Self:
        """Count; an item that nobody has met counts as one that was met once."""
        counts = np.bincount(data.events.items, minlength=data.items)
        return cls(-np.log(np.maximum(counts, 1)).astype(np.float32))

    def score(self, histories: Sequences) -> Floats:
        """The same for everybody."""
        return np.tile(self.scores, (len(histories), 1))

    def add_items(self, features: Ints, modes: Mapping[str, Floats]) -> Self:
        """The same with further items behind its own, which nobody has met yet."""
        return type(self)(np.concatenate([self.scores, np.zeros(len(features), np.float32)]))

    def to_arrays(self) -> Arrays:
        """The scores."""
        return {"scores": self.scores}

    @classmethod
    def from_arrays(cls, arrays: Arrays, vocabulary: Vocabulary) -> Self:
        """What `arrays` gave."""
        if arrays["scores"].shape != (len(vocabulary.items),):
            raise ValueError("the rarity does not have one value an item")
        return cls(arrays["scores"])
