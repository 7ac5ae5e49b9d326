"""Judge held rows with the right values that a person gave for some of their cells, and stage those that pass."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from cleaning.decided import KeepDecided
from cleaning.repair import apply_decided
from sluice.domain import ACTION, REASONS, ROW, RUN, STEWARD, Batch, Cleaned, Corrected, CorrectedCell, LeftOut, Message, Outcome, Rejudge, Schema
from sluice.pipeline import evaluate
from sluice.sources.cast_corrections import cast_corrections
from sluice.worker.remaining import with_remaining
from sluice.worker.session import open_session, require_layout, steps_of
from sluice.worker.tasks import renumber


def correct(path: str, order: Rejudge, snapshot_id: str) -> Corrected:
    """Judge corrected rows, and stage those that pass, with a repair for each changed cell; the others stay held as they were.

    No cleaner changes a corrected cell. A row with a value that does not cast is not judged.

    Args:
        path: Path of sluice.yaml.
        order: The rows, and the right values of their cells.
        snapshot_id: What was published before.
    """
    config, store = open_session(path)
    require_layout(path, order.dataset)
    settings, snapshot, steps = config.datasets[order.dataset], store.snapshot(snapshot_id), steps_of(path, order.dataset).steps
    corrected, left = _corrected(order, store.quarantine.held(order.dataset, rows=order.rows), settings.schema_of(order.dataset))
    keeping = replace(steps, cleaner=KeepDecided(steps.cleaner, corrected.repairs.select(ROW, "column")))
    outcome = evaluate(corrected.batch, keeping, snapshot, kind=order.kind, weights=settings.gate.weights)
    left += list(_failing(outcome))
    passed = _passed(outcome, corrected)
    if passed.split.good.rows.is_empty() and passed.repeats.is_empty():
        return Corrected(None, tuple(left))
    return Corrected(store.stage(with_remaining(path, replace(passed, repairs=renumber(passed.repairs, snapshot_id)), snapshot)), tuple(left))


def doubts(path: str, order: Rejudge, snapshot_id: str) -> list[tuple[CorrectedCell, str]]:
    """Return what cleaners would make of corrected cells, with their names, where that is another value.

    So a dependency between columns, or what labels taught (`cell_errors`), contradicts a value that would pass all rules. Nothing is staged.

    Args:
        path: Path of sluice.yaml.
        order: The rows, and the values of their cells.
        snapshot_id: What is published.
    """
    config, store = open_session(path)
    require_layout(path, order.dataset)
    settings, snapshot, steps = config.datasets[order.dataset], store.snapshot(snapshot_id), steps_of(path, order.dataset).steps
    corrected, _ = _corrected(order, store.quarantine.held(order.dataset, rows=order.rows), settings.schema_of(order.dataset))
    outcome = evaluate(corrected.batch, steps, snapshot, kind=order.kind, weights=settings.gate.weights)
    changed = outcome.repairs.join(corrected.repairs.select(ROW, "column", pl.col("new").alias("_proposed")), on=[ROW, "column"], maintain_order="left")
    last = changed.unique([ROW, "column"], keep="last", maintain_order=True).filter(pl.col("new").ne_missing(pl.col("_proposed")))
    return [(CorrectedCell(row, column, new), cleaner) for row, column, new, cleaner in last.select(ROW, "column", "new", "cleaner").iter_rows()]


def _corrected(order: Rejudge, held: pl.DataFrame, schema: Schema) -> tuple[Cleaned, list[LeftOut]]:
    """Return the rows with their right values, each change a repair, and those with a value that does not cast."""
    values, left = cast_corrections(order.cells, held, schema)
    refused = pl.Series([row for group in left for row in group.rows], dtype=pl.String)
    rows = held.filter(~pl.col(ROW).is_in(refused.implode())).drop(REASONS, RUN, strict=False)
    decided = apply_decided(Batch(order.dataset, order.batch_id, rows, order.at, whole=False), values, STEWARD)
    changed = pl.col(ROW).is_in(decided.repairs[ROW].unique().implode()) & ~pl.col(ACTION).eq_missing("order_unknown")
    marked = decided.batch.rows.with_columns(pl.when(changed).then(pl.lit("repaired")).otherwise(pl.col(ACTION)).alias(ACTION))
    return replace(decided, batch=replace(decided.batch, rows=marked)), left


def _failing(outcome: Outcome) -> Iterator[LeftOut]:
    """Yield the rows that still fail, by rule."""
    reasons = outcome.split.bad.rows.select(ROW, REASONS).explode(REASONS).select(ROW, pl.col(REASONS).struct.field("name").alias("rule"))
    for (rule,), rows in reasons.partition_by("rule", as_dict=True, maintain_order=True).items():
        yield LeftOut(Message.of("correction_fails", rule=str(rule)), tuple(rows[ROW]))


def _passed(outcome: Outcome, corrected: Cleaned) -> Outcome:
    """Return the outcome without the rows that still fail, and with the repairs of the others."""
    repairs = pl.concat([corrected.repairs, outcome.repairs]).join(outcome.split.good.rows, on=ROW, how="semi", maintain_order="left")
    bad = outcome.split.bad
    return replace(outcome, split=replace(outcome.split, bad=replace(bad, rows=bad.rows.clear())), repairs=repairs)
