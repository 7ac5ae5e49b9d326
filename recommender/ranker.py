"""What every model of the recommender can do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from numpy.typing import NDArray

from recommender.data.sequences import Floats, Sequences

Arrays = Mapping[str, NDArray[Any]]


class Ranker(Protocol):
    """Scores all items for users by their histories. The same histories give the same scores."""

    def score(self, histories: Sequences) -> Floats:
        """One score a user and item, the higher the better; shape (users, items)."""
        ...

    def to_arrays(self) -> Arrays:
        """All that it learned, by name."""
        ...


def add_prefix(name: str, arrays: Arrays) -> Arrays:
    """Arrays of a part of something larger: each name behind the part's."""
    return {f"{name}/{each}": array for each, array in arrays.items()}


def strip_prefix(name: str, arrays: Arrays) -> Arrays:
    """The arrays of one part, under their own names; none where there is no such part."""
    return {each.removeprefix(f"{name}/"): array for each, array in arrays.items() if each.startswith(f"{name}/")}
