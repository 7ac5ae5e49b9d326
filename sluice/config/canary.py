"""Settings of `recommender.canary` in sluice.yaml: who gets a candidate before it becomes champion, and what decides."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from sluice.config.duration import Duration
from sluice.config.model import Model
from sluice.domain.canary import CanaryPolicy


class Canary(Model):
    """Show a challenger that passed its checks to some users first; what they click on decides whether it becomes champion."""

    share: float = Field(0.1, gt=0, le=0.5, description="share of users who get it, chosen by a hash of their ids")
    shadow: Duration = Field(timedelta(0), description="for so long its lists are computed and logged for these users at first, and not shown")
    longest: Duration = Field(timedelta(days=14), description="after so long without a decision it is rejected")
    min_users: int = Field(200, ge=2, description="users that it and the champion each need before anything is decided")
    tolerance: float = Field(0.02, ge=0, le=1, description="how much of the click-through rate the interval of the difference may reach below the champion")
    max_loss: float = Field(0.2, gt=0, le=1, description="share of the click-through rate whose loss rejects it at once")

    def policy(self) -> CanaryPolicy:
        """Return the settings as a value of the domain."""
        return CanaryPolicy(self.share, self.shadow, self.longest, self.min_users, self.tolerance, self.max_loss)
