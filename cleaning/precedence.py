"""Decide which of two rows with one key is the later."""

from __future__ import annotations

import polars as pl

from sluice.domain import OTHER, ROW, RUN, Schema
from sluice.ports import Snapshot
from sluice.rules import revised

_BATCH, _POSITION = r"^(.*)\.\d+$", r"\.(\d+)$"


def later_rows(changed: pl.DataFrame, rows: pl.DataFrame, schema: Schema, snapshot: Snapshot, *, new: bool) -> pl.DataFrame:
    """Return the pairs whose row is later than the published one: by the `time` of the schema in mode upsert, else by arrival.

    Args:
        changed: Pairs of a row (`_row_id`) and the published row of its key (`_other`).
        rows: Rows of the batch.
        schema: Schema of the dataset.
        snapshot: Everything that was published before.
        new: Whether the rows have just arrived; otherwise they were held, and rows may have been published since.
    """
    if schema.mode == "upsert" and schema.time:
        return _by_time(changed, rows, schema, snapshot)
    return changed if new else _by_arrival(changed, schema, snapshot)


def _by_time(changed: pl.DataFrame, rows: pl.DataFrame, schema: Schema, snapshot: Snapshot) -> pl.DataFrame:
    """Return the pairs in which the published row has no time, or none after the row's."""
    time = schema.time
    others = snapshot.published(schema.dataset).select(pl.col(ROW).alias(OTHER), pl.col(time or "").alias("_before"))
    known_times = others.join(changed.lazy().select(OTHER).unique(), on=OTHER, how="semi").collect()
    timed = changed.join(rows.select(ROW, pl.col(time or "").alias("_now")), on=ROW, how="left").join(known_times, on=OTHER, how="left")
    return timed.filter(pl.col("_before").is_null() | (pl.col("_now") >= pl.col("_before")).fill_null(value=False)).select(ROW, OTHER)


def later_than_held(changed: pl.DataFrame, rows: pl.DataFrame, held: pl.DataFrame, schema: Schema) -> pl.DataFrame:
    """Return the pairs whose row is not older than the held one, by the `time` of the schema in mode upsert.

    Args:
        changed: Pairs of a row (`_row_id`) and the held row of its key (`_other`).
        rows: Rows of the batch.
        held: Rows that are held.
        schema: Schema of the dataset.
    """
    time = schema.time
    if schema.mode != "upsert" or time is None or time not in held.columns:
        return changed
    before = held.select(pl.col(ROW).alias(OTHER), pl.col(time).alias("_before"))
    timed = changed.join(rows.select(ROW, pl.col(time).alias("_now")), on=ROW, how="left", maintain_order="left").join(before, on=OTHER, how="left")
    return timed.filter(pl.col("_before").is_null() | (pl.col("_now") >= pl.col("_before")).fill_null(value=False)).select(ROW, OTHER)


def of_batches_not_open(changed: pl.DataFrame, schema: Schema, snapshot: Snapshot) -> pl.DataFrame:
    """Return the pairs whose published row came with a batch that is closed or unknown, such as one that lacks a column: what comes later corrects it.

    Args:
        changed: Pairs of a row (`_row_id`) and the published row of its key (`_other`).
        schema: Schema of the dataset.
        snapshot: Everything that was published before.
    """
    shut = [run.id for run in revised(snapshot.runs(schema.dataset)) if run.decision in ("closed", "unknown")] if changed.height else []
    if not shut:
        return changed.clear()
    published = snapshot.published(schema.dataset).filter(pl.col(RUN).is_in(shut)).select(pl.col(ROW).alias(OTHER))
    return changed.lazy().join(published, on=OTHER, how="semi", maintain_order="left").collect()


def _by_arrival(changed: pl.DataFrame, schema: Schema, snapshot: Snapshot) -> pl.DataFrame:
    """Return the pairs whose row came with a later batch, or further down in the same one."""
    batches = [run.id for run in snapshot.runs(schema.dataset) if run.kind == "ingest"]
    order = pl.DataFrame({"batch": batches, "number": range(len(batches))}, schema={"batch": pl.String, "number": pl.Int64})

    def place(name: str) -> pl.DataFrame:
        ids = changed.select(pl.col(name).str.extract(_BATCH).alias("batch"), pl.col(name).str.extract(_POSITION).cast(pl.Int64).alias("position"))
        return ids.join(order, on="batch", how="left", maintain_order="left").select("number", "position")

    ours, theirs = place(ROW), place(OTHER)
    later = (ours["number"] > theirs["number"]) | ((ours["number"] == theirs["number"]) & (ours["position"] > theirs["position"]))
    return changed.filter(later.fill_null(value=True))
