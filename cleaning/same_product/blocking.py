"""Choose the pairs of products that are compared, so that the work grows with the products and not with their square."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from cleaning.same_product.records import Places, Records
from cleaning.same_product.vectors import Matrix

NEAREST = 5  # products that each product is compared with, by each of its vectors
_COMMON = 500  # products with a term above which it brings no pair
_SAME_CODE = 20  # products with a code above which it is no model number
_CHUNK = 500  # products compared at once


def candidate_pairs(records: Records, vectors: Mapping[str, Matrix], nearest: int = NEAREST) -> Places:
    """Return the pairs of places (pairs x 2, the smaller first) that may be one product.

    Each product is compared with those that have the same GTIN or model number (keys), and with the nearest by each of its vectors: words and
    character n-grams of its title and of all its text.

    Args:
        records: The products.
        vectors: Their vectors, by name.
        nearest: Products that each is compared with by each kind of vector.
    """
    sources = _numbers(records.sources) if records.sources is not None else None
    parts = [_pairs_of_keys(records), *(_nearest(matrix, sources, nearest) for matrix in vectors.values())]
    pairs = np.sort(np.concatenate(parts), axis=1)
    if sources is not None:
        pairs = pairs[sources[pairs[:, 0]] != sources[pairs[:, 1]]]
    return np.unique(pairs, axis=0)


def _pairs_of_keys(records: Records) -> Places:
    places: dict[str, list[int]] = defaultdict(list)
    for place, (gtin, codes) in enumerate(zip(records.gtins, records.codes, strict=True)):
        for code in {*codes, *([f"gtin {gtin}"] if gtin else [])}:
            places[code].append(place)
    pairs = [(one, other) for same in places.values() if len(same) <= _SAME_CODE for end, other in enumerate(same) for one in same[:end]]
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)


def _nearest(vectors: Matrix, sources: Places | None, nearest: int) -> Places:
    rare = _without_common(vectors)
    return np.concatenate([_nearest_of(rows, offset, rare, sources, nearest) for offset, rows in _chunks(rare)])


def _nearest_of(rows: Matrix, offset: int, all_rows: Matrix, sources: Places | None, nearest: int) -> Places:
    products = (rows @ all_rows.T).tocoo()
    left, right, score = products.row.astype(np.int64) + offset, products.col.astype(np.int64), products.data
    apart = left != right if sources is None else sources[left] != sources[right]
    left, right, score = left[apart], right[apart], score[apart]
    order = np.argsort(2.0 * left - score, kind="stable")  # a cosine is at most 1: by product, the nearest first
    left, right = left[order], right[order]
    begins = np.flatnonzero(np.r_[True, left[1:] != left[:-1]]) if len(left) else np.zeros(0, dtype=np.int64)
    rank = np.arange(len(left)) - np.repeat(begins, np.diff(np.r_[begins, len(left)]))
    return np.stack([left, right], axis=1)[rank < nearest]


def _without_common(vectors: Matrix) -> Matrix:
    """Return the vectors without the terms of many products, which would bring as many pairs."""
    products = np.bincount(vectors.indices, minlength=vectors.shape[1])
    return vectors[:, products <= max(_COMMON, 2)]


def _chunks(vectors: Matrix) -> Iterator[tuple[int, Matrix]]:
    for start in range(0, max(1, vectors.shape[0]), _CHUNK):
        yield start, vectors[start : start + _CHUNK]


def _numbers(names: Sequence[str]) -> Places:
    return np.unique(np.array(names, dtype=object).astype(str), return_inverse=True)[1].astype(np.int64)
