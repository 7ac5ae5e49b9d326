"""The protocols between the rooms: what each gives, and may expect, of the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

import polars as pl

from sluice.domain import EMPTY, Arrival, Artifact, Batch, Cleaned, Decision, Message, Model, ModelState, Outcome, Override, Request, Run, Staged, Verdict


class Snapshot(Protocol):
    """What was published at one moment, versions pinned: the same snapshot gives the same rows for ever.

    It is all that judges, cleaners and trainers know of the past. A dataset of which nothing is published yet gives a
    frame without columns.
    """

    @property
    def id(self) -> str:
        """Names the snapshot; "0" is the empty one."""
        ...

    def published(self, dataset: str) -> pl.LazyFrame:
        """The published rows: declared columns, `_row_id`, `_raw`, `_action`, `_run_id`."""
        ...

    def quarantine(self, dataset: str) -> pl.LazyFrame:
        """Every row that was ever held, with `_reasons` and `_run_id`; released ones among them."""
        ...

    def runs(self, dataset: str) -> Sequence[Run]:
        """The published runs, the oldest first."""
        ...

    def metrics(self, dataset: str) -> pl.DataFrame:
        """One row a run, phase and rule: run_id, at, phase, rule, nature, dimension, severity, status, rows, failed."""
        ...

    def model(self, name: str) -> Artifact | None:
        """The champion of that name as it was at this snapshot."""
        ...

    def without(self, batch_id: str) -> Snapshot:
        """The same, less the rows and runs of one batch (for replays)."""
        ...


class Source(Protocol):
    """Finds what arrived for one dataset, and reads it."""

    def arrivals(self) -> Iterator[Arrival]:
        """What is there, the oldest first; known ones among it."""
        ...

    def read(self, arrival: Arrival) -> Batch:
        """The arrival's rows, cast to the declared schema.

        Raises:
            SourceError: The arrival cannot be read, has changed since it was hashed, or is too large.
        """
        ...


@runtime_checkable
class Judge(Protocol):
    """Says what it thinks of a batch: a suite of expectations, or a detector. Pure, and keeps the order of rows."""

    def judge(self, batch: Batch, snapshot: Snapshot) -> Sequence[Verdict]:
        """One Verdict a rule; masks are aligned with `batch.rows`."""
        ...


@runtime_checkable
class Cleaner(Protocol):
    """Repairs cells where that can be trusted, and names rows that cannot stay. Keeps row ids and their order."""

    def clean(self, batch: Batch, verdicts: Sequence[Verdict], snapshot: Snapshot) -> Cleaned:
        """The batch with every change recorded; `verdicts` are those of the arrival."""
        ...


@runtime_checkable
class Trainer(Protocol):
    """Learns from the published past."""

    @property
    def name(self) -> str:
        """Names the line of models that it adds to, e.g. `events.autoencoder`."""
        ...

    def train(self, snapshot: Snapshot, *, seed: int) -> Artifact:
        """Deterministic for one machine, snapshot and seed.

        Raises:
            ModelError: There is too little to learn from; the text says how many rows it waits for.
        """
        ...


@runtime_checkable
class Updater(Trainer, Protocol):
    """A trainer that learns on from what it has learned, batch by batch."""

    def update(self, artifact: Artifact, snapshot: Snapshot, *, seed: int) -> Artifact:
        """What it has learned, with the runs of the past that it had not seen; deterministic like `train`.

        The card's `rows` stay those of the last whole fit, `seen` names all runs that were learned from, and `refit` says why a
        whole fit is wanted, where one is.

        Raises:
            ModelError: Too little is left to learn from.
        """
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """How unusual a detector finds rows, or the cells of one column.

    Attributes:
        p: Float64, aligned with the rows: the share of accepted ones that are at least as unusual.
        counted_on: How many accepted ones that share was counted on; no p is below 1 / (counted_on + 1).
    """

    p: pl.Series
    counted_on: int


class Scorer(Protocol):
    """What an expectation may ask of a detector. Pure; each row is scored by itself."""

    @property
    def columns(self) -> Sequence[str]:
        """The columns that it looks at."""
        ...

    def scored(self, rows: pl.DataFrame, snapshot: Snapshot, column: str | None = None) -> Scored:
        """How unusual each row is, or each cell of a column given the rest of its row.

        Raises:
            ModelError: It has not learned yet; the text says what it waits for.
        """
        ...

    def blamed(self, rows: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
        """One row a row: `columns` to blame, the worst first, the value `expected` of the worst, as text or null; it may say `how` that is odd.

        Raises:
            ModelError: It has not learned yet.
        """
        ...

    def cells(self, rows: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
        """One row a row and column: `_row_id`, `column`, `surprise` (0: usual; the higher, the stranger), `expected` as text or null, `how` as in `blamed`.

        Raises:
            ModelError: It has not learned yet.
        """
        ...


@dataclass(frozen=True, slots=True)
class Steps:
    """How one dataset is judged and cleaned."""

    judges: Sequence[Judge]
    cleaner: Cleaner


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


class Runs(Protocol):
    """Read the records of runs."""

    def of(self, dataset: str) -> Sequence[Run]:
        """Return a dataset's runs of every kind and state, the oldest first."""
        ...

    def get(self, run_id: str) -> Run | None:
        """Return the run of that id, in whatever state."""
        ...


