"""Describe the pairs of products that may be one by numbers: how alike they are, and how much more than each is like any other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from cleaning.same_product.blocking import candidate_pairs
from cleaning.same_product.pair_texts import TextComparison
from cleaning.same_product.records import Floats, Places, Records
from cleaning.same_product.vectors import cosine, vectors_of

COLLECTIVE = 4  # features of each kind of vector that compare a pair with the others of its products


@dataclass(frozen=True, eq=False)
class Pairs:
    """Hold the pairs of products that are compared.

    Attributes:
        records: The products.
        places: Places of both products of each pair, the smaller first (pairs x 2).
        cosines: Cosine of each pair by kind of vector.
        features: What a model learns from (pairs x features); NaN where one product lacks the cell.
    """

    records: Records
    places: Places
    cosines: Mapping[str, Floats]
    features: Floats


def pairs_of(records: Records, further: Places | None = None) -> Pairs:
    """Return the pairs of products that may be one.

    Args:
        records: The products.
        further: Places of pairs that are compared as well, such as labelled ones.
    """
    vectors = vectors_of(records)
    places = candidate_pairs(records, vectors)
    if further is not None and len(further):
        places = np.unique(np.concatenate([places, np.sort(further, axis=1)]), axis=0)
    cosines = {name: cosine(matrix, places) for name, matrix in vectors.items()}
    return Pairs(records, places, cosines, np.hstack([_texts(records, places), *(_collective(places, score) for score in cosines.values())]))


def margins(places: Places, score: Floats) -> tuple[Floats, Floats]:
    """Return the rank of each pair among those of its products, and how far its score is above the best other one (pairs x 2, the smaller first).

    A product has few twins: a pair that is the best of both its products is more likely one product than its score alone says.
    """
    owners, scores = places.T.ravel(), np.tile(score, 2)
    order = np.lexsort((-scores, owners))
    owner, sorted_scores = owners[order], scores[order]
    begins = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]])
    sizes = np.diff(np.r_[begins, len(owner)])
    rank = np.arange(len(owner)) - np.repeat(begins, sizes)
    second = np.where(sizes > 1, sorted_scores[np.minimum(begins + 1, len(owner) - 1)], 0.0)
    other = np.where(rank == 0, np.repeat(second, sizes), np.repeat(sorted_scores[begins], sizes))
    ranks, above = np.empty(len(owner)), np.empty(len(owner))
    ranks[order], above[order] = rank, sorted_scores - other
    return np.sort(ranks.reshape(2, -1).T, axis=1), np.sort(above.reshape(2, -1).T, axis=1)


def _texts(records: Records, places: Places) -> Floats:
    """Return what compares the texts, codes and amounts of each pair, in an array from the start: as numbers of Python they take four times the memory."""
    compared = TextComparison(records)
    features = np.zeros((0, 0))
    for row, (one, other) in enumerate(places.tolist()):
        values = compared.compare(one, other)
        if not row:
            features = np.empty((len(places), len(values)))
        features[row] = values
    return features


def _collective(places: Places, score: Floats) -> Floats:
    if not len(score):
        return np.zeros((0, 1 + COLLECTIVE))
    return np.column_stack([score, *margins(places, score)])
