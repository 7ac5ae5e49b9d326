"""Plan the commits of a run, by its kind and the dataset's mode."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from sluice.domain import REASONS, ROW, RunKind, Schema
from sluice.store.delta_commits import Append, Commit, Overwrite, Replace, Upsert
from sluice.store.lake import Table


def plan_commits(kind: RunKind, schema: Schema, rows: Mapping[Table, pl.DataFrame], quarantined: pl.DataFrame) -> Mapping[Table, Commit]:
    """Return the commits of one run, by table.

    Args:
        kind: The kind of the run.
        schema: The dataset.
        rows: The run's good rows (`clean`), bad rows (`quarantine`), repairs, and flags of good rows.
        quarantined: Ids and reasons of those of the bad rows that are in the quarantine already.
    """
    good, bad = rows["clean"], rows["quarantine"]
    if kind == "audit":
        return {}
    flags = Append(rows["flags"])
    if kind == "ingest":
        return {"repairs": Append(rows["repairs"]), "quarantine": Append(bad), "flags": flags, "clean": _commit_new(schema, good)}
    if kind == "undo":  # its repairs are those taken back; the database records them
        return {"quarantine": Replace(bad, insert=True), "flags": flags, "clean": Replace(good, removed=bad[ROW].to_list())}
    return {
        "repairs": Append(rows["repairs"]),
        "quarantine": Replace(_with_other_reasons(bad, quarantined), insert=True),
        "flags": flags,
        "clean": _commit_late(schema, good),
    }


def _commit_new(schema: Schema, good: pl.DataFrame) -> Commit:
    if schema.mode == "snapshot":
        return Overwrite(good)
    return Upsert(good, schema.key, schema.time) if schema.mode == "upsert" else Append(good)


def _commit_late(schema: Schema, good: pl.DataFrame) -> Commit:
    """Return the commit of rows of an earlier batch; in a snapshot, the newer row of the same key stays."""
    if schema.mode == "append" or not schema.key:
        return Append(good)
    return Upsert(good, schema.key, schema.time, keep_existing=schema.mode == "snapshot")


def _with_other_reasons(bad: pl.DataFrame, quarantined: pl.DataFrame) -> pl.DataFrame:
    """Return the rows that are held for other rules than before; rewriting the rest would change nothing."""
    before = quarantined.select(ROW, _rules().alias("_before"))
    compared = bad.join(before, on=ROW, how="left", maintain_order="left").with_columns(_rules().alias("_now"))
    return compared.filter(~pl.col("_now").eq_missing(pl.col("_before"))).drop("_now", "_before")


def _rules() -> pl.Expr:
    return pl.col(REASONS).list.eval(pl.element().struct.field("name")).list.sort()
