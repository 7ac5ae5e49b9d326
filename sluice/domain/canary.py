"""Represent a candidate of the recommender that some users get, and what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, TypeAlias

from sluice.domain.message import Message

Verdict: TypeAlias = Literal["promote", "reject", "wait"]


@dataclass(frozen=True, slots=True)
class CanaryPolicy:
    """Say who gets a candidate, for how long, and what decides.

    Attributes:
        share: Share of users.
        shadow: How long the candidate's lists are computed and logged for them, and not shown.
        longest: After so long without a decision the candidate is rejected.
        min_users: Users that each version needs before anything is decided.
        tolerance: How far below the champion the interval of the click-through rate may reach, as a share.
        max_loss: Share of the click-through rate whose loss rejects the candidate at once.
    """

    share: float = 0.1
    shadow: timedelta = timedelta(0)
    longest: timedelta = timedelta(days=14)
    min_users: int = 200
    tolerance: float = 0.02
    max_loss: float = 0.2


@dataclass(frozen=True, slots=True)
class Evidence:
    """Hold what the users of both versions clicked on.

    Attributes:
        champion_users: Number of users of the champion.
        users: Number of users of the candidate.
        champion_rate: Click-through rate of the champion.
        rate: That of the candidate.
        error: Standard error of the relative change; None where the champion has no click.
    """

    champion_users: int
    users: int
    champion_rate: float
    rate: float
    error: float | None

    @property
    def change(self) -> float | None:
        """Return the relative change of the click-through rate."""
        return None if self.error is None else self.rate / self.champion_rate - 1


@dataclass(frozen=True, slots=True)
class CanaryDecision:
    """Say what becomes of a candidate, and why."""

    verdict: Verdict
    reason: Message
