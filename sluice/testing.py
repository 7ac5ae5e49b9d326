"""Build batches and snapshots in memory, to try a cleaner, a detector or an expectation without a store."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import polars as pl

from sluice.domain import RAW, RAW_TYPE, ROW, Artifact, Batch, Run, Schema

AT = datetime(2026, 3, 2, tzinfo=UTC)


def make_rows(
    schema: Schema, cells: Mapping[str, Sequence[object]], *, batch_id: str = "b", unparsed: Mapping[int, Mapping[str, str]] | None = None
) -> pl.DataFrame:
    """Build the rows of a batch: declared columns, `_row_id` and `_raw`.

    Args:
        schema: The schema of the dataset.
        cells: Values by column, one per row; a declared column that is not named is null.
        batch_id: Prefix of the row ids: `b.0`, `b.1` and so on.
        unparsed: Texts that did not cast to the type of their column, by row position and column.
    """
    height = max((len(values) for values in cells.values()), default=0)
    frame = pl.DataFrame({name: cells.get(name, [None] * height) for name in schema.names}, schema=schema.dtypes, strict=False)
    texts = [[{"column": name, "text": text} for name, text in (unparsed or {}).get(row, {}).items()] or None for row in range(height)]
    return frame.with_columns(pl.Series(ROW, [f"{batch_id}.{row}" for row in range(height)], dtype=pl.String), pl.Series(RAW, texts, dtype=RAW_TYPE))


def make_batch(
    schema: Schema,
    cells: Mapping[str, Sequence[object]],
    *,
    batch_id: str = "b",
    at: datetime = AT,
    whole: bool = True,
    unparsed: Mapping[int, Mapping[str, str]] | None = None,
) -> Batch:
    """Build a batch from cells.

    Args:
        schema: The schema of the dataset.
        cells: Values by column, one per row; a declared column that is not named is null.
        batch_id: Id of the batch, and prefix of its row ids.
        at: Time that the batch is judged at.
        whole: False for some rows of an arrival.
        unparsed: Texts that did not cast to the type of their column, by row position and column.

    Example:
        >>> from sluice.domain import Column, Schema
        >>> schema = Schema("items", columns=(Column("title"), Column("price", "number")))
        >>> batch = make_batch(schema, {"title": ["Lamp", "Vase"], "price": [12.5, None]}, unparsed={1: {"price": "9,50 €"}})
        >>> batch.rows["_row_id"].to_list(), batch.rows["price"].to_list()
        (['b.0', 'b.1'], [12.5, None])
    """
    return Batch(schema.dataset, batch_id, make_rows(schema, cells, batch_id=batch_id, unparsed=unparsed), at, schema.names, whole)


@dataclass
class MemorySnapshot:
    """Serve published rows and runs from memory, as a `Snapshot`.

    Attributes:
        tables: Published rows by dataset.
        records: Published runs, the oldest first.
        models: Champions by registered name.
        id: Id of the snapshot.

    Example:
        >>> import polars as pl
        >>> MemorySnapshot({"items": pl.DataFrame({"title": ["Lamp"]})}).published("items").collect().height
        1
        >>> MemorySnapshot().published("items").collect().width
        0
    """

    tables: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    records: Sequence[Run] = ()
    models: Mapping[str, Artifact] = field(default_factory=dict)
    id: str = "1"

    def published(self, dataset: str) -> pl.LazyFrame:
        """Return the published rows of a dataset; a frame without columns where nothing is published."""
        return self.tables[dataset].lazy() if dataset in self.tables else pl.LazyFrame()

    def repairs(self, dataset: str) -> pl.LazyFrame:
        """Return a frame without columns: nothing was repaired."""
        _ = dataset
        return pl.LazyFrame()

    def quarantine(self, dataset: str) -> pl.LazyFrame:
        """Return a frame without columns: nothing is held."""
        _ = dataset
        return pl.LazyFrame()

    def runs(self, dataset: str) -> Sequence[Run]:
        """Return the published runs of a dataset, the oldest first."""
        return [run for run in self.records if run.dataset == dataset]

    def metrics(self, dataset: str, runs: Collection[str] | None = None) -> pl.DataFrame:
        """Return a frame without columns: no rule was evaluated."""
        _ = dataset, runs
        return pl.DataFrame()

    def model(self, name: str) -> Artifact | None:
        """Return the champion of a registered name, or None."""
        return self.models.get(name)

    def without(self, batch_id: str) -> MemorySnapshot:
        """Return the snapshot itself: it does not know which batch a row came with."""
        _ = batch_id
        return self
