"""Implement expect_column_values_to_match_reference: two datasets agree on the same key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import polars as pl

from checks.expectations.base import NotEvaluated, Result, select_published
from checks.expectations.compare import compare_with_expected
from sluice.domain import Batch, Dimension, Message, OnFail, Schema, Severity
from sluice.ports import Snapshot


@dataclass(frozen=True)
class MatchReference:
    """Require that a cell equals the cell of another dataset for the same key; rows without a counterpart or with a null are not evaluated.

    Attributes:
        schema: Schema of the dataset.
        column: Column to compare.
        dataset: Reference dataset, as published.
        key: Column, in both datasets, by which rows are joined.
        reference_column: Column of the reference dataset; the same name as `column` by default.
        tolerance: Largest relative difference from the reference, for numbers (0.05 is 5 %).

    Example:
        >>> import polars as pl
        >>> from sluice.domain import Column, Schema
        >>> from sluice.testing import MemorySnapshot, make_batch
        >>> schema = Schema("events", columns=(Column("item"), Column("price", "number")))
        >>> snapshot = MemorySnapshot({"catalog": pl.DataFrame({"item": ["a", "b"], "price": [10.0, 20.0]})})
        >>> batch = make_batch(schema, {"item": ["a", "b"], "price": [10.2, 30.0]})
        >>> MatchReference(schema, "price", "catalog", "item", tolerance=0.05).evaluate(batch, snapshot).failing.to_list()
        [False, True]
    """

    dimension: ClassVar[Dimension] = "consistency"
    severity: ClassVar[Severity] = "critical"
    on_fail: ClassVar[OnFail] = "repair"
    table_level: ClassVar[bool] = False
    in_parts: ClassVar[bool] = True

    schema: Schema
    column: str
    dataset: str
    key: str
    reference_column: str = ""
    tolerance: float = 0.0

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the column to compare."""
        return (self.column,)

    @property
    def message(self) -> Message:
        """Return what is wrong with a failing row."""
        reference = self.reference_column or self.column
        if self.tolerance:
            return Message.of("far_from_reference", column=self.column, tolerance=self.tolerance, dataset=self.dataset, reference=reference, key=self.key)
        return Message.of("differs_from_reference", column=self.column, dataset=self.dataset, reference=reference, key=self.key)

    def evaluate(self, batch: Batch, snapshot: Snapshot) -> Result:
        """Compare the cells; the evidence holds the reference value. Not evaluated while nothing of the other dataset is published."""
        reference = self.reference_column or self.column
        published = select_published(snapshot.published(self.dataset), self.key, reference)
        if published is None:
            return NotEvaluated("not_evaluated", Message.of("reference_not_published", dataset=self.dataset, columns=(self.key, reference)))
        expected = published.drop_nulls().group_by(self.key).agg(pl.col(reference).last().alias("_expected")).collect()
        return compare_with_expected(batch.rows, expected, self.column, self.key, self.tolerance, self.message)
