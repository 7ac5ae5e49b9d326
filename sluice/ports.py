"""Declare the protocols between the rooms: what each offers to, and expects of, the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

import polars as pl

from sluice.domain import (
    EMPTY,
    Arrival,
    Artifact,
    Batch,
    Cleaned,
    Comparison,
    Curve,
    Decision,
    Message,
    Model,
    ModelState,
    Probe,
    Rejudge,
    Request,
    Run,
    Staged,
    Verdict,
)


class Snapshot(Protocol):
    """Read what was published at one moment; the same snapshot gives the same rows for ever.

    Judges, cleaners and trainers know nothing else of earlier batches. A dataset of which nothing is published yet gives a
    frame without columns.
    """

    @property
    def id(self) -> str:
        """Return the name of the snapshot; "0" is the empty one."""
        ...

    def published(self, dataset: str) -> pl.LazyFrame:
        """Return the published rows: declared columns, `_row_id`, `_raw`, `_action`, `_run_id`."""
        ...

    def quarantine(self, dataset: str) -> pl.LazyFrame:
        """Return every row that was ever held, with `_reasons` and `_run_id`; released ones among them."""
        ...

    def runs(self, dataset: str) -> Sequence[Run]:
        """Return the published runs, the oldest first."""
        ...

    def metrics(self, dataset: str) -> pl.DataFrame:
        """Return one row per run, phase and rule: run_id, at, phase, rule, nature, dimension, severity, status, rows, failed."""
        ...

    def model(self, name: str) -> Artifact | None:
        """Return the champion of that name as it was at this snapshot."""
        ...

    def without(self, batch_id: str) -> Snapshot:
        """Return the snapshot less the rows and runs of one batch (for replays)."""
        ...


class Source(Protocol):
    """List what arrived for one dataset, and read it."""

    def arrivals(self) -> Iterator[Arrival]:
        """Yield what is there, the oldest first; arrivals that were published before among it."""
        ...

    def read(self, arrival: Arrival) -> Batch:
        """Return the arrival's rows, cast to the declared schema.

        Raises:
            SourceError: The arrival cannot be read, has changed since it was hashed, or is too large.
        """
        ...


@runtime_checkable
class Judge(Protocol):
    """Evaluate a batch: a suite of expectations, or a detector. Pure; keeps the order of rows."""

    def judge(self, batch: Batch, snapshot: Snapshot) -> Sequence[Verdict]:
        """Return one Verdict per rule; masks are aligned with `batch.rows`."""
        ...


@runtime_checkable
class Cleaner(Protocol):
    """Repair cells where that can be trusted, and hold rows that cannot be repaired. Keeps row ids and their order."""

    def clean(self, batch: Batch, verdicts: Sequence[Verdict], snapshot: Snapshot) -> Cleaned:
        """Return the batch with every change recorded; `verdicts` are those of the arrival."""
        ...


@runtime_checkable
class Trainer(Protocol):
    """Train a model on published rows."""

    @property
    def name(self) -> str:
        """Return the name of its registered model, e.g. `events.autoencoder`."""
        ...

    def train(self, snapshot: Snapshot, *, seed: int) -> Artifact:
        """Train a model; deterministic for one machine, snapshot and seed.

        Raises:
            ModelError: There is too little history; the text gives the number of rows that are missing.
        """
        ...


@runtime_checkable
class IncrementalTrainer(Trainer, Protocol):
    """Train further from a batch, without starting over."""

    def partial_fit(self, artifact: Artifact, snapshot: Snapshot, *, seed: int) -> Artifact:
        """Continue training with the runs that the model has not seen; deterministic like `train`.

        The card's `rows` stay those of the last full fit, `seen` names all runs that were learned from, and `refit` gives the reason for
        a full fit, where one is needed.

        Raises:
            ModelError: Too little history is left.
        """
        ...


@dataclass(frozen=True, slots=True, eq=False)
class PValues:
    """Hold the p-values of rows, or of the cells of one column.

    Attributes:
        values: Float64, aligned with the rows: share of accepted rows that are at least as anomalous.
        calibration_rows: Number of accepted rows of the calibration; no p-value is below 1 / (calibration_rows + 1).
    """

    values: pl.Series
    calibration_rows: int


class Scorer(Protocol):
    """Score rows by a detector, for an expectation. Pure; each row is scored by itself."""

    @property
    def columns(self) -> Sequence[str]:
        """Return the columns that it reads."""
        ...

    def p_values(self, rows: pl.DataFrame, snapshot: Snapshot, column: str | None = None) -> PValues:
        """Return the p-value of each row, or of each cell of a column given the rest of its row.

        Raises:
            ModelError: The detector is not trained yet; the text says what it waits for.
        """
        ...

    def blame(self, rows: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
        """Return one row per row: `columns` to blame, the worst first, the value `expected` of the worst, as text or null, and perhaps `how` it is odd.

        Raises:
            ModelError: The detector is not trained yet.
        """
        ...

    def contributions(self, rows: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
        """Return one row per row and column: `_row_id`, `column`, `surprise` (0: usual), `expected` as text or null, `how` as in `blame`.

        Raises:
            ModelError: The detector is not trained yet.
        """
        ...


@dataclass(frozen=True, slots=True)
class Steps:
    """Hold what judges and cleans one dataset."""

    judges: Sequence[Judge]
    cleaner: Cleaner


# -- tasks of the worker process: ids, paths and records go in and come out, never frames


class ArrivalEvaluator(Protocol):
    """Evaluate arrivals."""

    def evaluate_arrival(self, arrival: Arrival, snapshot_id: str) -> Staged:
        """Read, evaluate and stage an arrival against a snapshot.

        Raises:
            SourceError: It cannot be read.
            OutOfMemory: The worker died under its memory limit.
        """
        ...


class Rejudger(Protocol):
    """Judge held rows again."""

    def rejudge(self, order: Rejudge, snapshot_id: str) -> Staged:
        """Judge held rows against a snapshot and stage the outcome."""
        ...


class RepairUndoer(Protocol):
    """Take repairs back."""

    def undo(self, dataset: str, batch_id: str, repair_ids: Sequence[str], snapshot_id: str, at: datetime) -> Staged:
        """Restore the cells of repairs, judge their rows and stage the outcome."""
        ...


class Auditor(Protocol):
    """Judge what is published."""

    def audit(self, dataset: str, batch_id: str, snapshot_id: str, at: datetime) -> Staged:
        """Judge the published rows of the training window and stage the record."""
        ...


class ChallengerTrainer(Protocol):
    """Train a challenger and compare it with the champion."""

    def train(self, decisions: Sequence[Decision], log_dir: str | None = None) -> Artifact:
        """Train a challenger from the snapshot and the open runs that the decisions pin.

        Raises:
            ModelError: There is too little history.
        """
        ...

    def compare(self, champion: Artifact | None, challenger: Artifact, snapshot_id: str) -> Comparison:
        """Compare the champion, if any, with the challenger as it was saved, at a snapshot."""
        ...


class CostProber(Protocol):
    """Measure what data errors cost."""

    def measure(self, setup: Any, kind: str, rate: float, seed: int) -> Probe:  # noqa: ANN401  # a record of the worker's own
        """Inject one kind of fault into accepted batches, and measure the loss."""
        ...

    def draw_curve(self, dataset: str, probes: Sequence[Probe], seed: int) -> tuple[Curve, bytes]:
        """Draw the curve from score to cost; return it with the safetensors bytes that are stored."""
        ...


class WorkerTasks(ArrivalEvaluator, Rejudger, RepairUndoer, Auditor, ChallengerTrainer, CostProber, Protocol):
    """Offer everything that a job lets the worker process do."""


# -- store


class Lease(Protocol):
    """Grant one worker the exclusive right to write; `epoch` is the fencing token that keeps out an earlier holder."""

    @property
    def name(self) -> str:
        """Return what is leased: a dataset or a job."""
        ...

    @property
    def epoch(self) -> int:
        """Return the fencing token, which grows by one with each holder."""
        ...


class Leasing(Protocol):
    """Hand out leases."""

    def lease(self, name: str) -> AbstractContextManager[Lease]:
        """Hold a lease, with a heartbeat, while the context lasts.

        Raises:
            LeaseHeld: A living worker holds it.
        """
        ...


class SnapshotReader(Protocol):
    """Read what was published."""

    def snapshot(self, snapshot_id: str | None = None) -> Snapshot:
        """Return what is published now, or was at a named snapshot."""
        ...


class PublishingStore(Leasing, SnapshotReader, Protocol):
    """Publish outcomes exactly once."""

    def publish(self, lease: Lease, staged: Staged) -> Run:
        """Publish a staged outcome exactly once.

        Raises:
            Fenced: Another worker took the lease over.
        """
        ...


class IngestStore(PublishingStore, Protocol):
    """Publish arrivals, and record those that cannot be read."""

    def recover(self) -> Sequence[Run]:
        """Finish every run that was promised (`intent`) from its staged files, and drop stages that were not; return the finished runs."""
        ...

    def is_known(self, arrival: Arrival, *, retry_failed: bool = False) -> bool:
        """Return True where the arrival was published before, or failed; with `retry_failed`, failed arrivals count as new."""
        ...

    def record_failure(self, lease: Lease, arrival: Arrival, error: Message) -> Run:
        """Record an arrival that cannot be read."""
        ...


class Quarantine(Protocol):
    """Read held rows and applied repairs, and reject rows."""

    def held(self, dataset: str, *, rows: Sequence[str] = (), rule: str | None = None) -> pl.DataFrame:
        """Return the rows that are held now (not released, not rejected): all, those named, or those whose only reason is one rule."""
        ...

    def reject(self, lease: Lease, request: Request, rows: Sequence[str]) -> None:
        """Record that rows are rejected for good."""
        ...

    def repairs(self, dataset: str, *, ids: Sequence[str] = ()) -> pl.DataFrame:
        """Return applied repairs that were not undone (schema REPAIRS and `_run_id`): all, or those named."""
        ...


class QuarantineStore(PublishingStore, Protocol):
    """Publish rows that were held, or hold rows that were published."""

    @property
    def quarantine(self) -> Quarantine:
        """Return the held rows and applied repairs."""
        ...


class ModelVersions(Protocol):
    """Save and list the versions of registered models."""

    def save(self, name: str, artifact: Artifact, state: ModelState, *, at: datetime, keep: int | None = None) -> Model:
        """Save a new version; as `champion` it retires the one before, and all but the newest `keep` lose their bytes."""
        ...

    def versions(self, name: str) -> Sequence[Model]:
        """Return all versions, the newest first."""
        ...


class ModelRegistry(ModelVersions, Protocol):
    """Evaluate challengers and load models."""

    def finish_evaluation(self, name: str, version: int, state: ModelState, evidence: Mapping[str, object]) -> Model:
        """End the evaluation of a version and add the evidence to its card; as `champion` it retires the one before."""
        ...

    def load(self, name: str, version: int | None = None) -> Artifact | None:
        """Load a version, or the champion; None where there is none.

        Raises:
            ModelError: Its bytes are not those that were saved.
        """
        ...


class ActivityLog(Protocol):
    """Keep the activity log."""

    def log(self, *, who: str, what: str, subject: str, reason: Message = EMPTY, at: datetime) -> None:
        """Add to the activity log."""
        ...


class DecisionLog(Protocol):
    """Keep the gate's decisions that were used."""

    def record(self, decision: Decision, *, by: str) -> None:
        """Log a decision that was used."""
        ...


class ModelStore(Protocol):
    """Keep models, and log what was trained."""

    @property
    def models(self) -> ModelVersions:
        """Return the registered models."""
        ...

    @property
    def activity(self) -> ActivityLog:
        """Return the activity log."""
        ...


class LearningStore(ModelStore, SnapshotReader, Protocol):
    """Keep detectors, and read what they learn from."""


class RetrainingStore(Leasing, Protocol):
    """Keep challengers and champions, and the decisions that let them be trained."""

    @property
    def models(self) -> ModelRegistry:
        """Return the registered models."""
        ...

    @property
    def decisions(self) -> DecisionLog:
        """Return the gate's decisions."""
        ...

    @property
    def activity(self) -> ActivityLog:
        """Return the activity log."""
        ...


class Progress(Protocol):
    """Report the progress of long work."""

    def __call__(self, what: str, done: int, total: int | None) -> None:
        """Report that `done` of `total` (None: not known yet) of the work is finished."""
        ...
