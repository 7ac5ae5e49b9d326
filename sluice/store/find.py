"""Find a value, a row, a file or a run in what is published, held, repaired and flagged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl
from sqlalchemy import or_, select

from sluice.domain import ROW, RUN, Schema
from sluice.store.row_life import row_life
from sluice.store.store import SqlStore
from sluice.store.tables import RUNS

LIMIT = 50  # matches of a place


@dataclass(frozen=True, slots=True)
class Match:
    """Represent one place that a search leads to.

    Attributes:
        place: run, published, held, repaired or flagged.
        dataset: The dataset.
        row: Id of the row; empty for a run.
        run: Id of the run.
        column: Column that has the value; of a run: `file` or `run`.
    """

    place: str
    dataset: str
    row: str
    run: str
    column: str


@dataclass(frozen=True, slots=True)
class Search:
    """Hold what a search led to: at most so many matches of a dataset's place as were asked for, and how many there are in all."""

    matches: tuple[Match, ...]
    total: int


def find(store: SqlStore, value: str, limit: int = LIMIT) -> Search:
    """Find a row id, a run, a file, or the rows that have a value in a declared column, or had it before a repair; cells themselves are not returned.

    Of many files, those that cannot hold the value by their statistics are not read.

    Args:
        store: Records and rows.
        value: The whole value, as text.
        limit: Number of matches of a dataset's place at most.
    """
    value = value.strip()
    if not value:
        return Search((), 0)
    life = row_life(store, value)
    rows = [Match(life.state, life.dataset, life.row, value.rpartition(".")[0], ROW)] if life else []
    frames = [frame for schema in store.schemas.values() for frame in _in_rows(store, schema, value)]
    runs = list(_in_runs(store, value, limit))
    matches = [*rows, *runs, *(Match(*row) for frame in frames for row in frame.head(limit).iter_rows())]
    return Search(tuple(matches), len(rows) + len(runs) + sum(frame.height for frame in frames))


def _in_runs(store: SqlStore, value: str, limit: int) -> Iterator[Match]:
    column = RUNS.c
    named = or_(column.id == value, column.uri == value, column.uri.endswith(f"/{value}", autoescape=True))
    with store.database.read() as connection:
        for run in connection.execute(select(column.id, column.dataset).where(named).order_by(column.number.desc()).limit(limit)):
            yield Match("run", run.dataset, "", run.id, "run" if run.id == value else "file")


def _in_rows(store: SqlStore, schema: Schema, value: str) -> Iterator[pl.DataFrame]:
    """Yield by place the rows of a dataset that have the value (the fields of `Match`)."""
    dataset, snapshot = schema.dataset, store.snapshot()
    published = _having(snapshot.published(dataset), schema, value, "published")
    yield published
    held = _having(snapshot.quarantine(dataset), schema, value, "held")
    waiting = store.quarantine.held(dataset, rows=held["row"].to_list(), columns=[])[ROW] if held.height else held["row"]  # without settled ones
    yield held.filter(pl.col("row").is_in(waiting.implode()))
    repairs = snapshot.repairs(dataset).filter((pl.col("old") == value) | (pl.col("new") == value), pl.col("applied"))
    yield repairs.select(*_names(dataset, "repaired"), pl.col("column")).collect()
    flags = snapshot.flags(dataset).filter(pl.col(ROW).is_in(published["row"].to_list())) if published.height else snapshot.flags(dataset).head(0)
    yield flags.select(*_names(dataset, "flagged"), pl.col("rule").alias("column")).collect()


def _names(dataset: str, place: str) -> list[pl.Expr]:
    return [pl.lit(place).alias("place"), pl.lit(dataset).alias("dataset"), pl.col(ROW).alias("row"), pl.col(RUN).alias("run")]


def _having(rows: pl.LazyFrame, schema: Schema, value: str, place: str) -> pl.DataFrame:
    """Return the rows of a table that have the value, with the first column that has it."""
    stored = rows.collect_schema()
    tests = {name: test for name in schema.names if name in stored and (test := _equals(name, stored[name], value)) is not None}
    if not tests or ROW not in stored:
        return pl.DataFrame(schema=dict.fromkeys(("place", "dataset", "row", "run", "column"), pl.String))
    column = pl.coalesce(pl.when(test).then(pl.lit(name)) for name, test in tests.items())
    return rows.filter(pl.any_horizontal(tests.values())).select(*_names(schema.dataset, place), column.alias("column")).collect()


def _equals(name: str, dtype: pl.DataType, value: str) -> pl.Expr | None:
    if dtype == pl.String:
        return pl.col(name) == value
    if dtype == pl.Int64 and value.lstrip("-").isdecimal():
        return pl.col(name) == int(value)
    return None
