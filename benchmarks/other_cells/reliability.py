"""Compare the probabilities of repairs with how often these are right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

BINS = 10


class Bin(NamedTuple):
    """Describe the repairs of similar probability: their number, their mean probability and the share that is right."""

    repairs: int
    probability: float
    right: float


def reliability(repairs: Iterable[tuple[float, bool]]) -> Sequence[Bin]:
    """Return the bins of a reliability diagram that hold repairs, the least probable first.

    Args:
        repairs: Probability of each repair, and whether it is right.
    """
    groups: dict[int, list[tuple[float, bool]]] = {}
    for probability, is_right in repairs:
        groups.setdefault(min(BINS - 1, int(probability * BINS)), []).append((probability, is_right))
    return [Bin(len(group), _mean(first for first, _ in group), _mean(second for _, second in group)) for _, group in sorted(groups.items())]


def calibration_error(bins: Sequence[Bin]) -> float:
    """Return the expected calibration error: the mean difference of probability and share, weighted by repairs (0 to 1).

    Example:
        >>> calibration_error(reliability([(0.75, True), (0.75, False)]))
        0.25
    """
    total = sum(group.repairs for group in bins)
    return sum(group.repairs * abs(group.probability - group.right) for group in bins) / total if total else 0.0


def _mean(values: Iterable[float]) -> float:
    listed = list(values)
    return sum(listed) / len(listed)
