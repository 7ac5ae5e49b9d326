"""What runs in the child process: reads, judges, trains. It writes staged files and nothing else."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from sluice import rules
from sluice.config import Config, load
from sluice.domain import REASONS, REPAIRS, ROW, RUN, Arrival, Artifact, Batch, Cleaned, Message, Outcome, Staged, Status, Verdict
from sluice.errors import ModelError, SourceError
from sluice.jobs.release import Rejudge
from sluice.pipeline import evaluate
from sluice.ports import Snapshot, Steps, Updater
from sluice.store import SqlStore
from sluice.wiring import clock
from sluice.wiring.sources import source_of
from sluice.wiring.steps import steps_of, trainers_of
from sluice.wiring.stores import open_store_of

_DAY = timedelta(days=1)


@functools.lru_cache(maxsize=4)
def opened(path: str) -> tuple[Config, SqlStore]:
    """Configuration and store, made once in each child."""
    config = load(path)
    return config, open_store_of(config)


@functools.lru_cache(maxsize=64)
def steps(path: str, dataset: str) -> Steps:
    """A dataset's steps, made once in each child: importing Great Expectations and torch costs more than a batch."""
    return steps_of(opened(path)[0], Path(path), dataset)


def check(path: str) -> None:
    """Make every dataset's steps, so that every mistake in them is told before anything is judged.

    Raises:
        ConfigError: A step does not fit.
    """
    for dataset in opened(path)[0].datasets:
        steps(path, dataset)


def evaluated(path: str, arrival: Arrival, snapshot_id: str) -> Staged:
    """Read, evaluate and stage one arrival."""
    config, store = opened(path)
    refuse_early(config, arrival)
    refuse_late(config, arrival, store.snapshot(snapshot_id))
    batch = source_of(config, arrival.dataset).read(arrival)
    outcome = evaluate(batch, steps(path, arrival.dataset), store.snapshot(snapshot_id), weights=config.datasets[arrival.dataset].gate.weights)
    return store.stage(outcome, uri=arrival.uri)


def refuse_early(config: Config, arrival: Arrival) -> None:
    """Refuse a batch of a time that has not begun: it would outdate all that comes until then.

    Raises:
        SourceError: Its name holds a date in the future.
    """
    period = config.datasets[arrival.dataset].every or _DAY
    if arrival.at - period > max(clock.now(config), clock.wall()):
        day = f"{arrival.at - period:%Y-%m-%d}"
        raise SourceError(f"{Path(arrival.uri).name} is of {day}, which has not come yet; rename it, or run `sluice run --again` then")


def refuse_late(config: Config, arrival: Arrival, snapshot: Snapshot) -> None:
    """Let no older whole table take the place of a newer one; one whose date lies in the future is newer than nothing.

    Raises:
        SourceError: The arrival is a snapshot, and a newer one is published.
    """
    each = config.datasets[arrival.dataset]
    latest = clock.now(config) + max(each.every or _DAY, _DAY)  # a file may bear the date of the day that it comes on
    newer = [run.at for run in snapshot.runs(arrival.dataset) if run.kind == "ingest" and run.good and arrival.at < run.at <= latest]
    if each.mode == "snapshot" and newer:
        raise SourceError(f"{Path(arrival.uri).name}: is older than the snapshot of {max(newer):%Y-%m-%d %H:%M}, which is published and stays")


def checked(path: str, arrival: Arrival, snapshot_id: str) -> list[Verdict]:
    """Read and evaluate one arrival; what every rule says of it once cleaned, without masks and evidence. Writes nothing."""
    config, store = opened(path)
    refuse_early(config, arrival)
    refuse_late(config, arrival, store.snapshot(snapshot_id))
    batch = source_of(config, arrival.dataset).read(arrival)
    outcome = evaluate(batch, steps(path, arrival.dataset), store.snapshot(snapshot_id))
    return [replace(verdict, failing=None, evidence=None) for verdict in outcome.phases["cleaned"]]


def rejudged(path: str, order: Rejudge, snapshot_id: str) -> Staged:
    """Judge held rows again, and stage what becomes of them."""
    config, store = opened(path)
    rows = store.quarantine.held(order.dataset, rows=order.rows).drop(REASONS, RUN, strict=False)
    batch = Batch(order.dataset, order.batch_id, rows, order.at, whole=False)
    weights = config.datasets[order.dataset].gate.weights
    outcome = evaluate(batch, steps(path, order.dataset), store.snapshot(snapshot_id), kind=order.kind, waived=order.waived, weights=weights)
    return store.stage(replace(outcome, repairs=numbered(outcome.repairs, snapshot_id)))


