"""Find the vectors with the largest inner products: exactly, or by an approximate index, which is faster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, Self

import numpy as np

from recommender.data.sequences import Floats, Ints

if TYPE_CHECKING:
    from usearch.index import Index as Graph

MAX_EXACT_ITEMS = 200_000  # vectors up to which all inner products are computed; above, that takes longer than a shopper waits
NO_ITEM = -1  # number that fills results with too few items
CONNECTIVITY = 16  # neighbors of a vector in the graph
STRIDE = 16  # distance of the scores that are sampled from a long row
BUILD_EXPANSION = 128  # candidates held while the graph is built (ef_construction)
SEARCH_EXPANSION = 768  # candidates held while it is searched (ef)


class VectorIndex(Protocol):
    """Search vectors by inner product."""

    def search(self, queries: Floats, count: int) -> tuple[Ints, Floats]:
        """Return the numbers of the vectors with the largest inner products, best first, and these; each of shape (queries, count).

        Returns fewer columns where there are fewer vectors. Of equal products those of lower numbers come first.
        """
        ...


@dataclass(frozen=True, slots=True, eq=False)
class ExactIndex:
    """Compute the inner products with all vectors.

    Example:
        >>> index = ExactIndex(np.array([[1, 0], [0, 1], [1, 1]], np.float32))
        >>> index.search(np.array([[1, 0.5]], np.float32), 2)[0].tolist()
        [[2, 0]]
    """

    vectors: Floats

    def search(self, queries: Floats, count: int) -> tuple[Ints, Floats]:
        """Search exactly, as `VectorIndex.search`."""
        return select_top_k(queries @ self.vectors.T, count)


@dataclass(frozen=True, slots=True, eq=False)
class HNSWIndex:
    """Search a navigable graph of the vectors in half precision (HNSW, Malkov and Yashunin 2018, by usearch), and score its results exactly."""

    vectors: Floats
    graph: Graph

    @classmethod
    def of(cls, vectors: Floats, threads: int = 0) -> Self:
        """Build the graph, which takes some ten CPU seconds for 100,000 vectors.

        Args:
            vectors: Shape (n, d).
            threads: One gives the same graph each time; 0 uses all cores.
        """
        from usearch.index import Index as Graph

        width = vectors.shape[1]
        graph = Graph(ndim=width, metric="ip", dtype="f16", connectivity=CONNECTIVITY, expansion_add=BUILD_EXPANSION, expansion_search=SEARCH_EXPANSION)
        graph.add(np.arange(len(vectors)), vectors, threads=threads)
        return cls(vectors, graph)

    def search(self, queries: Floats, count: int) -> tuple[Ints, Floats]:
        """Search approximately, as `VectorIndex.search`; some of the best vectors may be missed."""
        count = min(count, len(self.vectors))
        matches = self.graph.search(queries, count, threads=1)
        numbers = np.sort(np.asarray(matches.keys).reshape(len(queries), -1 if len(queries) else count).astype(np.int64), axis=1)
        scores = np.einsum("pnd,pd->pn", self.vectors[numbers], queries)
        columns, ordered = select_top_k(scores, count)
        return np.take_along_axis(numbers, columns, axis=1), ordered


def build_index(vectors: Floats, max_exact_items: int = MAX_EXACT_ITEMS) -> VectorIndex:
    """Build an exact index of few vectors, an approximate one of many."""
    return ExactIndex(vectors) if len(vectors) <= max_exact_items else HNSWIndex.of(vectors)


def measure_recall(index: VectorIndex, vectors: Floats, queries: Floats, count: int) -> float:
    """Return the share of the exact results that an index finds."""
    approximate, exact = index.search(queries, count)[0], ExactIndex(vectors).search(queries, count)[0]
    hits = sum(len(np.intersect1d(numbers, truth)) for numbers, truth in zip(approximate, exact, strict=True))
    return hits / exact.size if exact.size else 1.0


def select_top_k(scores: Floats, count: int) -> tuple[Ints, Floats]:
    """Return the columns of the largest scores of each row, best first, of equal ones the first; and these scores.

    Args:
        scores: Shape (rows, columns).
        count: Number of columns to select; all where there are fewer.

    Example:
        >>> select_top_k(np.array([[1, 3, 2, 3]], np.float32), 3)[0].tolist()
        [[1, 3, 2]]
    """
    count = min(count, scores.shape[1])
    columns = np.array([_top_columns(row, count) for row in scores], np.int64).reshape(len(scores), count)
    return columns, np.take_along_axis(scores, columns, axis=1)


def _top_columns(row: Floats, count: int) -> Ints:
    if count == 0:
        return np.zeros(0, np.int64)
    candidates = _candidates(row, count)
    scores = row[candidates]
    bound = np.partition(scores, len(scores) - count)[len(scores) - count]
    above = candidates[scores > bound]
    ties = candidates[scores == bound][: count - len(above)]
    return np.concatenate([above[np.argsort(-row[above], kind="stable")], ties])


def _candidates(row: Floats, count: int) -> Ints:
    """Return a few columns, in order, that contain the best of a long row: those above a bound estimated from a sample."""
    sample = row[::STRIDE]
    reach = 8 + 2 * count // STRIDE
    if reach < len(sample):
        bound = np.partition(sample, len(sample) - reach)[len(sample) - reach]
        above = np.flatnonzero(row > bound)
        if len(above) >= count:
            return above
        ties = np.flatnonzero(row == bound)[: count - len(above)]  # many scores are 0
        if len(above) + len(ties) == count:
            return np.sort(np.concatenate([above, ties]))
    return np.arange(len(row))
