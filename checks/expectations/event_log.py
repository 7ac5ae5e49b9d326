"""Share the settings of the expectations about a behaviour log: each user's events in order, and a proportion within limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import polars as pl

from checks.expectations.base import NotEvaluated, Result, TableResult
from sluice.domain import ROW, Batch, Dimension, Message, OnFail, Schema, Severity
from sluice.errors import InvalidValue
from sluice.messages import make_error


@dataclass(frozen=True)
class EventLog:
    """Compare a proportion of the events of a behaviour log with limits; needs no labels.

    Attributes:
        schema: Schema of the dataset.
        user: Column that identifies the user.
        item: Column that identifies the item.
        time: Column with the time of the event.
        max_value: Largest proportion that passes (0 to 1).
        min_value: Smallest proportion that passes (0 to 1).
    """

    dimension: ClassVar[Dimension] = "accuracy"
    severity: ClassVar[Severity] = "warning"
    on_fail: ClassVar[OnFail] = "flag"
    table_level: ClassVar[bool] = True
    exchanges: ClassVar[bool] = True

    schema: Schema
    user: str
    item: str
    time: str
    max_value: float
    min_value: float = 0.0

    def __post_init__(self) -> None:
        """Reject limits that are no proportions."""
        if not 0 <= self.min_value <= self.max_value <= 1:
            raise make_error(InvalidValue, "value_shares_unfit")

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns of user, item and time."""
        return (self.user, self.item, self.time)

    @property
    def together(self) -> tuple[str, ...]:
        """Return the column of the user, whose events must meet."""
        return (self.user,)

    def events(self, batch: Batch) -> pl.LazyFrame:
        """Return the events of the batch by user: of a part of it, those of some users in all parts."""
        names = [ROW, *dict.fromkeys(self.columns)]
        return batch.part.exchange(f"events by {self.user}", batch.rows.select(names), self.together).lazy()

    def transitions(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        """Return each user's events in order of time: `user`, `before` (the item before; null for the first event of a user) and `item`."""
        events = rows.select(user=self.user, item=self.item, time=self.time).drop_nulls().sort("time", maintain_order=True)
        return events.select("user", pl.col("item").shift(1).over("user").alias("before"), "item")

    def is_within(self, share: float) -> bool:
        """Return True where a share is within the limits."""
        return self.min_value <= share <= self.max_value

    def transition_result(self, batch: Batch, own_count: int, own_total: int) -> Result:
        """Compare the share of some transitions with the limits; without transitions there is nothing to judge.

        Args:
            batch: The batch, or a part of it.
            own_count: Number of these transitions among its rows.
            own_total: Number of all transitions among them.
        """
        count, total = batch.part.total(f"{type(self).__name__} of {self.item}", (own_count, own_total))
        if not total:
            return NotEvaluated("skipped", Message.of("no_rows_evaluated"))
        share = count / total
        return TableResult(self.is_within(share), Message.of("share_of_transitions", share=share, total=total))
