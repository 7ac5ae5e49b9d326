"""Retrieve the best of many items for a blend: an index proposes candidates of the embedding models, and only candidates are scored by all parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, Self, TypeAlias

import numpy as np

from recommender.data.sequences import Bools, Floats, Ints, Sequences
from recommender.models.ann_index import MAX_EXACT_ITEMS, NO_ITEM, VectorIndex, build_index, select_top_k
from recommender.models.capabilities import EmbeddingModel, Ensemble
from recommender.ranker import Ranker

OVERSAMPLING = 2  # candidates per part, as a multiple of k: the best in total need not be the best of any part

PartCandidates: TypeAlias = tuple[Ints, Callable[[Ints], Floats]]  # a part's best items, and its standardised score of any, up to a constant


class BlendPart(Protocol):
    """Propose candidates of one ranker of a blend, and score any item."""

    def propose(self, history: Sequences, count: int) -> PartCandidates:
        """Return the best `count` items of one user, and a function that scores items."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class IndexedPart:
    """Propose the items that an index finds.

    Attributes:
        ranker: The embedding model.
        index: Of its item embeddings.
        covariance: Of its item embeddings, shape (d, d): gives the standard deviation of a user's scores over all items without scoring them.
    """

    ranker: EmbeddingModel
    index: VectorIndex
    covariance: Floats

    @classmethod
    def build(cls, ranker: EmbeddingModel, max_exact_items: int) -> Self:
        """Build the index."""
        centred = ranker.item_embeddings - ranker.item_embeddings.mean(axis=0)
        return cls(ranker, build_index(ranker.item_embeddings, max_exact_items), centred.T @ centred / max(len(centred), 1))

    def propose(self, history: Sequences, count: int) -> PartCandidates:
        """Return candidates, without those that the index misses."""
        point = self.ranker.user_embeddings(history)[0]
        std = np.sqrt(max(float(point @ self.covariance @ point), 0.0)) or 1.0
        return self.index.search(point[None], count)[0][0], lambda items: self.ranker.item_embeddings[items] @ (point / np.float32(std))


@dataclass(frozen=True, slots=True)
class ExactPart:
    """Propose from the scores of all items, for rankers without embeddings."""

    ranker: Ranker

    def propose(self, history: Sequences, count: int) -> PartCandidates:
        """Return exact candidates."""
        scores = self.ranker.score(history)[0]
        std = np.float32(scores.std()) or np.float32(1)
        return select_top_k(scores[None], count)[0][0], lambda items: scores[items] / std


@dataclass(frozen=True, slots=True, eq=False)
class BlendRetriever:
    """Retrieve from a blend; scores lack what all items of a user have in common.

    Attributes:
        parts: Each with its weight.
    """

    parts: Sequence[tuple[float, BlendPart]]

    @classmethod
    def build(cls, blend: Ensemble, max_exact_items: int = MAX_EXACT_ITEMS) -> Self:
        """Index every embedding model that has a weight."""
        weighted = [(weight, blend.parts[name]) for name, weight in blend.weights.items() if weight]
        return cls([(weight, IndexedPart.build(part, max_exact_items) if isinstance(part, EmbeddingModel) else ExactPart(part)) for weight, part in weighted])

    def retrieve(self, histories: Sequences, allowed: Bools, k: int, left_out: Sequences | None = None) -> tuple[Ints, Floats]:
        """Retrieve as `Retriever.retrieve`, without what the index misses."""
        k = min(k, len(allowed))
        count = OVERSAMPLING * k * len(allowed) // max(int(allowed.sum()), 1)
        pairs = zip(histories.iter_batches(1), (histories if left_out is None else left_out).iter_batches(1), strict=True)
        answers = [self._retrieve_one(history, excluded.items, allowed, k, count + len(history.items)) for (_, history), (_, excluded) in pairs]
        numbers, scores = ([answer[position] for answer in answers] for position in (0, 1))
        return np.array(numbers, np.int64).reshape(-1, k), np.array(scores, np.float32).reshape(-1, k)

    def _retrieve_one(self, history: Sequences, left_out: Ints, allowed: Bools, k: int, count: int) -> tuple[Ints, Floats]:
        proposals = [(weight, part.propose(history, count)) for weight, part in self.parts]
        candidates = np.unique(np.concatenate([items for _, (items, _) in proposals]))
        candidates = candidates[allowed[candidates] & ~np.isin(candidates, left_out)]
        if len(candidates) < k and count < len(allowed):
            return self._retrieve_one(history, left_out, allowed, k, 4 * count)
        total = sum((np.float32(weight) * score(candidates) for weight, (_, score) in proposals), np.zeros(len(candidates), np.float32))
        places, scores = select_top_k(total[None], k)
        padding = (0, k - places.shape[1])
        return np.pad(candidates[places[0]], padding, constant_values=NO_ITEM), np.pad(scores[0], padding, constant_values=-np.inf)
