"""Declare as much of the store as each job needs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

import polars as pl

from sluice.domain import EMPTY, Alert, Arrival, Artifact, Decision, LayoutChanges, Message, Model, ModelState, Request, Run, Staged
from sluice.ports.judging import Snapshot


class Lease(Protocol):
    """Grant one worker the exclusive right to write; `epoch` is the fencing token that keeps out an earlier holder."""

    @property
    def name(self) -> str:
        """Return what is leased: a dataset or a job."""
        ...

    @property
    def epoch(self) -> int:
        """Return the fencing token, which grows with each holder."""
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


class RecheckStore(PublishingStore, Protocol):
    """Find published rows that a rule did not judge."""

    def unevaluated(self, dataset: str, rules: Collection[str]) -> Mapping[str, tuple[datetime, frozenset[str]]]:
        """Return by run, the oldest first, its time and those of some rules that were not evaluated on its published rows, then or since."""
        ...


class RebuildingStore(PublishingStore, Protocol):
    """Compare what is stored with what is declared."""

    def layout_changes(self, dataset: str) -> LayoutChanges:
        """Return how a dataset's stored rows differ from its declaration."""
        ...


class Quarantine(Protocol):
    """Read held rows and applied repairs, and reject rows."""

    def held(
        self, dataset: str, *, rows: Sequence[str] = (), rule: str | None = None, until: datetime | None = None, columns: Sequence[str] | None = None
    ) -> pl.DataFrame:
        """Return the rows that are held now (not released, not rejected): all, those named, or those whose only reason is one rule.

        With `until`, rows that a later run held are left out. `columns` says what is read of each row, besides its id; None means all.
        """
        ...

    def settled(self, dataset: str, rows: Sequence[str]) -> Mapping[str, str]:
        """Return the state of those of some rows that were held and are held no longer."""
        ...

    def reject(self, lease: Lease, request: Request, rows: Sequence[str]) -> None:
        """Record that rows are rejected for good."""
        ...

    def repairs(self, dataset: str, *, ids: Sequence[str] = (), matching: pl.Expr | None = None) -> pl.DataFrame:
        """Return applied repairs that were not undone (schema REPAIRS and `_run_id`): all, those named, or those that meet a condition."""
        ...

    def undone(self, dataset: str) -> Mapping[str, tuple[str, datetime]]:
        """Return the repairs that were undone, by their ids: each with the run that undid it, and when."""
        ...

    def undone_by(self, dataset: str, run_id: str) -> list[str]:
        """Return the ids of the repairs that a run took back."""
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

    def record(self, decision: Decision, *, by: str, alert: Alert | None = None) -> None:
        """Log a decision that was used, with what somebody is told of it."""
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

    def transaction(self, *leases: Lease) -> AbstractContextManager[None]:
        """Write several records under leases, all of them or none.

        Raises:
            Fenced: Another worker took a lease over.
        """
        ...

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