def numbered(repairs: pl.DataFrame, snapshot_id: str) -> pl.DataFrame:
    """Repairs of rows that were cleaned before: their steps go on where no earlier run can have come to."""
    path, step = pl.col("repair_id").str.extract(r"^(.*)/\d+$"), pl.col("repair_id").str.extract(r"(\d+)$").cast(pl.Int64)
    return repairs.with_columns(repair_id=pl.format("{}/{}", path, step + 1000 * int(snapshot_id)))


def undone(path: str, dataset: str, batch_id: str, repair_ids: Sequence[str], snapshot_id: str, at: datetime) -> Staged:
    """Give cells their old values back, judge the rows as they then are, and stage them."""
    config, store = opened(path)
    snapshot = store.snapshot(snapshot_id)
    repairs = later_too(store.quarantine.repairs(dataset), repair_ids)
    rows = snapshot.published(dataset).filter(pl.col(ROW).is_in(repairs[ROW].implode())).drop(RUN).collect()
    restored = rules.revert(rows, repairs, config.datasets[dataset].schema_of(dataset))
    batch = Batch(dataset, batch_id, restored, at, whole=False)
    outcome = evaluate(batch, replace(steps(path, dataset), cleaner=AsItIs()), snapshot, kind="undo")
    return store.stage(replace(outcome, repairs=repairs))


def later_too(repairs: pl.DataFrame, ids: Sequence[str]) -> pl.DataFrame:
    """The named repairs, and every later one of the same cells."""
    stepped = repairs.with_columns(step=pl.col("repair_id").str.split("/").list.last().cast(pl.Int64))
    first = stepped.filter(pl.col("repair_id").is_in(list(ids))).group_by(ROW, "column").agg(pl.col("step").min().alias("first"))
    return stepped.join(first, on=[ROW, "column"]).filter(pl.col("step") >= pl.col("first")).select(*REPAIRS)


class AsItIs:
    """A cleaner that changes nothing."""

    def clean(self, batch: Batch, verdicts: Sequence[Verdict], snapshot: Snapshot) -> Cleaned:  # a Cleaner's signature
        """The batch itself."""
        return Cleaned(batch, pl.DataFrame(schema=REPAIRS))


def audited(path: str, dataset: str, batch_id: str, snapshot_id: str, at: datetime) -> Staged:
    """Judge the published rows of the training window, and whether every expected batch came."""
    config, store = opened(path)
    each, snapshot = config.datasets[dataset], store.snapshot(snapshot_id)
    recent = [run.id for run in snapshot.runs(dataset) if at - each.gate.window <= run.at <= at]
    rows = snapshot.published(dataset)
    if rows.collect_schema():
        rows = rows.filter(pl.col(RUN).is_in(recent)).drop(RUN)
    batch = Batch(dataset, batch_id, rows.collect(), at, whole=False)
    verdicts = [verdict for judge in steps(path, dataset).judges for verdict in judge.judge(batch, snapshot)]
    verdicts.append(due_batches([run.at for run in snapshot.runs(dataset) if run.kind == "ingest"], config, dataset, at))
    score = rules.score(map(rules.count, verdicts), each.gate.weights)
    empty = replace(batch, rows=batch.rows.clear())
    split = rules.split(empty, [])
    outcome = Outcome("audit", score, score, split, pl.DataFrame(schema=REPAIRS), {"published": verdicts}, basis=snapshot.id)
    return store.stage(outcome)


def due_batches(arrived: Sequence[datetime], config: Config, dataset: str, at: datetime) -> Verdict:
    """A verdict on whether every batch came that was due in the training window."""
    each = config.datasets[dataset]
    lacking = [moment for moment in rules.missing(arrived, each.every, now=at, grace=each.grace) if moment >= at - each.gate.window]
    arrivals = Message.of("batches_arrived", batches=len(arrived))
    told = Message.of("batches_missing", missing=len(lacking), last_due=lacking[-1].isoformat()) if lacking else arrivals
    status: Status = "skipped" if each.every is None else "failed" if lacking else "passed"
    return Verdict("batches_come_when_due", "expectation", "timeliness", "critical", "flag", status, message=told, observed=told)


def trained(path: str, dataset: str, name: str, snapshot_id: str) -> Artifact:
    """Train one of a dataset's detectors."""
    config, store = opened(path)
    return trainers_of(config, Path(path), dataset)[name].train(store.snapshot(snapshot_id), seed=0)


def updated(path: str, dataset: str, name: str, snapshot_id: str) -> Artifact:
    """Let one of a dataset's detectors learn on from what is new.

    Raises:
        ModelError: It has learned nothing yet.
    """
    config, store = opened(path)
    trainer, snapshot = trainers_of(config, Path(path), dataset)[name], store.snapshot(snapshot_id)
    serving = snapshot.model(name)
    if serving is None or not isinstance(trainer, Updater):
        raise ModelError(f"{name} has learned nothing yet that it could learn on from")
    return trainer.update(serving, snapshot, seed=0)
