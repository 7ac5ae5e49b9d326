"""Compute what a score costs, and which limit keeps that within bounds."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence

from sluice.domain import Cost, Curve, Probe, Proposal, Run

_MAX_SCORE = 100  # a limit is proposed in whole points
_ACCEPTED_PER_HELD = 20  # of so many accepted batches one may be held


def cost(curve: Curve, score: float | None) -> Cost | None:
    """Return what a batch costs by its worst dimension; interpolated linearly between two measured scores.

    Args:
        curve: Cost curve of the dataset.
        score: Worst dimension of a published score. None where nothing was scored: it has no cost, nor has a score below every measured one.

    Example:
        >>> curve = Curve("events", (50.0, 100.0), (Cost(0.2, 0.1, 0.3), Cost(0.0, 0.0, 0.0)))
        >>> cost(curve, 75.0).share
        0.1
    """
    if score is None or not curve.scores or score < curve.scores[0]:
        return None
    place = bisect_left(curve.scores, score)
    if place in (0, len(curve.scores)):
        return curve.costs[max(place - 1, 0)]
    left, right = curve.scores[place - 1 : place + 1]
    share = (score - left) / (right - left)
    before, after = curve.costs[place - 1 : place + 1]
    return Cost(*(a + share * (b - a) for a, b in ((before.share, after.share), (before.low, after.low), (before.high, after.high))))


def cost_of(curve: Curve | None, run: Run) -> Cost | None:
    """Return what a run's batch costs; None where that is not known, or where the run published no batch."""
    if curve is None or run.dataset != curve.dataset or run.kind != "ingest" or run.state != "published":
        return None
    return cost(curve, run.published.worst)


def propose(curve: Curve, probes: Sequence[Probe], accepted_scores: Sequence[float], max_recall_loss: float) -> Proposal:
    """Propose the lowest limit on the worst dimension at which no batch that keeps it is expected to cost more than a share of Recall@20.

    No limit is proposed that would hold more than one in twenty of the accepted batches, whose scores differ by chance, nor one below the
    lowest measured score.

    Args:
        curve: Cost curve of the dataset.
        probes: Probes that it was drawn from.
        accepted_scores: Worst dimension of each accepted batch.
        max_recall_loss: Share of Recall@20 that a batch may cost.
    """
    lowest = math.ceil(min(curve.scores, default=0))
    required = next((float(minimum) for minimum in range(lowest, _MAX_SCORE + 1) if _costs_at_most(curve, minimum, max_recall_loss)), None)
    accepted = math.floor(sorted(accepted_scores)[len(accepted_scores) // _ACCEPTED_PER_HELD]) if accepted_scores else _MAX_SCORE
    minimum = None if required is None or accepted < lowest else min(required, float(accepted))
    limit = accepted if minimum is None else minimum
    undetected = tuple((probe.kind, probe.rate) for probe in probes if probe.low > max_recall_loss and probe.score >= limit and probe.open)
    return Proposal(max_recall_loss, minimum, required, cost(curve, minimum), undetected)


def _costs_at_most(curve: Curve, minimum: int, max_recall_loss: float) -> bool:
    expected = cost(curve, minimum)
    return expected is not None and expected.share <= max_recall_loss
