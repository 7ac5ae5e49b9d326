"""Decide which cleaners people had to undo too often."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import sqrt

LEAST = 20
"""Repairs of a cleaner in a column below which nothing is said of it."""

_Z = 1.645  # of the standard normal distribution: 95 % lie below


@dataclass(frozen=True, slots=True)
class UndoneCount:
    """Count the repairs of a cleaner in a column, and those that people undid.

    Attributes:
        cleaner: Name of the cleaner.
        column: Name of the column.
        repairs: Applied repairs, those that were undone among them.
        undone: Repairs that people undid.
    """

    cleaner: str
    column: str
    repairs: int
    undone: int


def least_share(undone: int, repairs: int) -> float:
    """Return the lower bound of the share of wrong repairs, from those that were undone: of Wilson's one-sided interval of 95 %.

    Few repairs give a low bound, so that one undone repair of three says little.

    Args:
        undone: Repairs that were undone.
        repairs: All repairs.

    Example:
        >>> round(least_share(1, 3), 3), round(least_share(30, 300), 3)
        (0.078, 0.075)
    """
    if not repairs:
        return 0.0
    share, z = undone / repairs, _Z**2 / repairs
    margin = _Z * sqrt(share * (1 - share) / repairs + z / (4 * repairs))
    return max((share + z / 2 - margin) / (1 + z), 0.0)


def undone_too_often(counts: Iterable[UndoneCount], limit: float) -> Iterator[UndoneCount]:
    """Yield the cleaners of whose repairs people undid a larger share than a limit, beyond what chance explains.

    Args:
        counts: By cleaner and column.
        limit: Greatest share that is left without a word (0 to 1).

    Example:
        >>> [count.cleaner for count in undone_too_often([UndoneCount("lookup", "brand", 400, 40), UndoneCount("parse", "price", 400, 4)], 0.05)]
        ['lookup']
    """
    yield from (count for count in counts if count.repairs >= LEAST and least_share(count.undone, count.repairs) > limit)
