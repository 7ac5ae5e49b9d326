"""The best of very many items for a blend: an index finds what its towers would, and only that and what the other parts call for is added up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, Self, TypeAlias

import numpy as np

from recommender.data.sequences import Bools, Floats, Ints, Sequences
from recommender.models.ann_index import MAX_EXACT_ITEMS, NO_ITEM, VectorIndex, build_index, select_top_k
from recommender.models.capabilities import EmbeddingModel, Ensemble
from recommender.ranker import Ranker

MORE = 2  # times as many as are wanted are looked at of each part: what is best together need not be best of any

Told: TypeAlias = tuple[Ints, Callable[[Ints], Floats]]  # a part's best items, and its standardised score of any, less a constant


class Part(Protocol):
    """One ranker of a blend."""

    def told(self, history: Sequences, count: int) -> Told:
        """What it says to one user."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A part whose best items an index finds.

    Attributes:
        part: The ranker.
        index: Of its vectors.
        covariance: Of its vectors, shape (d, d): gives the spread of a user's scores over all items without scoring them.
    """

    part: EmbeddingModel
    index: VectorIndex
    covariance: Floats

    @classmethod
    def of(cls, part: EmbeddingModel, max_exact_items: int) -> Self:
        """Build the index."""
        centred = part.vectors - part.vectors.mean(axis=0)
        return cls(part, build_index(part.vectors, max_exact_items), centred.T @ centred / max(len(centred), 1))

    def told(self, history: Sequences, count: int) -> Told:
        """As `Part.told`, less what the index does not find."""
        point = self.part.user_embeddings(history)[0]
        spread = np.sqrt(max(float(point @ self.covariance @ point), 0.0)) or 1.0
        return self.index.nearest(point[None], count)[0][0], lambda items: self.part.vectors[items] @ (point / np.float32(spread))


@dataclass(frozen=True, slots=True)
class Counted:
    """A part that scores every item, as those do that only count."""

    part: Ranker

    def told(self, history: Sequences, count: int) -> Told:
        """As `Part.told`, exactly."""
        scores = self.part.score(history)[0]
        spread = np.float32(scores.std()) or np.float32(1)
        return select_top_k(scores[None], count)[0][0], lambda items: scores[items] / spread


@dataclass(frozen=True, slots=True, eq=False)
class IndexedBlend:
    """A Retrieval from a blend; its scores lack what they have in common for all items of a user.

    Attributes:
        parts: Each with its weight.
    """

    parts: Sequence[tuple[float, Part]]

    @classmethod
    def of(cls, blend: Ensemble, max_exact_items: int = MAX_EXACT_ITEMS) -> Self:
        """Index every part that points and counts."""
        counted = [(weight, blend.parts[name]) for name, weight in blend.weights.items() if weight]
        return cls([(weight, Found.of(part, max_exact_items) if isinstance(part, EmbeddingModel) else Counted(part)) for weight, part in counted])

    def best(self, histories: Sequences, shown: Bools, count: int) -> tuple[Ints, Floats]:
        """As `Retrieval.best`, less what the index does not find."""
        count = min(count, len(shown))
        wanted = MORE * count * len(shown) // max(int(shown.sum()), 1)
        found = [self._best(alone, shown, count, wanted + len(alone.items)) for _, alone in histories.iter_batches(1)]
        numbers, scores = ([each[place] for each in found] for place in (0, 1))
        return np.array(numbers, np.int64).reshape(-1, count), np.array(scores, np.float32).reshape(-1, count)

    def _best(self, history: Sequences, shown: Bools, count: int, wanted: int) -> tuple[Ints, Floats]:
        told = [(weight, part.told(history, wanted)) for weight, part in self.parts]
        asked = np.unique(np.concatenate([items for _, (items, _) in told]))
        asked = asked[shown[asked] & ~np.isin(asked, history.items)]
        if len(asked) < count and wanted < len(shown):
            return self._best(history, shown, count, 4 * wanted)
        total = sum((np.float32(weight) * score(asked) for weight, (_, score) in told), np.zeros(len(asked), np.float32))
        places, kept = select_top_k(total[None], count)
        lacking = (0, count - places.shape[1])
        return np.pad(asked[places[0]], lacking, constant_values=NO_ITEM), np.pad(kept[0], lacking, constant_values=-np.inf)
