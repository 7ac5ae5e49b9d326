"""A small shop: a schema, a maker of batches, and a past made by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from sluice.domain import RAW, RAW_TYPE, ROW, Artifact, Batch, Column, Run, Schema

DAY = datetime(2026, 3, 10, tzinfo=UTC)


class FakeSnapshot:
    """A Snapshot of frames and runs."""

    id = "1"

    def __init__(self, tables: Mapping[str, pl.DataFrame] | None = None, runs: Sequence[Run] = ()) -> None:
        self.tables = dict(tables or {})
        self._runs = tuple(runs)

    def published(self, dataset: str) -> pl.LazyFrame:
        return self.tables.get(dataset, pl.DataFrame()).lazy()

    def repairs(self, dataset: str) -> pl.LazyFrame:
        return pl.LazyFrame()

    def quarantine(self, dataset: str) -> pl.LazyFrame:
        return pl.LazyFrame()

    def runs(self, dataset: str) -> Sequence[Run]:
        return [run for run in self._runs if run.dataset == dataset]

    def metrics(self, dataset: str, runs: object = None) -> pl.DataFrame:
        return pl.DataFrame()

    def model(self, name: str) -> Artifact | None:
        return None

    def without(self, batch_id: str) -> FakeSnapshot:
        return self


def rows_of(schema: Schema, cells: Mapping[str, Sequence[object]], batch_id: str = "b") -> pl.DataFrame:
    height = max((len(values) for values in cells.values()), default=0)
    full = {name: cells.get(name, [None] * height) for name in schema.names}
    frame = pl.DataFrame(full, schema=schema.dtypes, strict=False)
    raw = pl.Series(RAW, cells.get(RAW, [None] * height), dtype=RAW_TYPE)
    return frame.with_columns(pl.Series(ROW, [f"{batch_id}.{index}" for index in range(height)], dtype=pl.String), raw)


@pytest.fixture
def schema() -> Schema:
    columns = (
        Column("event_id", required=True),
        Column("user_id", required=True),
        Column("item_id"),
        Column("kind"),
        Column("ts", "timestamp"),
        Column("price", "number"),
        Column("quantity", "integer"),
        Column("ip", personal=True),
    )
    return Schema("events", "append", ("event_id",), columns, "ts", every=timedelta(days=1))


@pytest.fixture
def make_batch(schema: Schema) -> Callable[..., Batch]:
    def make(
        batch_id: str = "b", at: datetime = DAY, of: Schema = schema, whole: bool = True, columns: tuple[str, ...] | None = None, **cells: Sequence[object]
    ) -> Batch:
        return Batch(of.dataset, batch_id, rows_of(of, cells, batch_id), at, of.names if columns is None else columns, whole)

    return make


@pytest.fixture
def make_snapshot(schema: Schema) -> Callable[..., FakeSnapshot]:
    def make(runs: Sequence[Run] = (), catalog: pl.DataFrame | None = None, **cells: Sequence[object]) -> FakeSnapshot:
        tables = {} if not cells else {schema.dataset: rows_of(schema, cells, "past")}
        return FakeSnapshot(tables if catalog is None else {**tables, "catalog": catalog}, runs)

    return make


@pytest.fixture
def snapshot() -> FakeSnapshot:
    return FakeSnapshot()


@pytest.fixture
def make_run() -> Callable[..., Run]:
    def make(at: datetime, rows: int, **fields: object) -> Run:
        return Run(f"r{at:%Y%m%d}", "events", "ingest", 1, at, "published", rows=rows, **fields)  # type: ignore[arg-type]  # fields of Run

    return make
