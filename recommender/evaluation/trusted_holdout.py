"""Define the trusted hold-out: one window of accepted events that every challenger is evaluated on, and that none learns from.

The newest events of a log are dirty where the log is: measured on them, a model that learned from a click farm looks better than it is. So
the window is cut once, from open runs at a pinned snapshot, is stored on the card of every model evaluated on it, and is replaced when it
has expired.
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
from sluice.errors import ModelError, VersionEnded
from sluice.messages import make_error
from sluice.ports import Snapshot


@dataclass(frozen=True, slots=True)
class TrustedHoldout:
    """Identify events between two moments, of some runs, as published at a snapshot.

    Attributes:
        cutoff: Time of the first event that may be part of it.
        until: Time of the last.
        runs: Runs that were open when it was cut.
        snapshot_id: Id of the snapshot.
    """

    cutoff: datetime
    until: datetime
    runs: tuple[str, ...]
    snapshot_id: str

    @classmethod
    def from_card(cls, card: Mapping[str, Any]) -> Self | None:
        """Return the one that a model's card names; None where it names none."""
        entry = card.get("trusted")
        if not isinstance(entry, Mapping):
            return None
        return cls(datetime.fromisoformat(entry["from"]), datetime.fromisoformat(entry["until"]), tuple(entry["runs"]), str(entry["basis"]))

    def to_card(self) -> dict[str, object]:
        """Return its entry on a card."""
        return {"from": self.cutoff.isoformat(), "until": self.until.isoformat(), "runs": list(self.runs), "basis": self.snapshot_id}

    def contains(self, time: pl.Expr) -> pl.Expr:
        """Return an expression that is true for the events that must not be learned from."""
        return time.is_between(self.cutoff, self.until)

    def load(self, snapshot: Snapshot, config: Recommender) -> Holdout:
        """Load the hold-out.

        Args:
            snapshot: Snapshot of `snapshot_id`.
            config: Names of the dataset and its columns.
        """
        events = load_interactions(snapshot, config, self.runs, side=True)
        return split_holdout(events.filter(pl.col("time") <= self.until), self.cutoff)


def renew_trusted_holdout(current: TrustedHoldout | None, cutoff: datetime, snapshot: Snapshot, runs: Sequence[str], config: Recommender) -> TrustedHoldout:
    """Return the current trusted hold-out, or the challenger's own where there is none or it has expired.

    Args:
        current: The champion's.
        cutoff: Start of the challenger's own hold-out.
        snapshot: Snapshot that the challenger learned from.
        runs: The open runs.
        config: Length and lifetime of a hold-out.
    """
    if current is not None and cutoff - current.cutoff < config.promotion.holdout_lifetime:
        return current
    return TrustedHoldout(cutoff, cutoff + config.holdout, tuple(runs), snapshot.id)


def load_trusted_holdout(card: Mapping[str, Any], snapshot_of: Callable[[str], Snapshot], config: Recommender) -> Holdout | None:
    """Load the trusted hold-out that a model's card names.

    Args:
        card: Card of the model.
        snapshot_of: Returns the snapshot of an id.
        config: Names of the dataset and its columns.

    Returns:
        None where the card names none, or where it cannot be read any more or has no targets.
    """
    trusted = TrustedHoldout.from_card(card)
    try:
        holdout = trusted.load(snapshot_of(trusted.snapshot_id), config) if trusted else None
    except (ModelError, VersionEnded):
        return None
    return holdout if holdout is not None and holdout.targets.height else None


def load_training_holdout(card: Mapping[str, Any], snapshot: Snapshot, config: Recommender) -> Holdout:
    """Load the hold-out that a model was evaluated on when it was trained.

    Args:
        card: Card of the model.
        snapshot: Snapshot that it learned from.
        config: Names of the dataset and its columns.

    Raises:
        ModelError: The card does not define it.
    """
    try:
        runs, cutoff = tuple(card["read"]), datetime.fromisoformat(card["holdout"]["from"])
    except (KeyError, TypeError, ValueError) as error:
        raise make_error(ModelError, "card_without_holdout") from error
    return split_holdout(load_interactions(snapshot, config, runs, side=True), cutoff)
