"""A model that cannot place an item which it has not learned from, with such items behind its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from recommender.data.sequences import Floats, Sequences
from recommender.ranker import Arrays, Ranker

_NONE = np.zeros(0, np.int64)
NOBODY = Sequences(_NONE, _NONE, _NONE, _NONE.astype(np.float32), _NONE.astype(np.bool_), np.zeros(1, np.int64))


@dataclass(frozen=True, slots=True, eq=False)
class AppendedItems:
    """Scores new items as low as the lowest, and learns nothing from them in a history.

    Attributes:
        ranker: Scores the known items.
        known: How many it knows.
        new: How many are behind them.
    """

    ranker: Ranker
    known: int
    new: int

    @classmethod
    def of(cls, ranker: Ranker, new: int) -> Self:
        """Put so many items behind those that the ranker knows."""
        return cls(ranker, ranker.score(NOBODY).shape[1], new)

    def score(self, histories: Sequences) -> Floats:
        """The ranker's scores, and behind them the lowest."""
        known = self.ranker.score(histories.filter(histories.items < self.known))
        return np.hstack([known, np.repeat(known.min(axis=1, keepdims=True), self.new, axis=1)])

    def to_arrays(self) -> Arrays:
        """The ranker's."""
        return self.ranker.to_arrays()
