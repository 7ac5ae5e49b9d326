"""What the three signals of a behaviour log share: each user's events in order, and a share within limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import polars as pl

from checks.expectations.base import Table
from sluice.domain import Dimension, OnFail, Schema, Severity


@dataclass(frozen=True)
class EventLog:
    """A share of a behaviour log's events that follows the true loss of a recommender trained on it; needs no labels.

    Attributes:
        schema: The dataset's.
        user: The column that names the user.
        item: The column that names the item.
        time: The column that says when.
        max_value: The largest share that is expected.
        min_value: The smallest.
    """

    dimension: ClassVar[Dimension] = "accuracy"
    severity: ClassVar[Severity] = "warning"
    on_fail: ClassVar[OnFail] = "flag"
    whole: ClassVar[bool] = True

    schema: Schema
    user: str
    item: str
    time: str
    max_value: float
    min_value: float = 0.0

    def __post_init__(self) -> None:
        """Shares lie between 0 and 1."""
        if not 0 <= self.min_value <= self.max_value <= 1:
            raise ValueError("min_value and max_value are shares: 0 <= min_value <= max_value <= 1")

    @property
    def columns(self) -> tuple[str, ...]:
        """User, item and time."""
        return (self.user, self.item, self.time)

    @property
    def limits(self) -> str:
        """The limits, in words."""
        return f"{self.min_value:.1%} to {self.max_value:.1%}"

    def steps(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        """Each user's events in order of time: `user`, `before` (the item before; null for a user's first) and `item`."""
        events = rows.select(user=self.user, item=self.item, time=self.time).drop_nulls().sort("time", maintain_order=True)
        return events.select("user", pl.col("item").shift(1).over("user").alias("before"), "item")

    def table(self, part: int, whole: int, what: str) -> Table:
        """Is the share within the limits; a log without any has a share of 0."""
        share = part / whole if whole else 0.0
        return Table(self.min_value <= share <= self.max_value, f"{share:.2%} of {whole:,} {what}")
