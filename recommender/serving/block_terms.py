"""Take a blend's scores of many users apart, so that one matrix product gives most of them and the rest is sparse.

A score is a sum over parts, each standardized over all items of a user. The embedding model's share is a product of two matrices; so are parts that are the
same for all users, and constants of a user, as further columns of the two. What comes from item-to-item matrices is 0 for most items: it is added where it is
not, and its mean and spread follow from its entries. Means are left out, since they are the same for all items of a user.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import scipy.sparse as sp

from recommender.data.sequences import Floats, Sequences
from recommender.models.appended_items import AppendedItems
from recommender.models.blend_weights import ROUNDING, standardize
from recommender.models.capabilities import EmbeddingModel, SharedScores, SparseScores
from recommender.ranker import Ranker


@dataclass(frozen=True, slots=True, eq=False)
class Share:
    """Hold one part's share of the scores of a block of users.

    Attributes:
        points: Of the users, shape (users, d); the product with the part's vectors is added to the scores.
        sparse: Added where it has entries, shape (users, items).
        dense: Added everywhere, shape (users, items).
    """

    points: Floats
    sparse: sp.csr_matrix | None = None
    dense: Floats | None = None


class Term(Protocol):
    """Compute the share of one part."""

    @property
    def vectors(self) -> Floats:
        """Return what the points are multiplied with, shape (items, d)."""
        ...

    def share(self, histories: Sequences) -> Share:
        """Return the share of a block of users."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class EmbeddingTerm:
    """Take part by a product of embeddings."""

    ranker: EmbeddingModel
    weight: float
    mean: Floats
    covariance: Floats

    @property
    def vectors(self) -> Floats:
        """Return the item embeddings."""
        return self.ranker.item_embeddings

    def share(self, histories: Sequences) -> Share:
        """Scale the users' embeddings, so that the spread of their scores is the weight."""
        users = self.ranker.user_embeddings(histories)
        spread = np.sqrt(np.maximum(np.einsum("ud,de,ue->u", users, self.covariance, users), 0))
        return Share(users * _factors(spread, np.abs(users @ self.mean) + spread, self.weight)[:, None])


@dataclass(frozen=True, slots=True, eq=False)
class SharedTerm:
    """Take part by scores that are the same for all users."""

    vectors: Floats

    def share(self, histories: Sequences) -> Share:
        """Return 1 for each user."""
        return Share(np.ones((len(histories), 1), np.float32))


@dataclass(frozen=True, slots=True, eq=False)
class SparseTerm:
    """Take part by an item-to-item matrix, and by what orders items that it says nothing of."""

    ranker: SparseScores
    weight: float
    vectors: Floats

    def share(self, histories: Sequences) -> Share:
        """Scale the entries of each user by the spread over all items, those without an entry included."""
        scores, offset = self._scores(histories), self.vectors[:, 0].astype(np.float64)
        count, rows = scores.shape[1], np.repeat(np.arange(scores.shape[0]), np.diff(scores.indptr))
        data, there = scores.data.astype(np.float64), offset[scores.indices]
        total = np.bincount(rows, data, len(histories)) + offset.sum()
        squares = np.bincount(rows, data * (data + 2 * there), len(histories)) + (offset**2).sum()
        spread = np.sqrt(np.maximum(squares / count - (total / count) ** 2, 0))
        largest = np.full(len(histories), np.abs(offset).max(initial=0))
        np.maximum.at(largest, rows, np.abs(data + there))
        factors = _factors(spread, largest, self.weight)
        scaled = sp.csr_matrix(((data * factors[rows]).astype(np.float32), scores.indices, scores.indptr), shape=scores.shape)
        return Share(factors[:, None].astype(np.float32), scaled)

    def _scores(self, histories: Sequences) -> sp.csr_matrix:
        """Return the entries, without any of items that came after the training."""
        trained_items = len(self.ranker.offset())
        scores = self.ranker.sparse_scores(histories.filter(histories.items < trained_items))
        return sp.csr_matrix((scores.data, scores.indices, scores.indptr), shape=(len(histories), len(self.vectors)))


@dataclass(frozen=True, slots=True, eq=False)
class DenseTerm:
    """Take part by the scores of any ranker."""

    ranker: Ranker
    weight: float
    vectors: Floats

    def share(self, histories: Sequences) -> Share:
        """Standardize all scores."""
        scores = np.float32(self.weight) * standardize(self.ranker.score(histories))
        return Share(np.zeros((len(histories), 0), np.float32), dense=scores)


def term_of(ranker: Ranker, weight: float, items: int) -> Term:
    """Return the term of a part, by what it can do.

    Args:
        ranker: The part.
        weight: Its weight in the blend.
        items: Number of items.
    """
    if isinstance(ranker, EmbeddingModel):
        vectors, mean = ranker.item_embeddings, ranker.item_embeddings.mean(axis=0)
        return EmbeddingTerm(ranker, weight, mean, (vectors - mean).T @ (vectors - mean) / max(len(vectors), 1))
    if isinstance(ranker, SharedScores):
        return SharedTerm(np.float32(weight) * standardize(ranker.shared_scores()[None]).T)
    base = ranker.ranker if isinstance(ranker, AppendedItems) else ranker
    if isinstance(base, SparseScores):
        offset = base.offset()
        return SparseTerm(base, weight, np.concatenate([offset, np.full(items - len(offset), offset.min(initial=0))])[:, None].astype(np.float32))
    return DenseTerm(ranker, weight, np.zeros((items, 0), np.float32))


def _factors(spread: Floats, largest: Floats, weight: float) -> Floats:
    """Divide the weight by the spreads; 0 where scores differ by no more than rounding, as `score_spread` has it."""
    differ = spread > ROUNDING * largest
    factors: Floats = np.where(differ, weight / np.where(differ, spread, 1), 0).astype(np.float32)
    return factors
