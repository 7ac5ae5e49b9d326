"""Score items that came after the last training by the known items that are most similar to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import scipy.sparse as sp

from recommender.data.attributes import BUCKETS
from recommender.data.sequences import Bools, Floats, Ints, Sequences
from recommender.ranker import Arrays, Ranker, add_prefix

NEIGHBOURS = 8  # known items per new item
BLOCK = 256  # new items that are compared at a time


@dataclass(frozen=True, slots=True, eq=False)
class ColdItemRanker:
    """Extend a ranker by cold-start items. Its arrays are the ranker's, since similarities are computed anew for each catalog.

    Attributes:
        ranker: Scores the known items.
        similarities: The weight of each known item for each new one, shape (new, known); rows add up to 1, or are empty where a new item
            is similar to none, which then comes last.
    """

    ranker: Ranker
    similarities: sp.csr_matrix

    @classmethod
    def build(cls, ranker: Ranker, features: Ints, content: Mapping[str, Floats], has_events: Bools) -> Self:
        """Find the neighbours of each new item by attributes (weighted by inverse document frequency) and content features.

        Args:
            ranker: Its items come first.
            features: Of all items, of `hash_attributes`, shape (items, width).
            content: Content features of all items by name, unit rows, shape (items, width of the feature).
            has_events: Which known items have events, shape (known,): only these are neighbours.
        """
        known_count, candidates = len(has_events), np.flatnonzero(has_events)
        views = [_tfidf(features), *map(sp.csr_matrix, content.values())]
        blocks = [
            _nearest(_cosines(views, np.arange(first, min(first + BLOCK, len(features))), candidates), candidates, known_count)
            for first in range(known_count, len(features), BLOCK)
        ]
        return cls(ranker, sp.vstack(blocks).tocsr())

    def score(self, histories: Sequences) -> Floats:
        """Score known and new items; new items in a history are ignored."""
        known_scores = self.ranker.score(histories.filter(histories.items < self.similarities.shape[1]))
        new = np.asarray((self.similarities @ known_scores.T).T, np.float32)
        new[:, np.diff(self.similarities.indptr) == 0] = known_scores.min(axis=1, initial=0.0)[:, None]
        return np.hstack([known_scores, new])

    def to_arrays(self) -> Arrays:
        """Return the ranker's arrays."""
        return add_prefix("ranker", self.ranker.to_arrays())


def _tfidf(features: Ints) -> sp.csr_matrix:
    """Return unit rows of attributes, weighted by inverse document frequency."""
    rows, places = np.nonzero(features)
    buckets = features[rows, places]
    idf = np.log((1 + len(features)) / (1 + np.bincount(buckets, minlength=BUCKETS)))
    table = sp.csr_matrix((idf[buckets], (rows, buckets)), shape=(len(features), BUCKETS))
    norms = np.sqrt(np.asarray(table.multiply(table).sum(axis=1)).ravel())
    return (sp.diags_array(1 / np.where(norms > 0, norms, 1)) @ table).tocsr()


def _cosines(views: Sequence[sp.csr_matrix], new: Ints, candidates: Ints) -> Floats:
    """Sum the cosines of new items and candidates over the views; shape (new, candidates)."""
    total = np.zeros((len(new), len(candidates)), np.float32)
    for view in views:
        total += (view[new] @ view[candidates].T).toarray().astype(np.float32)
    return total


def _nearest(cosines: Floats, candidates: Ints, known_count: int) -> sp.csr_matrix:
    """Keep the largest positive cosines of each row, as weights that add up to 1."""
    count = min(NEIGHBOURS, cosines.shape[1])
    places = np.argsort(-cosines, axis=1, kind="stable")[:, :count]
    largest = np.maximum(np.take_along_axis(cosines, places, axis=1), 0)
    weights = largest / np.maximum(largest.sum(axis=1, keepdims=True), np.finfo(np.float32).tiny)
    rows = np.repeat(np.arange(len(cosines)), count)
    similarities = sp.csr_matrix((weights.ravel(), (rows, candidates[places].ravel())), shape=(len(cosines), known_count), dtype=np.float32)
    similarities.eliminate_zeros()
    return similarities
