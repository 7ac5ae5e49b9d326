"""Retrieve the best items of a user: by scoring all items, or by an index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from recommender.data.sequences import Bools, Floats, Ints, Sequences
from recommender.models.ann_index import MAX_EXACT_ITEMS, NO_ITEM, VectorIndex, build_index, select_top_k
from recommender.models.capabilities import EmbeddingModel, Ensemble
from recommender.ranker import Ranker
from recommender.serving.blend_retrieval import BlendRetriever

MAX_SCORES = 4_000_000  # scores in memory at a time


class Retriever(Protocol):
    """Retrieve the items that a user may get."""

    def retrieve(self, histories: Sequences, allowed: Bools, k: int, left_out: Sequences | None = None) -> tuple[Ints, Floats]:
        """Return the numbers of each user's best allowed items that are not in their history, the best first, and the scores.

        Args:
            histories: Of each user.
            allowed: Which items may be returned, shape (items,).
            k: The number of items per user.
            left_out: The interactions whose items a user is not to get; None: those of the history.

        Returns:
            Two arrays of shape (users, at most k); -1 and minus infinity where no more items were found.
        """
        ...


def build_retriever(ranker: Ranker, max_exact_items: int = MAX_EXACT_ITEMS) -> Retriever:
    """Build an exhaustive retriever for few items, or one with an index for many, where the ranker has embeddings."""
    if isinstance(ranker, EmbeddingModel) and len(ranker.item_embeddings) > max_exact_items:
        return AnnRetriever(ranker, build_index(ranker.item_embeddings, max_exact_items))
    if isinstance(ranker, Ensemble) and _embedded_items(ranker) > max_exact_items:
        return BlendRetriever.build(ranker, max_exact_items)
    return ExhaustiveRetriever(ranker)


def _embedded_items(blend: Ensemble) -> int:
    """Count the items of the blend's embedding models; 0 where it has none."""
    return max((len(part.item_embeddings) for name, part in blend.parts.items() if isinstance(part, EmbeddingModel) and blend.weights[name]), default=0)


@dataclass(frozen=True, slots=True, eq=False)
class ExhaustiveRetriever:
    """Score every item."""

    ranker: Ranker

    def retrieve(self, histories: Sequences, allowed: Bools, k: int, left_out: Sequences | None = None) -> tuple[Ints, Floats]:
        """Retrieve exactly."""
        size = max(1, MAX_SCORES // max(len(allowed), 1))
        batches = zip(histories.iter_batches(size), (histories if left_out is None else left_out).iter_batches(size), strict=True)
        answers = [self._retrieve_batch(batch, excluded, allowed, k) for (_, batch), (_, excluded) in batches]
        if not answers:
            return np.zeros((0, min(k, len(allowed))), np.int64), np.zeros((0, min(k, len(allowed))), np.float32)
        return np.concatenate([numbers for numbers, _ in answers]), np.concatenate([scores for _, scores in answers])

    def _retrieve_batch(self, histories: Sequences, left_out: Sequences, allowed: Bools, k: int) -> tuple[Ints, Floats]:
        scores = np.where(allowed, self.ranker.score(histories), np.float32(-np.inf))
        scores[left_out.users, left_out.items] = -np.inf
        return _mark_missing(*select_top_k(scores, k))


@dataclass(frozen=True, slots=True, eq=False)
class AnnRetriever:
    """Ask an index for more items than needed and filter them; ask for twice as many where too few remain."""

    ranker: EmbeddingModel
    index: VectorIndex

    def retrieve(self, histories: Sequences, allowed: Bools, k: int, left_out: Sequences | None = None) -> tuple[Ints, Floats]:
        """Retrieve without what the index misses."""
        excluded = histories if left_out is None else left_out
        count = 2 * k + int(excluded.lengths.max(initial=0))
        points, required = self.ranker.user_embeddings(histories), np.minimum(k, _remaining_items(excluded, allowed))
        while True:
            numbers, scores = self.index.search(points, count)
            valid = allowed[numbers] & ~_in_history(excluded, numbers)
            if count >= len(allowed) or (valid.sum(1) >= required).all():
                break
            count *= 2
        places, top_scores = select_top_k(np.where(valid, scores, np.float32(-np.inf)), k)
        return _mark_missing(np.take_along_axis(numbers, places, axis=1), top_scores)


def _remaining_items(histories: Sequences, allowed: Bools) -> Ints:
    """Count the allowed items of each user that are not in their history."""
    slices = zip(histories.starts[:-1], histories.starts[1:], strict=True)
    excluded = [len(np.unique(items[allowed[items]])) for items in (histories.items[first:last] for first, last in slices)]
    return np.count_nonzero(allowed) - np.array(excluded, np.int64)


def _in_history(histories: Sequences, numbers: Ints) -> Bools:
    """Return which of each user's numbers are in their history."""
    slices = zip(histories.starts[:-1], histories.starts[1:], numbers, strict=True)
    return np.array([np.isin(row, histories.items[first:last]) for first, last, row in slices], np.bool_).reshape(numbers.shape)


def _mark_missing(numbers: Ints, scores: Floats) -> tuple[Ints, Floats]:
    return np.where(np.isfinite(scores), numbers, NO_ITEM), scores
