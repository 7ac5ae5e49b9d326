"""Settings of `recommender.exposures` in sluice.yaml: what is logged of each answer, and what counts as a click."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from pydantic import Field

from sluice.config.duration import Duration
from sluice.config.model import Model


class Exposures(Model):
    """Log each answer: time, user, item, position, place, model and list; clicks are joined to it for the click-through rate of each model."""

    users: Literal["plain", "pseudonym", "none"] | None = Field(
        None,
        description="how users are stored: as they are, as a pseudonym under the key in SLUICE_FORGET_KEY, or not at all; "
        "unless set, as a pseudonym where their column is personal, otherwise as they are",
    )
    clicks: tuple[str, ...] = Field(
        (), description="kinds of events that count as a click on what was shown; unless set, `click` of the funnel, otherwise every kind that has a weight"
    )
    window: Duration = Field(timedelta(days=1), description="how long after it was shown a click on an item counts")
    report: Duration = Field(timedelta(days=28), description="how far back click-through rates look")
