"""Measure how much of a dataset is guarded: plant errors into accepted rows, and count those that its steps find."""

from __future__ import annotations

import zlib
from collections import defaultdict
from datetime import datetime

import numpy as np
import polars as pl

from sluice.domain import ACTION, RAW, RAW_TYPE, ROW, RUN, Batch, Column, Counts, Guarded, Run, Schema
from sluice.faults.planting import count_detected, plant_errors
from sluice.ports import Snapshot, Steps
from sluice.sources.cast import as_text, to_type
from sluice.worker.session import open_session, require_layout, steps_of

MAX_ROWS, ROUNDS = 2000, 3  # bound the cost: at most four judgements of so many rows
_NEWEST = 5  # batches, of which the largest is taken
_DENSE = 1.5  # times as many rows of the file as are taken, up to which none of a batch that was stored in parts lies elsewhere

_ALARMS = pl.Schema({ROW: pl.String(), "alarm": pl.String()})


def measure(path: str, dataset: str, snapshot_id: str, settings: str, at: datetime) -> Guarded | None:
    """Plant errors into accepted rows of a dataset and count what is found; None where nothing is accepted. Writes nothing.

    Args:
        path: Path of sluice.yaml.
        dataset: Name of a configured dataset.
        snapshot_id: Id of the snapshot that the rows are read from.
        settings: Fingerprint to record.
        at: Time to record.

    Raises:
        RebuildNeeded: The stored rows do not fit the declaration, so that its steps cannot judge them.
    """
    config, store = open_session(path)
    require_layout(path, dataset)
    snapshot = store.snapshot(snapshot_id)
    batch = accepted_rows(snapshot, dataset)
    if batch is None:
        return None
    schema, steps = config.datasets[dataset].schema_of(dataset), steps_of(path, dataset).steps
    columns = plant_and_count(batch, schema, steps, snapshot.without(batch.id), seed=zlib.crc32(dataset.encode()))
    newest = _accepted(snapshot, dataset)[-1]
    return Guarded(dataset, at, int(snapshot.id), newest.fingerprint, settings, batch.rows.height, columns)


def accepted_rows(snapshot: Snapshot, dataset: str) -> Batch | None:
    """Return rows of the largest of the newest accepted batches, as they follow one another in it; None where there are none.

    Neighbours stay together, as rows of one order or of one flight are often judged by one another.

    Args:
        snapshot: What is published.
        dataset: Name of the dataset.
    """
    published = snapshot.published(dataset)
    runs = {run.id: run for run in _accepted(snapshot, dataset)[-_NEWEST:]}
    if not runs or RUN not in published.collect_schema():
        return None
    counts = published.filter(pl.col(RUN).is_in(list(runs))).group_by(RUN).len().collect()
    if counts.is_empty():
        return None
    largest, height = max(counts.iter_rows(), key=lambda row: (row[1], runs[row[0]].seq or 0))
    alone = published.select(pl.len()).collect().item() == height
    rows = _neighbouring_rows(published if alone else published.filter(pl.col(RUN) == largest), largest, height, alone=alone)
    return Batch(dataset, largest, rows.drop(RUN, ACTION, strict=False), runs[largest].at)


def _neighbouring_rows(batch: pl.LazyFrame, batch_id: str, height: int, *, alone: bool) -> pl.DataFrame:
    """Return rows of a batch that follow one another in its file, in their order.

    A batch that is alone in its table, such as a first or a whole one, is nearly always stored in that order: then the rows from one place on are all
    that is read.

    Args:
        batch: The rows of the batch.
        batch_id: Its id.
        height: Number of its rows.
        alone: Whether the table has no other rows.
    """
    position, seed = pl.col(ROW).str.strip_prefix(f"{batch_id}.").cast(pl.UInt32, strict=False), zlib.crc32(batch_id.encode())  # of few bytes
    if alone:
        rows = batch.slice(seed % max(1, height - MAX_ROWS + 1), MAX_ROWS).collect()
        places = rows.select(position).to_series()
        if not places.has_nulls() and places.is_sorted() and places[-1] - places[0] < _DENSE * len(places):
            return rows
    positions = _neighbours(batch.select(position).collect(engine="streaming")[ROW], seed=seed)
    between = position.is_between(positions[0], positions[-1])  # the other cells are read of these rows alone
    return batch.filter(between).collect(engine="streaming").sort(position)


def _neighbours(positions: pl.Series, *, seed: int) -> pl.Series:
    """Return positions that follow one another in a file, in their order: a part of a batch is stored in another order than the file has."""
    ordered = positions.drop_nulls().sort()
    return ordered.slice(seed % max(1, ordered.len() - MAX_ROWS + 1), MAX_ROWS)


