"""Find the vectors with the largest inner products: exactly, or by an approximate index, which is faster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, Self

import numpy as np
import numpy.typing as npt

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
    """Search a navigable graph of the distinct vectors in half precision (HNSW, Malkov and Yashunin 2018, by usearch), and score its results exactly.

    Vectors that are equal in half precision are one node: many of them, such as variants of one title, would be each other's only neighbors and cut the
    graph into pieces.

    Attributes:
        vectors: All vectors, shape (n, d).
        graph: Graph of the distinct ones.
        distinct: Number of the first vector of each node, in increasing order.
        members: Numbers of all vectors, those of a node together.
        starts: Place in `members` at which each node's begin, and the end.

    Example:
        >>> index = HNSWIndex.of(np.array([[1, 0], [0, 1], [1, 0]], np.float32), threads=1)
        >>> index.search(np.array([[1, 0.5]], np.float32), 2)[0].tolist()
        [[0, 2]]
    """

    vectors: Floats
    graph: Graph
    distinct: Ints
    members: Ints
    starts: Ints

    @classmethod
    def of(cls, vectors: Floats, threads: int = 0) -> Self:
        """Build the graph, which takes some ten CPU seconds for 100,000 vectors.

        Args:
            vectors: Shape (n, d).
            threads: One gives the same graph each time; 0 uses all cores.
        """
        from usearch.index import Index as Graph

        width = vectors.shape[1]
        distinct, members, starts = group_equal_rows(vectors.astype(np.float16))
        graph = Graph(ndim=width, metric="ip", dtype="f16", connectivity=CONNECTIVITY, expansion_add=BUILD_EXPANSION, expansion_search=SEARCH_EXPANSION)
        graph.add(np.arange(len(distinct)), vectors[distinct], threads=threads)
        return cls(vectors, graph, distinct, members, starts)

    def search(self, queries: Floats, count: int) -> tuple[Ints, Floats]:
        """Search approximately, as `VectorIndex.search`; some of the best vectors may be missed, none is returned twice."""
        count = min(count, len(self.vectors))
        if not len(queries) or not count:
            return np.zeros((len(queries), count), np.int64), np.zeros((len(queries), count), np.float32)
        matches = self.graph.search(queries, min(count, len(self.distinct)), threads=1)
        keys = np.asarray(matches.keys).reshape(len(queries), -1).astype(np.int64)
        counts = np.asarray(getattr(matches, "counts", [keys.shape[1]])).reshape(-1)  # one query has no padding
        rows = [self._expand(np.sort(nodes[:size]), query, count) for nodes, size, query in zip(keys, counts, queries, strict=True)]
        numbers = np.sort(np.stack(rows), axis=1)
        columns, scores = select_top_k(np.einsum("pnd,pd->pn", self.vectors[numbers], queries), count)
        return np.take_along_axis(numbers, columns, axis=1), scores

    def _expand(self, nodes: Ints, query: Floats, count: int) -> Ints:
        """Return the vectors of the best nodes; all vectors compete where the graph reaches fewer than are asked for."""
        if self._sizes(nodes).sum() < count:
            nodes = np.arange(len(self.distinct))
        scores = self.vectors[self.distinct[nodes]] @ query
        best = nodes[_top_columns(scores, min(count, len(nodes)))]
        best = best[: int(np.searchsorted(self._sizes(best).cumsum(), count)) + 1]
        return np.concatenate([self.members[self.starts[node] : self.starts[node + 1]] for node in best])[:count]

    def _sizes(self, nodes: Ints) -> Ints:
        return self.starts[nodes + 1] - self.starts[nodes]


def group_equal_rows(vectors: npt.NDArray[np.floating[Any]]) -> tuple[Ints, Ints, Ints]:
    """Group equal rows.

    Args:
        vectors: Shape (n, d).

    Returns:
        The first row of each group, in increasing order; all rows, those of a group together and in order; and where each group begins, with the end.

    Example:
        >>> [part.tolist() for part in group_equal_rows(np.array([[2.0], [1.0], [2.0]], np.float32))]
        [[0, 1], [0, 2, 1], [0, 2, 3]]
    """
    rows = np.ascontiguousarray(vectors + vectors.dtype.type(0))  # -0 becomes 0
    if not rows.size:
        return np.arange(min(len(rows), 1)), np.arange(len(rows)), np.array([0, len(rows)][: 1 + min(len(rows), 1)])
    _, first, group = np.unique(rows.view(np.dtype((np.void, rows.itemsize * rows.shape[1]))).ravel(), return_index=True, return_inverse=True)
    order = np.argsort(first)
    number = np.argsort(order)[group]
    members = np.argsort(number, kind="stable")
    return first[order], members, np.array([0, *np.bincount(number).cumsum()])


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
