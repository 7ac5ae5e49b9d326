"""expect_column_values_to_match_reference: what two datasets say of the same thing agrees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import polars as pl

from checks.expectations.base import Found, Unjudged, history
from checks.expectations.compare import against
from sluice.domain import Batch, Dimension, OnFail, Schema, Severity
from sluice.ports import Snapshot


@dataclass(frozen=True)
class MatchReference:
    """A cell equals another dataset's cell for the same key; a row without a partner, or with a null, is not judged.

    Attributes:
        schema: The dataset's own.
        column: The column to compare.
        dataset: The dataset to compare with, as published.
        key: The column that both have, and that names the thing.
        reference_column: The other dataset's column; of the same name unless given.
        tolerance: For numbers: how far apart they may be, as a share of the reference.
    """

    dimension: ClassVar[Dimension] = "consistency"
    severity: ClassVar[Severity] = "critical"
    on_fail: ClassVar[OnFail] = "repair"
    whole: ClassVar[bool] = False

    schema: Schema
    column: str
    dataset: str
    key: str
    reference_column: str = ""
    tolerance: float = 0.0

    @property
    def columns(self) -> tuple[str, ...]:
        """The column to compare."""
        return (self.column,)

    @property
    def message(self) -> str:
        """What is expected, in words."""
        within = f" within {self.tolerance:.0%}" if self.tolerance else ""
        return f"{self.column} equals {self.dataset}.{self.reference_column or self.column} of the same {self.key}{within}"

    def find(self, batch: Batch, snapshot: Snapshot) -> Found:
        """The evidence holds the reference's value. Not evaluated while nothing of the other dataset is published."""
        reference = self.reference_column or self.column
        known = history(snapshot.published(self.dataset), self.key, reference)
        if known is None:
            return Unjudged("not_evaluated", f"nothing of {self.dataset} with the columns {self.key} and {reference} is published yet")
        partners = known.drop_nulls().group_by(self.key).agg(pl.col(reference).last().alias("_expected")).collect()
        return against(batch.rows, partners, self.column, self.key, self.tolerance, f"differs from {self.dataset}.{reference}")
