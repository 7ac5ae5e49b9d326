"""Which vectors lie nearest to a point: all of them looked at, or a graph that is asked, which is quicker and nearly right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, Self

import numpy as np

from recommender.sequences import Floats, Ints

if TYPE_CHECKING:
    from usearch.index import Index as Graph

EXACT_UP_TO = 200_000  # vectors; above, looking at all of them takes longer than a shopper waits
CONNECTIVITY = 16  # neighbours of a vector in the graph
BREADTH = 128  # vectors that are kept in sight while the graph is built, and at least while it is asked


class Index(Protocol):
    """Vectors that can be asked for the nearest."""

    def nearest(self, points: Floats, count: int) -> tuple[Ints, Floats]:
        """The numbers of the vectors with the largest inner products, the largest first, and these; each of shape (points, count).

        Fewer columns where there are fewer vectors. Of equal ones those of lower numbers come first.
        """
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Exact:
    """Looks at every vector."""

    vectors: Floats

    def nearest(self, points: Floats, count: int) -> tuple[Ints, Floats]:
        """As `Index.nearest`, exactly."""
        return best(points @ self.vectors.T, count)


@dataclass(frozen=True, slots=True, eq=False)
class Approximate:
    """A navigable graph of the vectors in half precision (HNSW, Malkov and Yashunin 2018, by usearch); what it finds is scored exactly."""

    vectors: Floats
    graph: Graph

    @classmethod
    def of(cls, vectors: Floats, threads: int = 0) -> Self:
        """Build the graph, some ten CPU seconds for 100,000 vectors; with one thread the same graph each time, 0: with all cores."""
        from usearch.index import Index as Graph

        graph = Graph(ndim=vectors.shape[1], metric="ip", dtype="f16", connectivity=CONNECTIVITY, expansion_add=BREADTH, expansion_search=BREADTH)
        graph.add(np.arange(len(vectors)), vectors, threads=threads)
        return cls(vectors, graph)

    def nearest(self, points: Floats, count: int) -> tuple[Ints, Floats]:
        """As `Index.nearest`, less what the graph does not find."""
        count = min(count, len(self.vectors))
        found = self.graph.search(points, count, threads=1)
        numbers = np.sort(np.asarray(found.keys).reshape(len(points), -1).astype(np.int64), axis=1)
        scores = np.einsum("pnd,pd->pn", self.vectors[numbers], points)
        places, ordered = best(scores, count)
        return np.take_along_axis(numbers, places, axis=1), ordered


def index(vectors: Floats, exact_up_to: int = EXACT_UP_TO) -> Index:
    """An exact index of few vectors, a graph of many."""
    return Exact(vectors) if len(vectors) <= exact_up_to else Approximate.of(vectors)


def recall(asked: Index, vectors: Floats, points: Floats, count: int) -> float:
    """The share of the truly nearest that an index finds."""
    found, right = (each.nearest(points, count)[0] for each in (asked, Exact(vectors)))
    hits = sum(len(np.intersect1d(some, others)) for some, others in zip(found, right, strict=True))
    return hits / right.size if right.size else 1.0


def best(scores: Floats, count: int) -> tuple[Ints, Floats]:
    """The places of the largest scores of each row, the largest first, of equal ones the first; and these scores.

    Args:
        scores: Shape (rows, columns).
        count: How many; all columns where there are fewer.
    """
    count = min(count, scores.shape[1])
    if count == 0:
        return np.zeros((len(scores), 0), np.int64), scores[:, :0]
    bound = np.partition(scores, scores.shape[1] - count, axis=1)[:, [-count]]
    places = (
        np.stack([_first(row >= least, row > least, count) for row, least in zip(scores, bound, strict=True)])
        if len(scores)
        else np.zeros((0, count), np.int64)
    )
    kept = np.take_along_axis(scores, places, axis=1)
    order = np.argsort(-kept, axis=1, kind="stable")
    return np.take_along_axis(places, order, axis=1), np.take_along_axis(kept, order, axis=1)


def _first(reaching: np.ndarray, above: np.ndarray, count: int) -> Ints:
    """The places above a bound, and the first of those that just reach it, in order."""
    places = np.flatnonzero(reaching)
    ties = ~above[places]
    return places[~ties | (np.cumsum(ties) <= count - np.count_nonzero(~ties))]