class Models(Protocol):
    """Keep the versions of registered models."""

    def save(self, name: str, artifact: Artifact, state: ModelState, *, at: datetime, keep: int | None = None) -> Model:
        """Save a new version; as `champion` it retires the one before, and all but the newest `keep` lose their bytes."""
        ...

    def finish_evaluation(self, name: str, version: int, state: ModelState, evidence: Mapping[str, object]) -> Model:
        """End the evaluation of a version and add the evidence to its card; as `champion` it retires the one before."""
        ...

    def versions(self, name: str) -> Sequence[Model]:
        """Return all versions, the newest first."""
        ...

    def load(self, name: str, version: int | None = None) -> Artifact | None:
        """Load a version, or the champion; None where there is none.

        Raises:
            ModelError: Its bytes are not those that were saved.
        """
        ...

    def rollback(self, name: str, *, by: str, reason: str, at: datetime) -> Model:
        """Make the last retired champion serve again."""
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


class Requests(Protocol):
    """Keep what people request."""

    def submit(self, request: Request) -> Request:
        """File a request."""
        ...

    def pending(self, dataset: str) -> Sequence[Request]:
        """Return the pending requests, the oldest first."""
        ...

    def finish(self, request: Request, *, done: bool, answer: Message) -> None:
        """Record the outcome of a request."""
        ...


class Decisions(Protocol):
    """Keep the gate's decisions and its overrides."""

    def record(self, decision: Decision, *, by: str) -> None:
        """Log a decision that was used."""
        ...

    def override(self, dataset: str, at: datetime) -> Override | None:
        """Return the override in force, if any."""
        ...


class ActivityLog(Protocol):
    """Keep the activity log."""

    def log(self, *, who: str, what: str, subject: str, reason: Message = EMPTY, at: datetime) -> None:
        """Add to the activity log."""
        ...


class Publishing(Leasing, Protocol):
    """Publish outcomes exactly once."""

    def recover(self) -> Sequence[Run]:
        """Finish every run that was promised (`intent`) from its staged files, and drop stages that were not; return the finished runs."""
        ...

    def snapshot(self, snapshot_id: str | None = None) -> Snapshot:
        """Return what is published now, or was at a named snapshot."""
        ...

    def is_known(self, arrival: Arrival, *, again: bool = False) -> bool:
        """Return True where the arrival was published before, or failed; `again`: failed arrivals count as new."""
        ...

    def stage(self, outcome: Outcome, *, uri: str = "") -> Staged:
        """Write an outcome to fsynced files; publishes nothing."""
        ...

    def publish(self, lease: Lease, staged: Staged) -> Run:
        """Publish a staged outcome exactly once.

        Raises:
            Fenced: Another worker took the lease over.
        """
        ...

    def record_failure(self, lease: Lease, arrival: Arrival, error: Message) -> Run:
        """Record an arrival that cannot be read."""
        ...


class Store(Publishing, Protocol):
    """Keep records in the database and rows in the lake, published together exactly once."""

    @property
    def runs(self) -> Runs:
        """Return the records of runs."""
        ...

    @property
    def models(self) -> Models:
        """Return the registered models."""
        ...

    @property
    def quarantine(self) -> Quarantine:
        """Return the held rows and applied repairs."""
        ...

    @property
    def requests(self) -> Requests:
        """Return the requests."""
        ...

    @property
    def decisions(self) -> Decisions:
        """Return the gate's decisions and overrides."""
        ...

    @property
    def activity(self) -> ActivityLog:
        """Return the activity log."""
        ...


class Progress(Protocol):
    """Told how far long work has come."""

    def __call__(self, what: str, done: int, total: int | None) -> None:
        """`done` of `total` (None: not known yet) of what is being done."""
        ...
