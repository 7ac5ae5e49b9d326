"""What dirt costs: measured on a shop's own data, and told of every batch by its score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Probe:
    """Accepted batches that were dirtied on purpose: what the gate said of them, and what learning from them cost.

    Attributes:
        kind: Which kind of dirt.
        rate: How much of it, as a share of what is eligible; 0: none.
        score: The worst dimension of what would have been published, the mean over the batches.
        open: Whether the gate would have let all of them through.
        cost: The share of Recall@20 that was lost, where the proxy learned from what would have been published.
        low: The lower end of its 95 % interval.
        high: The upper end.
        raw: The share that was lost where the proxy learned from the dirt as it arrived.
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
    """A share of Recall@20 that is lost, with the ends of its 95 % interval."""

    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Curve:
    """What a score costs: the lower the score, the more.

    Attributes:
        dataset: Whose batches it is about.
        scores: Where it was measured, ascending.
        costs: The cost at each of them; never ascending, and nothing below zero.
    """

    dataset: str
    scores: tuple[float, ...]
    costs: tuple[Cost, ...]

    @classmethod
    def of(cls, card: Mapping[str, Any]) -> Self | None:
        """The one that the card of a calibration holds; None where it holds none."""
        told = card.get("curve")
        if not isinstance(told, Mapping):
            return None
        return cls(str(told["dataset"]), tuple(told["scores"]), tuple(Cost(**each) for each in told["costs"]))


@dataclass(frozen=True, slots=True)
class Proposal:
    """The limit that keeps what a batch may cost within what a team will bear.

    Attributes:
        bear: The share of Recall@20.
        minimum: The lowest score that the worst dimension may have; None where nothing keeps the cost within that.
        wanted: The same, were no batch like the accepted ones to be let through; None where even the best score costs more.
        cost: What a batch with that score would cost.
        unseen: Kinds of dirt that cost more than that, and that the gate with this limit would let through, each with its rate.
    """

    bear: float
    minimum: float | None
    wanted: float | None
    cost: Cost | None
    unseen: tuple[tuple[str, float], ...]
