"""Define what every model of the recommender can do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from numpy.typing import NDArray

from recommender.data.sequences import Floats, Sequences

Arrays = Mapping[str, NDArray[Any]]


class Scorer(Protocol):
    """Score all items for users by their histories. Equal histories get equal scores."""

    def score(self, histories: Sequences) -> Floats:
        """Return one score per user and item, the higher the better; shape (users, items)."""
        ...


class Ranker(Scorer, Protocol):
    """Score items, and hand out all learned parameters."""

    def to_arrays(self) -> Arrays:
        """Return all learned parameters by name."""
        ...


def add_prefix(name: str, arrays: Arrays) -> Arrays:
    """Return the arrays of a part of something larger, each name prefixed with the part's.

    Example:
        >>> import numpy as np
        >>> list(add_prefix("ranker", {"weights": np.zeros(2)}))
        ['ranker/weights']
    """
    return {f"{name}/{key}": array for key, array in arrays.items()}


def strip_prefix(name: str, arrays: Arrays) -> Arrays:
    """Return the arrays of one part under their own names; none where there is no such part."""
    return {key.removeprefix(f"{name}/"): array for key, array in arrays.items() if key.startswith(f"{name}/")}
