"""Implement expect_column_values_to_exist_in_dataset: referential integrity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import polars as pl

from checks.expectations.base import NotEvaluated, Result, RowResult, boolean_series, newer_reference, select_published
from sluice.domain import Batch, Dimension, Message, OnFail, Schema, Severity
from sluice.ports import Snapshot


@dataclass(frozen=True)
class ExistInDataset:
    """Require that each value of a column exists in a published column of another dataset (of a snapshot dataset: its newest batch).

    Attributes:
        schema: Schema of the dataset.
        column: Foreign key column.
        dataset: Dataset that the column refers to.
        reference_column: Column of that dataset; the same name as `column` by default.

    Example:
        >>> import polars as pl
        >>> from sluice.domain import Column, Schema
        >>> from sluice.testing import MemorySnapshot, make_batch
        >>> schema = Schema("events", columns=(Column("item"),))
        >>> snapshot = MemorySnapshot({"catalog": pl.DataFrame({"item": ["a", "b"]})})
        >>> batch = make_batch(schema, {"item": ["a", "x", None]})
        >>> ExistInDataset(schema, "item", "catalog").evaluate(batch, snapshot).failing.to_list()
        [False, True, False]
    """

    dimension: ClassVar[Dimension] = "consistency"
    severity: ClassVar[Severity] = "critical"
    on_fail: ClassVar[OnFail] = "quarantine"
    table_level: ClassVar[bool] = False
    in_parts: ClassVar[bool] = True

    schema: Schema
    column: str
    dataset: str
    reference_column: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the foreign key column."""
        return (self.column,)

    @property
    def message(self) -> Message:
        """Return what is wrong with a failing row."""
        return Message.of("value_not_in_dataset", column=self.column, dataset=self.dataset, reference=self.reference_column or self.column)

    def evaluate(self, batch: Batch, snapshot: Snapshot) -> Result:
        """Look the values up; not evaluated while nothing of the other dataset is published. Rows older than the oldest batch of it are judged by it."""
        reference = self.reference_column or self.column
        published = select_published(snapshot.published(self.dataset), reference)
        if published is None:
            return NotEvaluated("not_evaluated", Message.of("reference_not_published", dataset=self.dataset, columns=(reference,)))
        values = published.collect().to_series().drop_nulls().unique()
        if values.is_empty():  # with nothing to compare, every value would be wrong
            return NotEvaluated("not_evaluated", Message.of("reference_not_published", dataset=self.dataset, columns=(reference,)))
        cell = pl.col(self.column)
        failing, evaluated = boolean_series(batch.rows, ~cell.is_in(values.implode())), boolean_series(batch.rows, cell.is_not_null())
        return RowResult(failing, evaluated, note=newer_reference(batch, self.dataset, snapshot))

    def evaluate_again(self, batch: Batch, snapshot: Snapshot, failing: pl.Series, evidence: pl.DataFrame | None) -> Result:
        """Return the earlier result for the rows that are left, without reading the other dataset."""
        return RowResult(failing, boolean_series(batch.rows, pl.col(self.column).is_not_null()), evidence, note=newer_reference(batch, self.dataset, snapshot))
