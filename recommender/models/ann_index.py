"""Which vectors lie nearest to a point: all of them looked at, or a graph that is asked, which is quicker and nearly right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, Self

import numpy as np

from recommender.data.sequences import Floats, Ints

if TYPE_CHECKING:
    from usearch.index import Index as Graph

MAX_EXACT_ITEMS = 200_000  # vectors; above, looking at all of them takes longer than a shopper waits
NO_ITEM = -1  # the number that stands where nothing more was found
CONNECTIVITY = 16  # neighbours of a vector in the graph
STRIDE = 16  # every so many of a long row of scores are looked at first
BREADTH = 128  # vectors that are kept in sight while the graph is built
SIGHT = 768  # and while it is asked


class VectorIndex(Protocol):
    """Vectors that can be asked for the nearest."""

    def nearest(self, points: Floats, count: int) -> tuple[Ints, Floats]:
        """The numbers of the vectors with the largest inner products, the largest first, and these; each of shape (points, count).

        Fewer columns where there are fewer vectors. Of equal ones those of lower numbers come first.
        """
        ...


@dataclass(frozen=True, slots=True, eq=False)
class ExactIndex:
    """Looks at every vector."""

    vectors: Floats

    def nearest(self, points: Floats, count: int) -> tuple[Ints, Floats]:
        """As `VectorIndex.nearest`, exactly."""
        return select_top_k(points @ self.vectors.T, count)


@dataclass(frozen=True, slots=True, eq=False)
class HNSWIndex:
    """A navigable graph of the vectors in half precision (HNSW, Malkov and Yashunin 2018, by usearch); what it finds is scored exactly."""

    vectors: Floats
    graph: Graph

    @classmethod
    def of(cls, vectors: Floats, threads: int = 0) -> Self:
        """Build the graph, some ten CPU seconds for 100,000 vectors; with one thread the same graph each time, 0: with all cores."""
        from usearch.index import Index as Graph

        graph = Graph(ndim=vectors.shape[1], metric="ip", dtype="f16", connectivity=CONNECTIVITY, expansion_add=BREADTH, expansion_search=SIGHT)
        graph.add(np.arange(len(vectors)), vectors, threads=threads)
        return cls(vectors, graph)

    def nearest(self, points: Floats, count: int) -> tuple[Ints, Floats]:
        """As `VectorIndex.nearest`, less what the graph does not find."""
        count = min(count, len(self.vectors))
        found = self.graph.search(points, count, threads=1)
        numbers = np.sort(np.asarray(found.keys).reshape(len(points), -1 if len(points) else count).astype(np.int64), axis=1)
        scores = np.einsum("pnd,pd->pn", self.vectors[numbers], points)
        places, ordered = select_top_k(scores, count)
        return np.take_along_axis(numbers, places, axis=1), ordered


def build_index(vectors: Floats, max_exact_items: int = MAX_EXACT_ITEMS) -> VectorIndex:
    """An exact index of few vectors, a graph of many."""
    return ExactIndex(vectors) if len(vectors) <= max_exact_items else HNSWIndex.of(vectors)


def measure_recall(index: VectorIndex, vectors: Floats, points: Floats, count: int) -> float:
    """The share of the truly nearest that an index finds."""
    found, right = (each.nearest(points, count)[0] for each in (index, ExactIndex(vectors)))
    hits = sum(len(np.intersect1d(some, others)) for some, others in zip(found, right, strict=True))
    return hits / right.size if right.size else 1.0


def select_top_k(scores: Floats, count: int) -> tuple[Ints, Floats]:
    """The places of the largest scores of each row, the largest first, of equal ones the first; and these scores.

    Args:
        scores: Shape (rows, columns).
        count: How many; all columns where there are fewer.
    """
    count = min(count, scores.shape[1])
    places = np.array([_best(row, count) for row in scores], np.int64).reshape(len(scores), count)
    return places, np.take_along_axis(scores, places, axis=1)


def _best(row: Floats, count: int) -> Ints:
    if count == 0:
        return np.zeros(0, np.int64)
    near = _near(row, count)
    kept = row[near]
    bound = np.partition(kept, len(kept) - count)[len(kept) - count]
    above = near[kept > bound]
    ties = near[kept == bound][: count - len(above)]
    return np.concatenate([above[np.argsort(-row[above], kind="stable")], ties])


def _near(row: Floats, count: int) -> Ints:
    """A few places, in order, that hold the best of a long row: what reaches a bound that is read off every so many of them."""
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
