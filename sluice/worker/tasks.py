"""Read, judge and stage batches. Writes files that nobody reads before they are published, and nothing else."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from sluice import rules
from sluice.config import Config
from sluice.domain import (
    MAX_SHRINK,
    REASONS,
    REPAIRS,
    RESERVED,
    ROW,
    RUN,
    Arrival,
    Batch,
    Cleaned,
    Message,
    Outcome,
    Rejudge,
    Run,
    Schema,
    Staged,
    Status,
    Verdict,
    advance_steps,
)
from sluice.errors import NotInParts, OutOfMemory, SourceError
from sluice.messages import make_error
from sluice.pipeline import evaluate
from sluice.ports import Snapshot, Source, needs_of_steps, stage
from sluice.sources.arrival import same_file
from sluice.sources.growth import grown_file
from sluice.store import SqlStore
from sluice.store.lake_errors import missing_files
from sluice.store.snapshot import SqlSnapshot
from sluice.wiring import clock
from sluice.wiring.sources import source_of
from sluice.worker.batch_errors import batch_errors
from sluice.worker.parts import Engine, in_this_process, plan_division, size_of, stage_parts
from sluice.worker.profiling import make_evaluator
from sluice.worker.remaining import with_remaining
from sluice.worker.session import open_session, require_layout, steps_of
from sluice.worker.stage_times import with_stages
from sluice.worker.suppressing import SuppressingSource, arriving_source

_DAY = timedelta(days=1)


def validate_steps(path: str) -> None:
    """Build every dataset's steps, so that every mistake in them is reported before anything is judged.

    Raises:
        ConfigError: A step does not fit.
    """
    for dataset in open_session(path)[0].datasets:
        steps_of(path, dataset)


@with_stages
def evaluate_arrival(path: str, arrival: Arrival, snapshot_id: str) -> Staged:
    """Read, evaluate and stage one arrival.

    Raises:
        RebuildNeeded: The stored rows do not fit the declaration; nothing is read.
        SourceError: The arrival cannot be read, or its time is refused.
        BatchFailed: A step fails on it.
    """
    config, store = open_session(path)
    require_layout(path, arrival.dataset)
    snapshot = store.snapshot(snapshot_id)
    dataset, steps = config.datasets[arrival.dataset], steps_of(path, arrival.dataset).steps
    with batch_errors(Path(arrival.uri).name, dataset.schema_of(arrival.dataset).names), missing_files(store.lake.root):
        held_rows = functools.partial(store.quarantine.held_of_keys, dataset.schema_of(arrival.dataset))
        evaluate_batch = make_evaluator(config, arrival.dataset, steps, snapshot, held_rows)
        source, complete = arriving_source(config, store, arrival.dataset), _completion(config, arrival, snapshot)
        on_spark = config.engine == "spark"
        division = plan_division(source, arrival, steps, config.limits.memory, config.spark.rows if on_spark else None)
        if division and not _keeps_columns(dataset.schema_of(arrival.dataset), snapshot):
            scratch = Path(config.path(config.spark.scratch)) if on_spark and config.spark.scratch else None
            with contextlib.suppress(NotInParts):
                engine = _engine(config, path, snapshot, store, evaluate_batch)
                return stage_parts(division, arrival, store, complete, evaluate_batch, engine, lambda outcome: with_remaining(path, outcome, snapshot), scratch)
        return store.stage(with_remaining(path, evaluate_batch(complete(_read(source, arrival))), snapshot), uri=arrival.uri)


def _read(source: Source | SuppressingSource, arrival: Arrival) -> Batch:
    """Read an arrival; nobody but who evaluates the batch holds it."""
    with stage("read"):
        return source.read(arrival)


def _keeps_columns(schema: Schema, snapshot: SqlSnapshot) -> bool:
    """Return True where a row that replaces a published one keeps its cells in columns that are declared no longer: a merge alone does that."""
    stored = snapshot.stored("clean", schema.dataset).collect_schema().names()
    return schema.mode == "upsert" and not {*stored} <= {*schema.names, *RESERVED, RUN}


def _engine(config: Config, path: str, snapshot: SqlSnapshot, store: SqlStore, evaluate_batch: Callable[[Batch], Outcome]) -> Engine:
    """Return what says where the parts of a batch are evaluated."""
    if config.engine == "polars":
        return functools.partial(in_this_process, evaluate=evaluate_batch)
    from sluice.worker.spark.engine import on_cluster  # where it is needed: the client of Spark is an extra

    return functools.partial(on_cluster, config=config, path=Path(path), store=store, snapshot=snapshot)


def explain_memory(path: str, arrival: Arrival) -> None:
    """Say why an arrival that ran out of memory was not evaluated in parts; return where that is not known.

    Raises:
        OutOfMemory: Some steps look at all rows at once; names them, and how many rows fit.
    """
    config, _ = open_session(path)
    limit = config.limits.memory
    undivided = needs_of_steps(steps_of(path, arrival.dataset).steps).undivided()
    size = size_of(source_of(config, arrival.dataset), arrival, limit) if undivided else None
    if size is not None:
        file, rows = Path(arrival.uri).name, size.rows.rows
        raise make_error(OutOfMemory, "batch_undivided", file=file, rows=rows, fit=size.fit, gib=limit / 2**30, steps=undivided)


def check(path: str, arrival: Arrival, snapshot_id: str) -> list[Verdict]:
    """Read and evaluate one arrival; return the verdicts on it once cleaned, without masks and evidence. Writes nothing.

    Raises:
        RebuildNeeded: The stored rows do not fit the declaration; nothing is read.
        SourceError: The arrival cannot be read, or its time is refused.
        BatchFailed: A step fails on it.
    """
    outcome = evaluate_unstaged(path, arrival, snapshot_id)
    return [replace(verdict, failing=None, evidence=None) for verdict in outcome.phases["cleaned"]]


def evaluate_unstaged(path: str, arrival: Arrival, snapshot_id: str) -> Outcome:
    """Read and evaluate one arrival, and write nothing.

    Raises:
        RebuildNeeded: The stored rows do not fit the declaration; nothing is read.
        SourceError: The arrival cannot be read, or its time is refused.
        BatchFailed: A step fails on it.
    """
    config, store = open_session(path)
    require_layout(path, arrival.dataset)
    snapshot, steps = store.snapshot(snapshot_id), steps_of(path, arrival.dataset).steps
    with batch_errors(Path(arrival.uri).name, config.datasets[arrival.dataset].schema_of(arrival.dataset).names), missing_files(store.lake.root):
        batch = _completion(config, arrival, snapshot)(arriving_source(config, store, arrival.dataset).read(arrival))
        return evaluate(batch, steps, snapshot)


def _completion(config: Config, arrival: Arrival, snapshot: Snapshot) -> Callable[[Batch], Batch]:
    """Return what adds to the rows of an arrival what is known of it, unless its time is refused."""
    refuse_future(config, arrival)
    runs, schema = snapshot.runs(arrival.dataset), config.datasets[arrival.dataset].schema_of(arrival.dataset)
    newer = newer_table(config, arrival, snapshot)
    same = same_file(arrival, runs) if newer or (schema.mode == "append" and not schema.key) else None  # otherwise each row is compared by its key
    if newer and same is None:
        raise make_error(SourceError, "file_older_than_snapshot", file=Path(arrival.uri).name, newest=newer.isoformat())
    grown = grown_file(arrival, runs) if schema.mode != "snapshot" else None
    if grown is not None and schema.mode == "upsert" and schema.key and not schema.blank_key:
        grown = replace(grown, cut=None)  # a row is replaced by its key
    begun = rules.first_run(runs)
    history = begun is None or arrival.at <= begun
    return lambda batch: replace(batch, history=history, same_file=same, grown=grown, size=arrival.size, whole=batch.whole and not newer)


def refuse_future(config: Config, arrival: Arrival) -> None:
    """Refuse a batch of a time that has not begun: it would outdate all that comes until then.

    Raises:
        SourceError: Its name holds a date in the future.
    """
    period = config.datasets[arrival.dataset].every or _DAY
    if arrival.at - period > max(clock.now(config), clock.wall()):
        day = f"{arrival.at - period:%Y-%m-%d}"
        raise make_error(SourceError, "file_of_the_future", file=Path(arrival.uri).name, day=day)


def newer_table(config: Config, arrival: Arrival, snapshot: Snapshot) -> datetime | None:
    """Return the end of the newest published table that a whole table is older than; None where it is the newest, or only some rows.

    A published one of a future date counts as older than any.
    """
    dataset = config.datasets[arrival.dataset]
    latest = rules.latest_end(clock.now(config), dataset.every)
    newer = [run.at for run in rules.published_tables(snapshot.runs(arrival.dataset)) if arrival.at < run.at <= latest]
    return max(newer, default=None) if dataset.mode == "snapshot" else None


@with_stages
def rejudge(path: str, order: Rejudge, snapshot_id: str) -> Staged:
    """Judge held rows again, and stage the outcome."""
    config, store = open_session(path)
    require_layout(path, order.dataset)
    held, snapshot = store.quarantine.held(order.dataset, rows=order.rows), store.snapshot(snapshot_id)
    table = held_table(order, held, store, snapshot) if config.datasets[order.dataset].mode == "snapshot" else None
    rows = held if table is None else held.filter(pl.col(RUN) == table.id)
    at, uri = (order.at, "") if table is None else (table.at, table.uri)
    batch = Batch(order.dataset, order.batch_id, rows.drop(REASONS, RUN, strict=False), at, whole=table is not None)
    weights = config.datasets[order.dataset].gate.weights
    held_rows = None if table is None else functools.partial(store.quarantine.held_of_keys, config.datasets[order.dataset].schema_of(order.dataset))
    steps = steps_of(path, order.dataset).steps
    outcome = evaluate(batch, steps, snapshot, kind=order.kind, waived=order.waived, weights=weights, held_rows=held_rows)
    return store.stage(with_remaining(path, replace(outcome, repairs=renumber(outcome.repairs, snapshot_id)), snapshot), uri=uri)


def held_table(order: Rejudge, held: pl.DataFrame, store: SqlStore, snapshot: Snapshot) -> Run | None:
    """Return the newest run whose rows are all released after they were held as a whole, for what the table would lose; None where there is none."""
    if order.kind != "release" or MAX_SHRINK not in order.waived:
        return None
    runs = {run.id: run for run in snapshot.runs(order.dataset) if run.kind == "ingest" and run.uri}
    whole = store.quarantine.held(order.dataset, rule=MAX_SHRINK)
    left = whole.join(held, on=ROW, how="anti")[RUN]
    complete = [run for run in runs if run in set(whole[RUN]) - set(left)]
    return runs[complete[-1]] if complete else None


def renumber(repairs: pl.DataFrame, snapshot_id: str) -> pl.DataFrame:
    """Number the repairs of rows that were cleaned before so that no earlier run can have used the numbers."""
    return advance_steps(repairs, 1000 * int(snapshot_id))


@with_stages
def undo(path: str, dataset: str, batch_id: str, repair_ids: Sequence[str], snapshot_id: str, at: datetime) -> Staged:
    """Restore the old values of repaired cells, judge their rows, and stage the outcome."""
    config, store = open_session(path)
    require_layout(path, dataset)
    snapshot = store.snapshot(snapshot_id)
    repairs = rules.with_later(store.quarantine.repairs(dataset), repair_ids)
    rows = snapshot.published(dataset).filter(pl.col(ROW).is_in(repairs[ROW].implode())).drop(RUN).collect()
    restored = rules.revert(rows, repairs, config.datasets[dataset].schema_of(dataset))
    batch = Batch(dataset, batch_id, restored, at, whole=False)
    outcome = evaluate(batch, replace(steps_of(path, dataset).steps, cleaner=NoCleaner()), snapshot, kind="undo")
    return store.stage(with_remaining(path, replace(outcome, repairs=repairs), snapshot))


class NoCleaner:
    """Clean nothing."""

    def clean(self, batch: Batch, verdicts: Sequence[Verdict], snapshot: Snapshot) -> Cleaned:  # a Cleaner's signature
        """Return the batch unchanged."""
        return Cleaned(batch, pl.DataFrame(schema=REPAIRS))


@with_stages
def audit(path: str, dataset: str, batch_id: str, snapshot_id: str, at: datetime) -> Staged:
    """Judge the published rows of the training window and whether every expected batch arrived, and stage the record."""
    config, store = open_session(path)
    require_layout(path, dataset)
    gate, every, snapshot = config.datasets[dataset].gate, config.datasets[dataset].every, store.snapshot(snapshot_id)
    runs = snapshot.runs(dataset)
    end = rules.window_end(runs, at, every)
    recent = [run.id for run in runs if rules.in_window(run.at, end, gate.window, every)]
    rows = snapshot.published(dataset)
    if rows.collect_schema():
        rows = rows.filter(pl.col(RUN).is_in(recent)).drop(RUN)
    batch = Batch(dataset, batch_id, rows.collect(), at, whole=False)
    verdicts = [verdict for judge in steps_of(path, dataset).steps.judges for verdict in judge.judge(batch, snapshot)]
    verdicts.append(check_punctuality([run.at for run in runs if run.kind == "ingest"], config, dataset, at, rules.live_since(runs, every)))
    score = rules.score(map(rules.count, verdicts), gate.weights)
    split = rules.split(replace(batch, rows=batch.rows.clear()), [])
    judged = {"published": verdicts}
    return store.stage(Outcome("audit", score, score, split, pl.DataFrame(schema=REPAIRS), judged, basis=snapshot.id, audited=batch.rows.height))


def check_punctuality(arrived: Sequence[datetime], config: Config, dataset: str, at: datetime, live: datetime | None) -> Verdict:
    """Judge whether every batch arrived that was due in the training window, since batches are expected to come (see `rules.live_since`)."""
    settings = config.datasets[dataset]
    due = rules.missing(arrived, settings.every, now=at, grace=settings.grace)
    missing = [moment for moment in due if live is not None and moment > live and moment >= at - settings.gate.window]
    arrivals = Message.of("batches_arrived", batches=len(arrived))
    observed = Message.of("batches_missing", missing=len(missing), last_due=missing[-1].isoformat()) if missing else arrivals
    status: Status = "skipped" if settings.every is None else "failed" if missing else "passed"
    return Verdict("batches_come_when_due", "expectation", "timeliness", "critical", "flag", status, message=observed, observed=observed)
