"""Implement expect_column_values_to_be_close_to_history: detect a change of unit, a shifted decimal point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import polars as pl

from checks.expectations.base import NotEvaluated, Result, select_published
from checks.expectations.compare import compare_with_expected
from sluice.domain import Batch, Dimension, Message, OnFail, Schema, Severity
from sluice.ports import Snapshot


@dataclass(frozen=True)
class CloseToHistory:
    """Compare a number with the median of the numbers published for the same key.

    Some numbers do change, so it is usually configured with `mostly`. Rows with a new key are not evaluated.

    Attributes:
        schema: Schema of the dataset.
        column: Number column.
        key: Column by which rows are joined with the published ones.
        tolerance: Largest relative difference from the published value (0.5 is 50 %).

    Example:
        >>> import polars as pl
        >>> from sluice.domain import Column, Schema
        >>> from sluice.testing import MemorySnapshot, make_batch
        >>> schema = Schema("items", columns=(Column("id"), Column("weight", "number")))
        >>> published = pl.DataFrame({"id": ["a", "b"], "weight": [250.0, 90.0]})
        >>> batch = make_batch(schema, {"id": ["a", "b", "new"], "weight": [0.25, 95.0, 10.0]})
        >>> CloseToHistory(schema, "weight", "id").evaluate(batch, MemorySnapshot({"items": published})).failing.to_list()
        [True, False, False]
    """

    dimension: ClassVar[Dimension] = "accuracy"
    severity: ClassVar[Severity] = "warning"
    on_fail: ClassVar[OnFail] = "flag"
    table_level: ClassVar[bool] = False
    in_parts: ClassVar[bool] = True

    schema: Schema
    column: str
    key: str
    tolerance: float = 0.5

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the number column."""
        return (self.column,)

    @property
    def message(self) -> Message:
        """Return what is wrong with a failing row."""
        return Message.of("far_from_history", column=self.column, tolerance=self.tolerance, key=self.key)

    def evaluate(self, batch: Batch, snapshot: Snapshot) -> Result:
        """Compare the numbers; the evidence holds the published value. Skipped until a first batch is published."""
        published = select_published(snapshot.published(self.schema.dataset), self.key, self.column)
        if published is None:
            return NotEvaluated("skipped", Message.of("no_batch_published"))
        expected = published.drop_nulls().group_by(self.key).agg(pl.col(self.column).median().alias("_expected")).collect()
        return compare_with_expected(batch.rows, expected, self.column, self.key, self.tolerance, self.message)
