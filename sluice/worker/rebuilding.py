"""Rebuild a dataset: cast and rename its stored rows to the present declaration, and stage the whole new tables."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import polars as pl

from checks.rebuilt import fails_in, judge_rebuilt
from sluice import rules
from sluice.domain import (
    RAW,
    REASONS,
    REPAIRS,
    ROW,
    RUN,
    UNSCORED,
    Batch,
    Column,
    LayoutChanges,
    Outcome,
    RebuildPreview,
    Schema,
    Split,
    Staged,
    Verdict,
    row_position,
)
from sluice.messages import split_messages
from sluice.sources.recast import recast
from sluice.store import SqlSnapshot, empty_table
from sluice.store.lake_tables import Table
from sluice.worker.session import open_session
from sluice.worker.stage_times import with_stages


@dataclass(frozen=True, slots=True, eq=False)
class _Judged:
    """Hold the published rows of a dataset in the new declaration, split, with the verdicts that hold rows."""

    split: Split
    verdicts: tuple[Verdict, ...]


def preview(path: str, dataset: str, snapshot_id: str, at: datetime) -> RebuildPreview:
    """State what a rebuild would do, and change nothing."""
    config, store = open_session(path)
    schema, changes, snapshot = config.datasets[dataset].schema_of(dataset), store.layout_changes(dataset), store.snapshot(snapshot_id)
    if not changes:
        return RebuildPreview(changes)
    judged = _judge(schema, changes, snapshot, _empty(dataset, "preview", at))
    good, bad = judged.split.good.rows.height, judged.split.bad.rows.height
    held = _recast(store.quarantine.held(dataset), schema, changes)
    return RebuildPreview(changes, good + bad, fails_in(judged.verdicts), bad, held.height, _castable(held, _changed(schema, changes)))


@with_stages
def rebuild(path: str, dataset: str, batch_id: str, snapshot_id: str, at: datetime) -> Staged:
    """Cast and rename every stored row of a dataset, and stage the outcome; see `rebuilt`."""
    config, store = open_session(path)
    schema, snapshot = config.datasets[dataset].schema_of(dataset), store.snapshot(snapshot_id)
    return store.stage(rebuilt(schema, store.layout_changes(dataset), snapshot, batch_id, at))


def rebuilt(schema: Schema, changes: LayoutChanges, snapshot: SqlSnapshot, batch_id: str, at: datetime) -> Outcome:
    """Cast and rename every stored row of a dataset, and hold the published ones that do not cast or whose new key repeats.

    Args:
        schema: The present declaration.
        changes: How the stored rows differ from it.
        snapshot: The stored rows.
        batch_id: Id of the run.
        at: Time of the run.
    """
    judged = _judge(schema, changes, snapshot, _empty(schema.dataset, batch_id, at))
    phases = {"arrival": judged.verdicts, "cleaned": judged.verdicts}
    score = rules.score(map(rules.count, judged.verdicts)) if judged.verdicts else UNSCORED
    tables = _tables(snapshot, schema, changes, judged.split)
    return Outcome("rebuild", score, UNSCORED, judged.split, REPAIRS.to_frame(), phases, snapshot.id, tables=tables)


def _empty(dataset: str, batch_id: str, at: datetime) -> Batch:
    return Batch(dataset, batch_id, pl.DataFrame(), at, whole=False)


def _judge(schema: Schema, changes: LayoutChanges, snapshot: SqlSnapshot, batch: Batch) -> _Judged:
    """Split the recast published rows: what does not cast or lacks its key leaves before the keys of the rest are compared."""
    changed = [column.name for column in _changed(schema, changes)]
    key_changed = bool(changes.key or changes.mode or set(changes.retyped) & set(schema.key))
    first = replace(batch, rows=_published(snapshot, schema, changes))
    verdicts = judge_rebuilt(schema, first, snapshot, changed=changed, key_changed=key_changed)
    cells = rules.split(first, [verdict for verdict in verdicts if verdict.rule != "key_unique"])
    repeated = [verdict for verdict in judge_rebuilt(schema, cells.good, snapshot, changed=(), key_changed=key_changed) if verdict.rule == "key_unique"]
    keys = rules.split(cells.good, repeated)
    judged = (*(verdict for verdict in verdicts if verdict.rule != "key_unique"), *repeated)
    return _Judged(Split(keys.good, rules.join(cells.bad, keys.bad)), judged)


def _tables(snapshot: SqlSnapshot, schema: Schema, changes: LayoutChanges, split: Split) -> Mapping[str, pl.DataFrame]:
    """Return every table of the lake as it is to be; rows keep the run that they came with, and those that are held now get this one's."""
    held = split.bad.rows.with_columns(pl.lit(split.bad.id).alias(RUN))
    before = _stored(snapshot, "quarantine", schema, changes)
    quarantine = pl.concat([before.join(held, on=ROW, how="anti", maintain_order="left"), held], how="diagonal")
    names = {stored: name for name, stored in changes.renamed.items()}
    repairs, flags = _stored_as_written(snapshot, "repairs", schema), _stored_as_written(snapshot, "flags", schema)
    return {
        "clean": split.good.rows,
        "quarantine": _with_names(quarantine, names),
        "repeats": _stored(snapshot, "repeats", schema, changes),
        "repairs": repairs.with_columns(pl.col("column").replace(names)),
        "flags": flags.with_columns(pl.col("columns").list.eval(pl.element().replace(names))),
    }


