"""expect_column_values_to_be_close_to_history: catches a change of unit, a shifted decimal point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import polars as pl

from checks.expectations.base import Found, Unjudged, history
from checks.expectations.compare import against
from sluice.domain import Batch, Dimension, OnFail, Schema, Severity
from sluice.ports import Snapshot


@dataclass(frozen=True)
class CloseToHistory:
    """A number is near what was published for the same key before (the median, where it was published more than once).

    Some change is the rule, so it is usually written with `mostly`. Rows with a new key are not judged.

    Attributes:
        schema: The dataset's.
        column: A number.
        key: The column that names the thing.
        tolerance: How far away it may be, as a share of the past value.
    """

    dimension: ClassVar[Dimension] = "accuracy"
    severity: ClassVar[Severity] = "warning"
    on_fail: ClassVar[OnFail] = "flag"
    whole: ClassVar[bool] = False

    schema: Schema
    column: str
    key: str
    tolerance: float = 0.5

    @property
    def columns(self) -> tuple[str, ...]:
        """The number."""
        return (self.column,)

    @property
    def message(self) -> str:
        """What is expected, in words."""
        return f"{self.column} is within {self.tolerance:.0%} of what it was for the same {self.key}"

    def find(self, batch: Batch, snapshot: Snapshot) -> Found:
        """The evidence holds the past value. Skipped until a first batch is published."""
        known = history(snapshot.published(self.schema.dataset), self.key, self.column)
        if known is None:
            return Unjudged("skipped", "waits for a first published batch")
        partners = known.drop_nulls().group_by(self.key).agg(pl.col(self.column).median().alias("_expected")).collect()
        return against(batch.rows, partners, self.column, self.key, self.tolerance, "is far from what it was before")
