"""Score a batch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sluice.domain import WEIGHTS, Score, Severity, Status, Verdict


@dataclass(frozen=True, slots=True)
class Count:
    """Hold the part of a verdict that enters the score; these five are stored, so that every score can be computed again."""

    dimension: str
    severity: Severity
    status: Status
    rows: int
    failed: int


def count(verdict: Verdict) -> Count:
    """Return the part of a verdict that enters the score."""
    return Count(verdict.dimension, verdict.severity, verdict.status, verdict.rows, verdict.failed)


def score(counts: Iterable[Count], weights: Mapping[str, float] | None = None) -> Score:
    """Score a batch from its counts.

    A rule about rows scores its share of passing rows, one about a table 1 or 0. A dimension is the mean of its rules,
    weighted by severity; the score is 100 times the mean of the dimensions, weighted by `weights` (1 unless named).
    None where nothing with a weight was evaluated, or a critical rule could not be.

    Args:
        counts: Counts of the verdicts.
        weights: Weights of the dimensions.

    Example:
        >>> score([Count("validity", "critical", "failed", 4, 1), Count("volume", "critical", "passed", 0, 0)])
        Score(value=87.5, dimensions={'validity': 75.0, 'volume': 100.0})
    """
    counts = list(counts)
    if any(count.status == "not_evaluated" and count.severity == "critical" for count in counts):
        return Score(None)
    evaluated = [count for count in counts if count.status in ("passed", "failed") and WEIGHTS[count.severity] > 0]
    dimensions = {
        name: 100 * _mean([(_share(count), WEIGHTS[count.severity]) for count in evaluated if count.dimension == name])
        for name in sorted({count.dimension for count in evaluated})
    }
    weighted = [(value, (weights or {}).get(name, 1.0)) for name, value in dimensions.items()]
    if sum(weight for _, weight in weighted) <= 0:
        return Score(None)
    return Score(_mean(weighted), dimensions)


def _share(count: Count) -> float:
    """Return the share of passing rows."""
    if count.rows:
        return 1 - count.failed / count.rows
    return float(count.status == "passed")


def _mean(weighted: Sequence[tuple[float, float]]) -> float:
    return sum(value * weight for value, weight in weighted) / sum(weight for _, weight in weighted)
