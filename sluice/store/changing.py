"""What each kind of run changes in the lake, by the dataset's mode."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from sluice.domain import REASONS, ROW, RunKind, Schema
from sluice.store.changes import Append, Change, Overwrite, Replace, Upsert
from sluice.store.lake import Table


def changes(kind: RunKind, schema: Schema, rows: Mapping[Table, pl.DataFrame], held: pl.DataFrame) -> Mapping[Table, Change]:
    """The commits of one run, by table.

    Args:
        kind: What the run is for.
        schema: The dataset.
        rows: The run's good rows (`clean`), bad rows (`quarantine`), repairs, and flags of good rows.
        held: For those of the bad rows that are in the quarantine already, their ids and reasons.
    """
    good, bad = rows["clean"], rows["quarantine"]
    if kind == "audit":
        return {}
    flags = Append(rows["flags"])
    if kind == "ingest":
        return {"repairs": Append(rows["repairs"]), "quarantine": Append(bad), "flags": flags, "clean": _arriving(schema, good)}
    if kind == "undo":  # its repairs are those taken back; the database remembers them
        return {"quarantine": Replace(bad, insert=True), "flags": flags, "clean": Replace(good, gone=bad[ROW].to_list())}
    return {"repairs": Append(rows["repairs"]), "quarantine": Replace(_changed(bad, held), insert=True), "flags": flags, "clean": _late(schema, good)}


def _arriving(schema: Schema, good: pl.DataFrame) -> Change:
    if schema.mode == "snapshot":
        return Overwrite(good)
    return Upsert(good, schema.key, schema.time) if schema.mode == "upsert" else Append(good)


def _late(schema: Schema, good: pl.DataFrame) -> Change:
    """Rows of an earlier batch; in a snapshot, the newer row of the same key stays."""
    if schema.mode == "append" or not schema.key:
        return Append(good)
    return Upsert(good, schema.key, schema.time, yields=schema.mode == "snapshot")


def _changed(bad: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    """Those that are held for other reasons than before: rewriting the others would tell nothing new."""
    before = held.select(ROW, _names().alias("_before"))
    told = bad.join(before, on=ROW, how="left", maintain_order="left").with_columns(_names().alias("_now"))
    return told.filter(~pl.col("_now").eq_missing(pl.col("_before"))).drop("_now", "_before")


def _names() -> pl.Expr:
    return pl.col(REASONS).list.eval(pl.element().struct.field("name")).list.sort()
