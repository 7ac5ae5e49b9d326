"""Read the rows that a rule judged in the last batches, to find the part of the data that its failing rows lie in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

import polars as pl

from sluice.domain import REASONS, ROW, RUN, Run, Schema, original
from sluice.store.snapshot import SqlSnapshot

FILE, DAY, HOUR = "file", "day", "hour"
MAX_ROWS = 500_000
"""Rows of the batches that are read; the newest batch is read whatever its size."""

_MAX_BATCHES = 7
_FAILING = "_failing"
_COMPARED = (pl.String, pl.Boolean, pl.Int64, pl.Date)  # types whose values name a part


def compared_batches(runs: Sequence[Run], last: str) -> list[Run]:
    """Return the batches whose rows are compared: that of the newest failure and some before it, while they are not too many rows.

    Args:
        runs: Runs of the dataset, the oldest first.
        last: Id of the run in which the rule failed last.
    """
    batches = [run for run in runs if run.kind == "ingest" and run.state == "published" and run.rows]
    position = next((place for place, run in enumerate(batches) if run.id == last), len(batches) - 1)
    chosen: list[Run] = []
    for run in batches[: position + 1][::-1][:_MAX_BATCHES]:
        if chosen and sum(other.rows for other in chosen) + run.rows > MAX_ROWS:
            break
        chosen.append(run)
    return chosen


def judged_rows(snapshot: SqlSnapshot, schema: Schema, rule: str, batches: Sequence[Run]) -> tuple[pl.DataFrame, pl.Series]:
    """Return the rows of some batches with the columns whose values name a part, and which of them fail a rule.

    The batch's file, and the day and the hour of a row's time, are columns as well. Keys are left out, and of the columns that the rule blames those
    that are empty in every failing row: both name no part.

    Args:
        snapshot: What is published and held.
        schema: Schema of the dataset.
        rule: Id of the rule.
        batches: The batches.
    """
    dataset, names = schema.dataset, (rule, original(rule))
    ids = [run.id for run in batches]
    flags = snapshot.flags(dataset).filter(pl.col("rule").is_in(names), pl.col(RUN).is_in(ids)).select(ROW).collect()[ROW]
    reasons = pl.col(REASONS).list.eval(pl.element().struct.field("name").is_in(names)).list.any()
    of_batch = pl.col(ROW).str.replace(r"\.[^.]*$", "").is_in(ids)
    held = _compared(snapshot.quarantine(dataset), schema, of_batch, reasons)
    published = _compared(snapshot.published(dataset), schema, pl.col(RUN).is_in(ids), pl.col(ROW).is_in(flags.implode()))
    rows = pl.concat([published, held], how="diagonal").unique(ROW, keep="last", maintain_order=True)
    failing = rows[_FAILING]
    return _with_origin(rows.drop(_FAILING), schema, batches).drop(_uninformative(rows.filter(failing), schema)), failing


def _compared(rows: pl.LazyFrame, schema: Schema, chosen: pl.Expr, failing: pl.Expr) -> pl.DataFrame:
    stored = rows.collect_schema()
    if ROW not in stored:
        return pl.DataFrame(schema={ROW: pl.String, _FAILING: pl.Boolean})
    names = [name for name in schema.names if name in stored and (isinstance(stored[name], _COMPARED) or name == schema.time)]
    return rows.filter(chosen).select(ROW, *names, failing.fill_null(value=False).alias(_FAILING)).collect()


def _with_origin(rows: pl.DataFrame, schema: Schema, batches: Sequence[Run]) -> pl.DataFrame:
    """Replace the row ids by their file, and the time by its day and hour; a name that a column has already is not taken."""
    files: Mapping[str, str] = {run.id: PurePosixPath(run.uri).name or run.id for run in batches}
    file = pl.col(ROW).str.replace(r"\.[^.]*$", "").replace_strict(files, default=None, return_dtype=pl.String)
    origin = {FILE: file} if len(batches) > 1 else {}
    if schema.time and isinstance(rows.schema.get(schema.time), pl.Datetime):
        origin |= {DAY: pl.col(schema.time).dt.date(), HOUR: pl.col(schema.time).dt.strftime("%Y-%m-%d %H:00")}
    added = [expression.alias(name) for name, expression in origin.items() if name not in rows.columns]
    return rows.select(*added, *(name for name in schema.names if name in rows.columns and name != schema.time))


def _uninformative(failing: pl.DataFrame, schema: Schema) -> list[str]:
    empty = {name for name in failing.columns if failing[name].null_count() == failing.height}
    key = set(schema.key) if len(schema.key) == 1 else set()
    return [name for name in schema.names if name in failing.columns and name != schema.time and (name in key or name in empty)]
