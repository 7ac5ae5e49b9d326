"""expect_column_values_to_exist_in_dataset: no orphans."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import polars as pl

from checks.expectations.base import Found, Rows, Unjudged, history, series
from sluice.domain import Batch, Dimension, OnFail, Schema, Severity
from sluice.ports import Snapshot


@dataclass(frozen=True)
class ExistInDataset:
    """Each value of a column is one of a column of another dataset, as published (of a snapshot dataset: the newest accepted).

    Attributes:
        schema: The dataset's own.
        column: The column that refers.
        dataset: The dataset referred to.
        reference_column: Its column; of the same name unless given.
    """

    dimension: ClassVar[Dimension] = "consistency"
    severity: ClassVar[Severity] = "critical"
    on_fail: ClassVar[OnFail] = "quarantine"
    whole: ClassVar[bool] = False

    schema: Schema
    column: str
    dataset: str
    reference_column: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """The column that refers."""
        return (self.column,)

    @property
    def message(self) -> str:
        """What is expected, in words."""
        return f"{self.column} is one of {self.dataset}.{self.reference_column or self.column}"

    def find(self, batch: Batch, snapshot: Snapshot) -> Found:
        """Not evaluated while nothing of the other dataset is published."""
        reference = self.reference_column or self.column
        known = history(snapshot.published(self.dataset), reference)
        if known is None:
            return Unjudged("not_evaluated", f"nothing of {self.dataset} with the column {reference} is published yet")
        values = known.collect().to_series().drop_nulls().unique()
        cell = pl.col(self.column)
        return Rows(series(batch.rows, ~cell.is_in(values.implode())), series(batch.rows, cell.is_not_null()))