def _published(snapshot: SqlSnapshot, schema: Schema, changes: LayoutChanges) -> pl.DataFrame:
    """Return the recast published rows, the oldest first: by the run that published them, then by their position in its file."""
    order = {run.id: run.seq for run in snapshot.runs(schema.dataset)}
    position = row_position()
    return _stored(snapshot, "clean", schema, changes).sort(pl.col(RUN).replace_strict(order, default=None, return_dtype=pl.Int64), position)


def _stored(snapshot: SqlSnapshot, table: Table, schema: Schema, changes: LayoutChanges) -> pl.DataFrame:
    return _recast(_stored_as_written(snapshot, table, schema), schema, changes)


def _stored_as_written(snapshot: SqlSnapshot, table: Table, schema: Schema) -> pl.DataFrame:
    rows = snapshot.stored(table, schema.dataset).collect()
    if not rows.width:
        return empty_table(table, schema)
    return split_messages(rows) if table in ("repairs", "flags") else rows


def _recast(rows: pl.DataFrame, schema: Schema, changes: LayoutChanges) -> pl.DataFrame:
    return recast(rows, _changed(schema, changes), changes.renamed) if RAW in rows.columns else rows


def _changed(schema: Schema, changes: LayoutChanges) -> list[Column]:
    return [column for column in schema.columns if column.name in {*changes.renamed, *changes.retyped}]


def _with_names(quarantine: pl.DataFrame, names: Mapping[str, str]) -> pl.DataFrame:
    """Return held rows whose reasons blame renamed columns under their new names."""
    if not names:
        return quarantine
    blamed = pl.field("columns").list.eval(pl.element().replace(names))
    return quarantine.with_columns(pl.col(REASONS).list.eval(pl.element().struct.with_fields(columns=blamed)))


def _castable(held: pl.DataFrame, changed: Collection[Column]) -> int:
    """Count the held rows whose only reasons are cells that did not cast and now do."""
    if held.is_empty() or RAW not in held.columns:
        return 0
    rules_of = {f"cast:{name}" for column in changed for name in filter(None, (column.name, column.was))}
    names = pl.col(REASONS).list.eval(pl.element().struct.field("name").is_in(list(rules_of))).list.all()
    return held.filter(names & (pl.col(REASONS).list.len() > 0) & (pl.col(RAW).is_null() | (pl.col(RAW).list.len() == 0))).height
