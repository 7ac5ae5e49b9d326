"""Implement expect_column_values_to_be_unique_across_batches: nothing is published twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import polars as pl

from checks.expectations.base import Result, RowResult, boolean_series, make_evidence, select_published
from sluice.domain import ROW, Batch, Dimension, Message, OnFail, Schema, Severity
from sluice.errors import InvalidValue
from sluice.messages import make_error
from sluice.ports import Snapshot

_ORIGINAL = "_original"


@dataclass(frozen=True)
class UniqueAcrossBatches:
    """Reject rows whose values were published before within the window of the dataset; rows with a null among them are not evaluated.

    A row is not compared with itself, so that published rows can be judged again. Repeats within the batch are the task of another
    expectation (expect_compound_columns_to_be_unique).

    Attributes:
        schema: Schema of the dataset. Its `window` counts back from the batch by its column `time`; without `time` all published rows are compared.
        columns: Columns whose values together must be new.

    Example:
        >>> from sluice.domain import Column, Schema
        >>> from sluice.testing import MemorySnapshot, make_batch, make_rows
        >>> schema = Schema("events", columns=(Column("id"),))
        >>> snapshot = MemorySnapshot({"events": make_rows(schema, {"id": ["a", "b"]}, batch_id="first")})
        >>> batch = make_batch(schema, {"id": ["b", "c", None]})
        >>> UniqueAcrossBatches(schema, ("id",)).evaluate(batch, snapshot).failing.to_list()
        [True, False, False]
    """

    dimension: ClassVar[Dimension] = "uniqueness"
    severity: ClassVar[Severity] = "critical"
    on_fail: ClassVar[OnFail] = "quarantine"
    table_level: ClassVar[bool] = False
    in_parts: ClassVar[bool] = True

    schema: Schema
    columns: tuple[str, ...]

    def __post_init__(self) -> None:
        """Reject an empty list of columns."""
        if not self.columns:
            raise make_error(InvalidValue, "columns_none_named")

    @property
    def message(self) -> Message:
        """Return what is wrong with a failing row."""
        return Message.of("published_before", columns=self.columns)

    def evaluate(self, batch: Batch, snapshot: Snapshot) -> Result:
        """Look the values up among the published rows; the evidence names the row that each failing one repeats."""
        evaluated = self._complete(batch)
        published = self._published(batch, snapshot)
        if published is None:
            return RowResult(evaluated & False, evaluated)
        keys = batch.rows.lazy().select(ROW, *self.columns)
        repeated = (
            keys.join(published.join(keys, on=self.columns, how="semi"), on=self.columns, how="inner")
            .filter(pl.col(ROW) != pl.col(_ORIGINAL))
            .group_by(ROW)
            .agg(pl.col(_ORIGINAL).min())
            .collect()
        )
        failing = boolean_series(batch.rows, pl.col(ROW).is_in(repeated[ROW].implode()))
        originals = batch.rows.filter(failing).select(ROW).join(repeated, on=ROW, how="left", maintain_order="left")
        return RowResult(failing, evaluated, make_evidence(originals, self.columns, self.message, pl.col(_ORIGINAL)))

    def evaluate_again(self, batch: Batch, snapshot: Snapshot, failing: pl.Series, evidence: pl.DataFrame | None) -> Result:
        """Return the earlier result for the rows that are left, without reading what is published."""
        _ = snapshot
        return RowResult(failing, self._complete(batch), evidence)

    def _complete(self, batch: Batch) -> pl.Series:
        return boolean_series(batch.rows, pl.all_horizontal(pl.col(name).is_not_null() for name in self.columns))

    def _published(self, batch: Batch, snapshot: Snapshot) -> pl.LazyFrame | None:
        time = self.schema.time
        rows = select_published(snapshot.published(self.schema.dataset), ROW, *self.columns, *([time] if time else []))
        if rows is None:
            return None
        if time:
            rows = rows.filter((pl.col(time) >= batch.at - self.schema.window) | pl.col(time).is_null())
        return rows.select(pl.col(ROW).alias(_ORIGINAL), *self.columns)
