"""Items that came after the last training, scored as the known items that are most like them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import scipy.sparse as sp

from recommender.data.attributes import BUCKETS
from recommender.data.sequences import Bools, Floats, Ints, Sequences
from recommender.ranker import Arrays, Ranker, add_prefix

LIKES = 8  # known items that speak for a new one
BLOCK = 256  # new items that are compared at once


@dataclass(frozen=True, slots=True, eq=False)
class Likened:
    """A ranker with further items behind its own; its arrays are the ranker's, as the likeness is found anew with each catalog.

    Attributes:
        ranker: Scores the known items.
        likes: How much each known item speaks for each new one, shape (new, known); a row adds up to 1, or is empty where
            a new item is like none: then it comes last.
    """

    ranker: Ranker
    likes: sp.csr_matrix

    @classmethod
    def of(cls, ranker: Ranker, features: Ints, modes: Mapping[str, Floats], met: Bools) -> Self:
        """Find what each new item is like, by attributes (the rarer, the more they tell) and by all modes alike.

        Args:
            ranker: What it knows are the first items.
            features: Of all items, of `hash_attributes`, shape (items, width).
            modes: Of all items, unit rows, shape (items, width of the mode).
            met: Which of the known items somebody has met, shape (known,): only these can speak for others.
        """
        known, speaking = len(met), np.flatnonzero(met)
        views = [_described(features), *map(sp.csr_matrix, modes.values())]
        parts = [
            _strongest(_likeness(views, np.arange(first, min(first + BLOCK, len(features))), speaking), speaking, known)
            for first in range(known, len(features), BLOCK)
        ]
        return cls(ranker, sp.vstack(parts).tocsr())

    def score(self, histories: Sequences) -> Floats:
        """The ranker's scores, and behind them those of the new items; new items in a history tell nothing yet."""
        known = self.ranker.score(histories.filter(histories.items < self.likes.shape[1]))
        new = np.asarray((self.likes @ known.T).T, np.float32)
        new[:, np.diff(self.likes.indptr) == 0] = known.min(axis=1, initial=0.0)[:, None]
        return np.hstack([known, new])

    def to_arrays(self) -> Arrays:
        """The ranker's."""
        return add_prefix("ranker", self.ranker.to_arrays())


def _described(features: Ints) -> sp.csr_matrix:
    """Unit rows of attributes, each weighed by how rare it is."""
    rows, places = np.nonzero(features)
    buckets = features[rows, places]
    rarity = np.log((1 + len(features)) / (1 + np.bincount(buckets, minlength=BUCKETS)))
    table = sp.csr_matrix((rarity[buckets], (rows, buckets)), shape=(len(features), BUCKETS))
    lengths = np.sqrt(np.asarray(table.multiply(table).sum(axis=1)).ravel())
    return (sp.diags_array(1 / np.where(lengths > 0, lengths, 1)) @ table).tocsr()


def _likeness(views: Sequence[sp.csr_matrix], new: Ints, speaking: Ints) -> Floats:
    """How alike new and speaking items are, summed over the views; shape (new, speaking)."""
    total = np.zeros((len(new), len(speaking)), np.float32)
    for view in views:
        total += (view[new] @ view[speaking].T).toarray().astype(np.float32)
    return total


def _strongest(likeness: Floats, speaking: Ints, known: int) -> sp.csr_matrix:
    """The few strongest of each row, above 0, as weights that add up to 1."""
    count = min(LIKES, likeness.shape[1])
    places = np.argsort(-likeness, axis=1, kind="stable")[:, :count]
    kept = np.maximum(np.take_along_axis(likeness, places, axis=1), 0)
    weights = kept / np.maximum(kept.sum(axis=1, keepdims=True), np.finfo(np.float32).tiny)
    rows = np.repeat(np.arange(len(likeness)), count)
    likes = sp.csr_matrix((weights.ravel(), (rows, speaking[places].ravel())), shape=(len(likeness), known), dtype=np.float32)
    likes.eliminate_zeros()
    return likes
