"""Extend a model that cannot place unknown items by such items."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from recommender.data.sequences import Floats, Sequences
from recommender.ranker import Arrays, Ranker

NO_USERS = Sequences.from_lists([])


@dataclass(frozen=True, slots=True, eq=False)
class AppendedItems:
    """Give new items the lowest score, and ignore them in histories.

    Attributes:
        ranker: Scores the items of the training data.
        base_items: Number of these items.
        new: Number of items behind them.
    """

    ranker: Ranker
    base_items: int
    new: int

    @classmethod
    def of(cls, ranker: Ranker, new: int) -> Self:
        """Append `new` items to those of a ranker."""
        return cls(ranker, ranker.score(NO_USERS).shape[1], new)

    def score(self, histories: Sequences) -> Floats:
        """Return the ranker's scores, followed by each user's lowest one for every new item."""
        scores = self.ranker.score(histories.filter(histories.items < self.base_items))
        return np.hstack([scores, np.repeat(scores.min(axis=1, keepdims=True), self.new, axis=1)])

    def to_arrays(self) -> Arrays:
        """Return the ranker's arrays."""
        return self.ranker.to_arrays()
