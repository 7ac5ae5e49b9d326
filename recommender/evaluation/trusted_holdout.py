"""The trusted hold-out: one window of accepted events that judges every challenger, and that none of them learns from.

A log's own newest events are dirty where the log is: measured on them, a model that learned from a click farm looks better than it is. So
the window is cut once, from open runs at a pinned snapshot, stands on the card of every model that it judged, and is replaced when it has
grown old.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

import polars as pl

from recommender.data.interactions import load_interactions
from recommender.evaluation.holdout import Holdout, split_holdout
from sluice.config import Recommender
from sluice.errors import ModelError
from sluice.ports import Snapshot


@dataclass(frozen=True, slots=True)
class TrustedHoldout:
    """Which events: those between two moments, of some runs, as they were published at a snapshot.

    Attributes:
        cut: Of the first event that may be in it.
        until: Of the last.
        runs: The runs that were open when it was cut.
        basis: The snapshot.
    """

    cut: datetime
    until: datetime
    runs: tuple[str, ...]
    basis: str

    @classmethod
    def of(cls, card: Mapping[str, Any]) -> Self | None:
        """The one that a model's card names; None where it names none."""
        told = card.get("trusted")
        if not isinstance(told, Mapping):
            return None
        return cls(datetime.fromisoformat(told["from"]), datetime.fromisoformat(told["until"]), tuple(told["runs"]), str(told["basis"]))

    def card(self) -> dict[str, object]:
        """As a card holds it."""
        return {"from": self.cut.isoformat(), "until": self.until.isoformat(), "runs": list(self.runs), "basis": self.basis}

    def holds(self, time: pl.Expr) -> pl.Expr:
        """True for the events that nobody may learn from."""
        return time.is_between(self.cut, self.until)

    def held(self, snapshot: Snapshot, config: Recommender) -> Holdout:
        """The hold-out itself.

        Args:
            snapshot: The snapshot of that name.
            config: Names the dataset and its columns.
        """
        events = load_interactions(snapshot, config, self.runs)
        return split_holdout(events.filter(pl.col("time") <= self.until), self.cut)


def renew_trusted_holdout(before: TrustedHoldout | None, cut: datetime, snapshot: Snapshot, runs: Sequence[str], config: Recommender) -> TrustedHoldout:
    """The trusted hold-out that judges from now on: the one there is, or where it has grown old the challenger's own.

    Args:
        before: The champion's.
        cut: Where the challenger's own hold-out begins.
        snapshot: What the challenger learned from.
        runs: The open runs.
        config: How long a hold-out is, and how old it may grow.
    """
    if before is not None and cut - before.cut < config.promotion.holdout_lifetime:
        return before
    return TrustedHoldout(cut, cut + config.holdout, tuple(runs), snapshot.id)


def load_trusted_holdout(card: Mapping[str, Any], at: Callable[[str], Snapshot], config: Recommender) -> Holdout | None:
    """The trusted hold-out that a model's card names.

    Args:
        card: The model's.
        at: Gives the snapshot of a name.
        config: Names the dataset and its columns.

    Returns:
        None where the card names none, or where it cannot be read any more or asks nobody.
    """
    named = TrustedHoldout.of(card)
    try:
        held = named.held(at(named.basis), config) if named else None
    except ModelError:
        return None
    return held if held is not None and held.targets.height else None


def load_training_holdout(card: Mapping[str, Any], snapshot: Snapshot, config: Recommender) -> Holdout:
    """The hold-out that a model was measured on when it was trained.

    Args:
        card: The model's.
        snapshot: What it learned from.
        config: Names the dataset and its columns.

    Raises:
        ModelError: The card does not define it.
    """
    try:
        runs, cut = tuple(card["read"]), datetime.fromisoformat(card["holdout"]["from"])
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError("the challenger's card does not define its hold-out") from error
    return split_holdout(load_interactions(snapshot, config, runs), cut)
