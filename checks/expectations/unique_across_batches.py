"""expect_column_values_to_be_unique_across_batches: nothing is published twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import polars as pl

from checks.expectations.base import Found, Rows, evidence, history, series
from sluice.domain import ROW, Batch, Dimension, OnFail, Schema, Severity
from sluice.ports import Snapshot

_EARLIER = "_earlier"


@dataclass(frozen=True)
class UniqueAcrossBatches:
    """No other published row within the dataset's window has the same values; rows with a null among them are not judged.

    A row is not compared with itself, so that published rows can be judged again. Repeats within the batch are another
    expectation's (expect_compound_columns_to_be_unique).

    Attributes:
        schema: The dataset's; its `window` is counted back from the batch by the column `time`, all of the past where there is none.
        columns: The columns whose values together must be new.
    """

    dimension: ClassVar[Dimension] = "uniqueness"
    severity: ClassVar[Severity] = "critical"
    on_fail: ClassVar[OnFail] = "quarantine"
    whole: ClassVar[bool] = False

    schema: Schema
    columns: tuple[str, ...]

    def __post_init__(self) -> None:
        """At least one column."""
        if not self.columns:
            raise ValueError("columns needs at least one column")

    @property
    def message(self) -> str:
        """What is expected, in words."""
        return f"{', '.join(self.columns)} is not in an earlier batch"

    def find(self, batch: Batch, snapshot: Snapshot) -> Found:
        """The evidence names the row that each failing one repeats."""
        judged = series(batch.rows, pl.all_horizontal(pl.col(name).is_not_null() for name in self.columns))
        earlier = self._earlier(batch, snapshot)
        if earlier is None:
            return Rows(judged & False, judged)
        keys = batch.rows.lazy().select(ROW, *self.columns)
        repeated = (
            keys.join(earlier.join(keys, on=self.columns, how="semi"), on=self.columns, how="inner")
            .filter(pl.col(ROW) != pl.col(_EARLIER))
            .group_by(ROW)
            .agg(pl.col(_EARLIER).min())
            .collect()
        )
        failing = series(batch.rows, pl.col(ROW).is_in(repeated[ROW].implode()))
        held = batch.rows.filter(failing).select(ROW).join(repeated, on=ROW, how="left", maintain_order="left")
        return Rows(failing, judged, evidence(held, self.columns, "repeats a row that was published before", pl.col(_EARLIER)))

    def _earlier(self, batch: Batch, snapshot: Snapshot) -> pl.LazyFrame | None:
        time = self.schema.time
        rows = history(snapshot.published(self.schema.dataset), ROW, *self.columns, *([time] if time else []))
        if rows is None:
            return None
        if time:
            rows = rows.filter((pl.col(time) >= batch.at - self.schema.window) | pl.col(time).is_null())
        return rows.select(pl.col(ROW).alias(_EARLIER), *self.columns)
