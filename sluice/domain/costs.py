"""Hold what data errors cost, measured on a shop's own data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Probe:
    """Hold the result of faults injected into accepted batches: what the gate decides, and what learning from them costs.

    Attributes:
        kind: Kind of the fault.
        rate: Share of the eligible rows that have it; 0: none.
        score: Worst dimension of what would have been published, the mean over the batches.
        open: Whether the gate would have let all batches through.
        cost: Share of Recall@20 that was lost, where the proxy learned from what would have been published.
        low: Lower end of its 95 % interval.
        high: Upper end.
        raw: Share that was lost where the proxy learned from the faulty rows as they arrived.
    """

    kind: str
    rate: float
    score: float
    open: bool
    cost: float
    low: float
    high: float
    raw: float


@dataclass(frozen=True, slots=True)
class Cost:
    """Hold a lost share of Recall@20 with the ends of its 95 % interval."""

    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Curve:
    """Map a score to a cost: the lower the score, the higher the cost.

    Attributes:
        dataset: Name of the dataset whose batches it is about.
        scores: Measured scores, ascending.
        costs: Cost at each of them; never ascending, and not below zero.
    """

    dataset: str
    scores: tuple[float, ...]
    costs: tuple[Cost, ...]

    @classmethod
    def of(cls, card: Mapping[str, Any]) -> Self | None:
        """Return the curve on the card of a stored cost curve; None where it has none."""
        curve = card.get("curve")
        if not isinstance(curve, Mapping):
            return None
        return cls(str(curve["dataset"]), tuple(curve["scores"]), tuple(Cost(**cost) for cost in curve["costs"]))


@dataclass(frozen=True, slots=True)
class Proposal:
    """Propose a limit that keeps the cost of a batch within bounds.

    Attributes:
        max_recall_loss: Share of Recall@20 that a batch may cost.
        minimum: Lowest score that the worst dimension may have; None where no limit keeps the cost within that.
        required_minimum: The same, were the limit free to hold batches like the accepted ones; None where even the best score costs more.
        cost: Cost of a batch with that score.
        undetected: Kinds of faults that cost more than that and that the gate would let through with this limit, each with its rate.
    """

    max_recall_loss: float
    minimum: float | None
    required_minimum: float | None
    cost: Cost | None
    undetected: tuple[tuple[str, float], ...]
