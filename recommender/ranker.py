"""What every model of the recommender can do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from recommender.sequences import Floats, Sequences

Arrays = Mapping[str, NDArray[Any]]


class Ranker(Protocol):
    """Scores all items for users by their histories. The same histories give the same scores."""

    def score(self, histories: Sequences) -> Floats:
        """One score a user and item, the higher the better; shape (users, items)."""
        ...

    def arrays(self) -> Arrays:
        """All that it learned, by name."""
        ...


def prefixed(name: str, arrays: Arrays) -> Arrays:
    """Arrays of a part of something larger: each name behind the part's."""
    return {f"{name}/{each}": array for each, array in arrays.items()}


def nested(name: str, arrays: Arrays) -> Arrays:
    """The arrays of one part, under their own names; none where there is no such part."""
    return {each.removeprefix(f"{name}/"): array for each, array in arrays.items() if each.startswith(f"{name}/")}


def recency(histories: Sequences, items: int, decay: float) -> sp.csr_matrix:
    """Histories as rows of a matrix, an interaction the lighter the more follow it; shape (users, items)."""
    return sp.csr_matrix((lightened(histories, decay), (histories.users, histories.items)), shape=(len(histories), items))


def lightened(histories: Sequences, decay: float) -> Floats:
    """What each interaction counts, the lighter the more follow it, shape (n,).

    Those of unknown order share alike what their places would weigh.
    """
    light, unknown = decay ** histories.from_end.astype(np.float64), ~histories.ordered
    if unknown.any():
        users = histories.users[unknown]
        total = np.bincount(users, weights=light[unknown], minlength=len(histories))
        light[unknown] = (total / np.maximum(np.bincount(users, minlength=len(histories)), 1))[users]
    weights: Floats = (histories.weights * light).astype(np.float32)
    return weights
