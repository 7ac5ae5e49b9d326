"""Plan the commits of a run, by its kind and the dataset's mode."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from sluice.domain import OTHER, REASONS, ROW, STATE, RunKind, Schema
from sluice.store.delta_commits import Append, Commit, Overwrite, Replace, Rewrite, Upsert
from sluice.store.lake_tables import Table


def plan_commits(kind: RunKind, schema: Schema, rows: Mapping[Table, pl.DataFrame], quarantined: pl.DataFrame, *, whole: bool) -> Mapping[Table, Commit]:
    """Return the commits of one run, by table.

    Args:
        kind: The kind of the run.
        schema: The dataset.
        rows: The run's good rows (`clean`), bad rows (`quarantine`), repairs, flags of good rows, and rows that others repeat or replace (`repeats`).
        quarantined: Ids and reasons of those of the bad rows that are in the quarantine already.
        whole: Whether the rows are a whole batch, which in mode snapshot replaces the table.
    """
    good, bad = rows["clean"], rows["quarantine"]
    if kind == "audit":
        return {}
    if kind == "rebuild":  # its tables are whole
        return {table: Rewrite(table_rows) for table, table_rows in rows.items()}
    if kind in ("recheck", "undo_release"):  # rows that pass stay as they are
        return {"quarantine": Replace(bad, insert=True), "clean": Replace(good.clear(), removed=bad[ROW].to_list())}
    flags, repeats = Append(rows["flags"]), Append(rows["repeats"])
    if kind == "undo":  # its repairs are those taken back; the database records them
        return {"quarantine": Replace(bad, insert=True), "flags": flags, "clean": Replace(good, removed=bad[ROW].to_list())}
    if kind == "map_values":
        changed, repairs = Replace(good, removed=bad[ROW].to_list()), Append(rows["repairs"])
        return {"repairs": repairs, "quarantine": Replace(bad, insert=True), "flags": flags, "clean": changed}
    held = Append(bad) if kind == "ingest" else Replace(_with_other_reasons(bad, quarantined), insert=True)
    published = Overwrite(good) if whole and schema.mode == "snapshot" else _commit_rows(schema, good, replaced_rows(rows))
    return {"repairs": Append(rows["repairs"]), "quarantine": held, "flags": flags, "repeats": repeats, "clean": published}


def added_rows(kind: RunKind, schema: Schema, rows: Mapping[Table, pl.DataFrame], *, whole: bool) -> Mapping[Table, bool]:
    """Return the tables to which a run adds rows without reading theirs, and whether the rows replace theirs.

    Args:
        kind: The kind of the run.
        schema: The dataset.
        rows: As in `plan_commits`.
        whole: As in `plan_commits`.
    """
    commits = plan_commits(kind, schema, rows, rows["quarantine"].clear(), whole=whole)
    return {table: isinstance(commit, Overwrite) for table, commit in commits.items() if isinstance(commit, Append | Overwrite)}


def _commit_rows(schema: Schema, good: pl.DataFrame, replaced: pl.DataFrame) -> Commit:
    """Return the commit of rows beside those of the table; into a snapshot come rows of earlier ones, of whose keys it has none."""
    if schema.mode == "append" or not schema.key or schema.blank_key:  # a merge by key matches no blank part
        return Append(good) if replaced.is_empty() else Replace(good, removed=replaced[ROW].to_list(), insert=True)
    return Upsert(good, schema.key, schema.time, keep_existing=schema.mode == "snapshot")


def replaced_rows(rows: Mapping[Table, pl.DataFrame]) -> pl.DataFrame:
    """Return the `_row_id` of the earlier rows that the rows of a run supersede: each by the good one of its key, or all by the whole table.

    A row that was cut when it was read is superseded by what stands in its place, also by a copy.

    Args:
        rows: The run's rows, as in `plan_commits`.
    """
    superseded = rows["repeats"].filter(pl.col(STATE) == "superseded").select(ROW, OTHER)
    if superseded.is_empty():
        return superseded.select(ROW)
    copies = rows["repeats"].filter(pl.col(STATE) == "copy").select(ROW)
    arrived = pl.concat([*(rows[table].select(ROW) for table in ("clean", "quarantine")), copies])
    arrived = arrived.filter(pl.col(ROW).is_in(superseded[OTHER].implode()))  # few of many rows
    return superseded.filter(pl.col(OTHER).is_in(arrived[ROW].implode()) | pl.col(OTHER).is_null()).select(ROW)  # null: the table has no row of its key


def _with_other_reasons(bad: pl.DataFrame, quarantined: pl.DataFrame) -> pl.DataFrame:
    """Return the rows that are held for other rules than before; rewriting the rest would change nothing."""
    before = quarantined.select(ROW, _rules().alias("_before"))
    compared = bad.join(before, on=ROW, how="left", maintain_order="left").with_columns(_rules().alias("_now"))
    return compared.filter(~pl.col("_now").eq_missing(pl.col("_before"))).drop("_now", "_before")


def _rules() -> pl.Expr:
    return pl.col(REASONS).list.eval(pl.element().struct.field("name")).list.sort()