def _accepted(snapshot: Snapshot, dataset: str) -> list[Run]:
    """Return the batches with published rows, the oldest first: the open ones, or all where none is open."""
    runs = [run for run in snapshot.runs(dataset) if run.kind == "ingest" and run.good]
    return [run for run in runs if run.decision == "open"] or runs


def plant_and_count(batch: Batch, schema: Schema, steps: Steps, snapshot: Snapshot, *, seed: int) -> dict[str, dict[str, Counts]]:
    """Count planted and found errors by column and kind.

    An error is found where its row gets an alarm that the row does not have without it: it fails a rule, a detector flags it, a cleaner holds it or
    repairs the cell. Rules about a whole table find no cell and do not count.

    Args:
        batch: Accepted rows.
        schema: The dataset.
        steps: Its judges and its cleaner.
        snapshot: What is published, without the batch.
        seed: Seed of the draws.
    """
    before = alarms(batch, steps, snapshot)
    texts = batch.rows.select(as_text(batch.rows[column.name]) for column in schema.columns)
    types = {column.name: column.type for column in schema.columns}
    columns: dict[str, dict[str, Counts]] = {column.name: defaultdict(lambda: (0, 0)) for column in schema.columns}
    for draw in range(ROUNDS):
        planted = plant_errors(texts, types, seed=int(np.random.default_rng((seed, draw)).integers(2**32)))
        faulty = Batch(batch.dataset, batch.id, write_errors(batch.rows, planted, schema), batch.at)
        new = alarms(faulty, steps, snapshot).join(before, on=[ROW, "alarm"], how="anti")
        for column, kind, count, detected in count_detected(planted, are_detected(planted, batch.rows[ROW], new)):
            sums = columns[column][kind]
            columns[column][kind] = sums[0] + count, sums[1] + detected
    return {name: dict(kinds) for name, kinds in columns.items()}


def write_errors(rows: pl.DataFrame, planted: pl.DataFrame, schema: Schema) -> pl.DataFrame:
    """Write planted errors into rows, each as it would be read: a text that does not cast is null in its column, and stands in `_raw`."""
    uncast: dict[int, list[dict[str, str]]] = {}
    for column in schema.columns:
        errors = planted.filter(pl.col("column") == column.name)
        if errors.is_empty():
            continue
        values = to_type(errors["text"], Column(column.name, column.type))  # as written by as_text, whatever the format of the files
        rows = rows.with_columns(rows[column.name].scatter(errors["position"], values.cast(rows.schema[column.name])))
        lost = errors.filter(values.is_null() & errors["text"].is_not_null())
        uncast |= {position: [{"column": column.name, "text": text}] for position, text in lost.select("position", "text").iter_rows()}
    if not uncast:
        return rows
    raw = rows[RAW].cast(RAW_TYPE).to_list()
    for position, cells in uncast.items():
        raw[position] = [*(raw[position] or []), *cells]
    return rows.with_columns(pl.Series(RAW, raw, dtype=RAW_TYPE))


def alarms(batch: Batch, steps: Steps, snapshot: Snapshot) -> pl.DataFrame:
    """Return the alarms on the rows of a batch: `_row_id`, and the rule that fails or `repaired:` with the column."""
    verdicts = [verdict for judge in steps.judges for verdict in judge.judge(batch, snapshot)]
    cleaned = steps.cleaner.clean(batch, verdicts, snapshot)
    failing = [
        batch.rows.filter(verdict.failing.fill_null(value=False)).select(ROW, pl.lit(verdict.rule).alias("alarm"))
        for verdict in [*verdicts, *cleaned.held]
        if verdict.failing is not None and verdict.status in ("passed", "failed")
    ]
    repaired = cleaned.repairs.filter("applied").select(ROW, pl.concat_str(pl.lit("repaired:"), "column").alias("alarm"))
    return pl.concat([_ALARMS.to_frame(), *failing, repaired]).unique()


def are_detected(planted: pl.DataFrame, row_ids: pl.Series, new: pl.DataFrame) -> pl.Series:
    """Return for each planted error whether its row has a new alarm; a repair counts where it is of the cell itself."""
    cells = planted.select(pl.lit(row_ids).gather("position").alias(ROW), pl.concat_str(pl.lit("repaired:"), "column").alias("own"))
    rules = set(new.filter(~pl.col("alarm").str.starts_with("repaired:"))[ROW])
    repaired = set(new.select(ROW, "alarm").iter_rows())
    return pl.Series([row in rules or (row, own) in repaired for row, own in cells.iter_rows()], dtype=pl.Boolean)
