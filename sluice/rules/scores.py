"""How a batch scores."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sluice.domain import WEIGHTS, Score, Severity, Status, Verdict


@dataclass(frozen=True, slots=True)
class Count:
    """What of a verdict reaches the score; these five are stored, so that every score can be computed again."""

    dimension: str
    severity: Severity
    status: Status
    rows: int
    failed: int


def count(verdict: Verdict) -> Count:
    """The part of a verdict that reaches the score."""
    return Count(verdict.dimension, verdict.severity, verdict.status, verdict.rows, verdict.failed)


def score(counts: Iterable[Count], weights: Mapping[str, float] | None = None) -> Score:
    """Score a batch from its counts.

    A rule about rows scores its share of passing rows, one about a table 1 or 0. A dimension is the mean of its rules,
    weighted by severity; the score is 100 times the mean of the dimensions, weighted by `weights` (1 unless named).
    None where nothing with a weight was evaluated, or a critical rule could not be.
    """
    counts = list(counts)
    if any(each.status == "not_evaluated" and each.severity == "critical" for each in counts):
        return Score(None)
    told = [each for each in counts if each.status in ("passed", "failed") and WEIGHTS[each.severity] > 0]
    dimensions = {
        name: 100 * _mean([(_share(each), WEIGHTS[each.severity]) for each in told if each.dimension == name])
        for name in sorted({each.dimension for each in told})
    }
    weighted = [(value, (weights or {}).get(name, 1.0)) for name, value in dimensions.items()]
    if sum(weight for _, weight in weighted) <= 0:
        return Score(None)
    return Score(_mean(weighted), dimensions)


def _share(each: Count) -> float:
    if each.rows:
        return 1 - each.failed / each.rows
    return float(each.status == "passed")


def _mean(weighted: Sequence[tuple[float, float]]) -> float:
    return sum(value * weight for value, weight in weighted) / sum(weight for _, weight in weighted)
