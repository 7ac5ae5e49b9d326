"""Find the best items of many users at a time: exactly, at little more than one matrix product and a partial sort."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from recommender.data.sequences import Bools, Floats, Ints, Sequences
from recommender.models.ann_index import NO_ITEM, select_top_k
from recommender.models.capabilities import Ensemble
from recommender.ranker import Ranker
from recommender.serving.block_terms import Share, Term, term_of

MAX_SCORES = 4_000_000  # scores in memory at a time


@dataclass(frozen=True, slots=True, eq=False)
class BestItems:
    """Hold the best items of a block of users.

    Attributes:
        numbers: Of the items, best first, shape (users, k); NO_ITEM where there are fewer.
        scores: Shape (users, k); those of a blend lack what all items of a user have in common.
        parts: Position in `BlockRetriever.names` of the part that says most for each item, shape (users, k).
    """

    numbers: Ints
    scores: Floats
    parts: Ints


@dataclass(frozen=True, slots=True, eq=False)
class BlockRetriever:
    """Retrieve the best items of blocks of users.

    Attributes:
        names: Names of the parts.
        terms: Each part's share of a score.
        vectors: Of all terms side by side, shape (d, items).
    """

    names: Sequence[str]
    terms: Sequence[Term]
    vectors: Floats

    @classmethod
    def build(cls, ranker: Ranker, name: str, items: int) -> Self:
        """Take a ranker apart.

        Args:
            ranker: The ranker.
            name: What it is called, where it has no parts.
            items: Number of its items.
        """
        parts: Mapping[str, Ranker] = ranker.parts if isinstance(ranker, Ensemble) else {name: ranker}
        weights = ranker.weights if isinstance(ranker, Ensemble) else {name: 1.0}
        names = [part for part, weight in weights.items() if weight]
        terms = [term_of(parts[part], weights[part], items) for part in names]
        return cls(names, terms, np.ascontiguousarray(np.hstack([term.vectors for term in terms]).T.astype(np.float32)))

    def retrieve(self, histories: Sequences, met: Sequences, allowed: Bools, k: int) -> Iterator[BestItems]:
        """Yield the best allowed items of each user, a block of users after the other.

        Args:
            histories: Of each user.
            met: The items that each user is not to get, mostly those of the history.
            allowed: Which items may be returned, shape (items,).
            k: Number of items per user.
        """
        barred = np.where(allowed, np.float32(0), np.float32(-np.inf))
        vectors = np.vstack([self.vectors, barred])  # a last coordinate of 1 bars what is not allowed
        size = max(MAX_SCORES // max(len(allowed), 1), 1)
        for (_, block), (_, excluded) in zip(histories.iter_batches(size), met.iter_batches(size), strict=True):
            yield self._best(block, excluded, vectors, k)

    def _best(self, histories: Sequences, met: Sequences, vectors: Floats, k: int) -> BestItems:
        shares = [term.share(histories) for term in self.terms]
        scores = np.hstack([*(share.points for share in shares), np.ones((len(histories), 1), np.float32)]) @ vectors
        flat = scores.reshape(-1)
        for share in shares:
            if share.dense is not None:
                scores += share.dense
            if share.sparse is not None:
                rows = np.repeat(np.arange(len(histories)), np.diff(share.sparse.indptr))
                flat[rows * scores.shape[1] + share.sparse.indices] += share.sparse.data
        scores[met.users, met.items] = -np.inf
        numbers, best = select_top_k(scores, k)
        present = np.isfinite(best)
        return BestItems(np.where(present, numbers, NO_ITEM), best, self._strongest_parts(shares, numbers))

    def _strongest_parts(self, shares: Sequence[Share], numbers: Ints) -> Ints:
        """Return the part that says most for each item, shape (users, k); of two equal ones the first."""
        users, first, values = np.repeat(np.arange(len(numbers))[:, None], numbers.shape[1], axis=1), 0, []
        for share, term in zip(shares, self.terms, strict=True):
            last = first + term.vectors.shape[1]
            value = np.einsum("ud,duk->uk", share.points, self.vectors[first:last][:, numbers])
            if share.sparse is not None:
                value += np.asarray(share.sparse[users.ravel(), numbers.ravel()]).reshape(value.shape)
            if share.dense is not None:
                value += share.dense[users, numbers]
            values.append(value)
            first = last
        strongest: Ints = np.argmax(np.stack(values), axis=0)
        return strongest
