"""Represent the lists of items that shoppers were shown, and how often they clicked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import polars as pl

EXPOSURES: Mapping[str, pl.DataType] = {
    "number": pl.Int64(),
    "list": pl.String(),
    "time": pl.Datetime("us", "UTC"),
    "user": pl.String(),
    "item": pl.String(),
    "model": pl.Int64(),
}
"""Columns of exposures as they are compared with clicks, in the order of logging."""


@dataclass(frozen=True, slots=True)
class ShownList:
    """Represent one answer of the recommender.

    Attributes:
        id: Names the answer.
        time: When it was given.
        user: Id of the user; None for a visitor without one.
        place: Where it was shown, as the caller says: a page, a mail, an app.
        model: Version of the model.
        items: Ids of the items, the first position first.
    """

    id: str
    time: datetime
    user: str | None
    place: str
    model: int
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClickRate:
    """Say how often shoppers clicked on what one version of the model showed.

    Attributes:
        model: The version.
        lists: Number of answers.
        users: Number of users.
        exposures: Number of items that were shown.
        clicks: Number of those that their user clicked on.
        low: Lower end of the 95 % interval of the share.
        high: Its upper end.
    """

    model: int
    lists: int
    users: int
    exposures: int
    clicks: int
    low: float
    high: float

    @property
    def rate(self) -> float:
        """Return the share of exposures with a click."""
        return self.clicks / self.exposures
