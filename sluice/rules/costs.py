"""What a score costs, and which limit keeps that within bounds."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence

from sluice.domain import Cost, Curve, Probe, Proposal, Run

_GRID = 100  # a limit is proposed in whole points
_HELD = 20  # of so many accepted batches one may be held


def cost(curve: Curve, score: float | None) -> Cost | None:
    """What a batch with that worst dimension would cost, were all batches like it; between two measured scores on the line between them.

    Args:
        curve: Of `sluice.jobs.calibrate`.
        score: The worst dimension of a published score; None, as where nothing was scored, has no cost; nor has one below every
            measured score, of which nothing is known.
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
    """What a run's batch would cost; None where that is not known, or where it is no batch that was published."""
    if curve is None or run.dataset != curve.dataset or run.kind != "ingest" or run.state != "published":
        return None
    return cost(curve, run.published.worst)


def propose(curve: Curve, probes: Sequence[Probe], usual: Sequence[float], bear: float) -> Proposal:
    """The lowest limit on the worst dimension at which no batch that keeps it is expected to cost more than a team will bear.

    No limit is proposed that would hold more than one in twenty of the batches that were accepted: what is told of those is chance. Nor is
    one proposed below the lowest measured score.

    Args:
        curve: What a score costs.
        probes: From which it was drawn.
        usual: The worst dimension of each accepted batch.
        bear: The share of Recall@20.
    """
    lowest = math.ceil(min(curve.scores, default=0))
    kept = (float(minimum) for minimum in range(lowest, _GRID + 1) if (told := cost(curve, minimum)) is not None and told.share <= bear)
    wanted = next(kept, None)
    floor = math.floor(sorted(usual)[len(usual) // _HELD]) if usual else _GRID
    minimum = None if wanted is None or floor < lowest else min(wanted, float(floor))
    limit = floor if minimum is None else minimum
    unseen = tuple((probe.kind, probe.rate) for probe in probes if probe.low > bear and probe.score >= limit and probe.open)
    return Proposal(bear, minimum, wanted, cost(curve, minimum), unseen)
