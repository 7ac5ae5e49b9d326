"""The best items of many for a user: every one of them scored, or those scored that an index finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from recommender.data.sequences import Bools, Floats, Ints, Sequences
from recommender.models.ann_index import MAX_EXACT_ITEMS, NO_ITEM, VectorIndex, build_index, select_top_k
from recommender.models.capabilities import EmbeddingModel, Ensemble
from recommender.ranker import Ranker
from recommender.serving.blend_retrieval import IndexedBlend

CELLS = 4_000_000  # scores held at once


class Retrieval(Protocol):
    """Finds what a user may be shown."""

    def best(self, histories: Sequences, shown: Bools, count: int) -> tuple[Ints, Floats]:
        """The numbers of each user's best items that may be shown and are not in his history, the best first, and their scores.

        Args:
            histories: Of each user.
            shown: Which items may be, shape (items,).
            count: How many.

        Returns:
            Two arrays of shape (users, at most count); -1 and minus infinity where nothing more was found.
        """
        ...


def retrieval(ranker: Ranker, max_exact_items: int = MAX_EXACT_ITEMS) -> Retrieval:
    """Exact for few items; by an index for many, where the ranker's vectors allow it."""
    if isinstance(ranker, EmbeddingModel) and len(ranker.vectors) > max_exact_items:
        return Indexed(ranker, build_index(ranker.vectors, max_exact_items))
    if isinstance(ranker, Ensemble) and _items(ranker) > max_exact_items:
        return IndexedBlend.of(ranker, max_exact_items)
    return Scored(ranker)


def _items(blend: Ensemble) -> int:
    """How many items the parts that point know; 0 where none does."""
    return max((len(part.vectors) for name, part in blend.parts.items() if isinstance(part, EmbeddingModel) and blend.weights[name]), default=0)


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """Scores every item."""

    ranker: Ranker

    def best(self, histories: Sequences, shown: Bools, count: int) -> tuple[Ints, Floats]:
        """As `Retrieval.best`, exactly."""
        found = [self._best(some, shown, count) for _, some in histories.iter_batches(max(1, CELLS // max(len(shown), 1)))]
        width = min(count, len(shown))
        return (np.concatenate([each[0] for each in found]), np.concatenate([each[1] for each in found])) if found else _nothing(width)

    def _best(self, histories: Sequences, shown: Bools, count: int) -> tuple[Ints, Floats]:
        scores = np.where(shown, self.ranker.score(histories), np.float32(-np.inf))
        scores[histories.users, histories.items] = -np.inf
        return _found(*select_top_k(scores, count))


@dataclass(frozen=True, slots=True, eq=False)
class Indexed:
    """Asks an index for more than is wanted, and leaves out what may not be shown; asks for twice as many where too few are left."""

    ranker: EmbeddingModel
    index: VectorIndex

    def best(self, histories: Sequences, shown: Bools, count: int) -> tuple[Ints, Floats]:
        """As `Retrieval.best`, less what the index does not find."""
        asked = 2 * count + int(histories.lengths.max(initial=0))
        points, wanted = self.ranker.user_embeddings(histories), np.minimum(count, _left(histories, shown))
        while True:
            numbers, scores = self.index.nearest(points, asked)
            allowed = shown[numbers] & ~_met(histories, numbers)
            if asked >= len(shown) or (allowed.sum(1) >= wanted).all():
                break
            asked *= 2
        places, kept = select_top_k(np.where(allowed, scores, np.float32(-np.inf)), count)
        return _found(np.take_along_axis(numbers, places, axis=1), kept)


def _left(histories: Sequences, shown: Bools) -> Ints:
    """How many items each user may be shown that are not in his history."""
    spans = zip(histories.starts[:-1], histories.starts[1:], strict=True)
    met = [len(np.unique(items[shown[items]])) for items in (histories.items[first:last] for first, last in spans)]
    return np.count_nonzero(shown) - np.array(met, np.int64)


def _met(histories: Sequences, numbers: Ints) -> Bools:
    """Which of each user's numbers are in his history."""
    spans = zip(histories.starts[:-1], histories.starts[1:], numbers, strict=True)
    return np.array([np.isin(asked, histories.items[first:last]) for first, last, asked in spans], np.bool_).reshape(numbers.shape)


def _found(numbers: Ints, scores: Floats) -> tuple[Ints, Floats]:
    return np.where(np.isfinite(scores), numbers, NO_ITEM), scores


def _nothing(width: int) -> tuple[Ints, Floats]:
    return np.zeros((0, width), np.int64), np.zeros((0, width), np.float32)
