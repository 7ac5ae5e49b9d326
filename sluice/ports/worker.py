"""Declare the tasks of the worker process: ids, paths and records go in and come out, never frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from sluice.domain import (
    Arrival,
    Artifact,
    Backfill,
    Comparison,
    Corrected,
    Curve,
    Decision,
    Message,
    Probe,
    Recheck,
    ReferenceRule,
    Rejudge,
    Run,
    Staged,
    TuningResult,
    TuningTrial,
)
from sluice.ports.storing import Lease


def no_progress(what: Message, done: int, total: int | None) -> None:
    """Report progress to nobody."""
    del what, done, total


class Progress(Protocol):
    """Report the progress of long work."""

    def __call__(self, what: Message, done: int, total: int | None) -> None:
        """Report that `done` of `total` (None: not known yet) of the work is finished."""
        ...


class Watch(Protocol):
    """Watch a job while the worker process works for it."""

    def begin(self, dataset: str, file: str = "") -> None:
        """Note on what it works now."""
        ...

    def report(self, what: Message, done: int, total: int | None) -> None:
        """Note what it does now, as a `Progress`."""
        ...

    def look(self, *, may_cancel: bool = True) -> None:
        """Return while the job goes on.

        Raises:
            Cancelled: A person cancelled it, and it may end here.
        """
        ...


class Unwatched:
    """Watch nothing."""

    def begin(self, dataset: str, file: str = "") -> None:
        """Note nothing."""

    def report(self, what: Message, done: int, total: int | None) -> None:
        """Note nothing."""

    def look(self, *, may_cancel: bool = True) -> None:
        """Go on."""


class ArrivalEvaluator(Protocol):
    """Evaluate arrivals."""

    def evaluate_arrival(self, arrival: Arrival, snapshot_id: str) -> Staged:
        """Read, evaluate and stage an arrival against a snapshot.

        Raises:
            SourceError: It cannot be read.
            BatchFailed: A step fails on it.
            OutOfMemory: The worker died under its memory limit.
            WorkerDied: The worker died for another reason.
        """
        ...


class Rejudger(Protocol):
    """Judge held rows again."""

    def rows_with_reference(self, dataset: str, references: Sequence[ReferenceRule], snapshot_id: str) -> tuple[str, ...]:
        """List the rows that are held for a missing reference alone, where it is published in a snapshot."""
        ...

    def rejudge(self, order: Rejudge, snapshot_id: str) -> Staged:
        """Judge held rows against a snapshot and stage the outcome."""
        ...


class Rechecker(Protocol):
    """Judge published rows by rules that were not evaluated before."""

    def recheck(self, order: Recheck, snapshot_id: str) -> Staged | None:
        """Judge the rows against a snapshot and stage the outcome; None where a rule still cannot be evaluated."""
        ...


class Backfiller(Rejudger, Protocol):
    """Judge published and held rows of a batch again."""

    def backfill(self, order: Backfill, snapshot_id: str) -> Staged:
        """Judge the published rows by every rule of the suite, and stage the outcome."""
        ...


class ReleasePreviewer(Rejudger, Protocol):
    """Judge held rows again, and say what publishing them would do."""

    def preview(self, staged: Staged) -> Run:
        """Return the run that a staged release would become, and drop the stage."""
        ...


class Corrector(Protocol):
    """Judge held rows with right values in some of their cells."""

    def correct(self, order: Rejudge, snapshot_id: str) -> Corrected:
        """Judge the corrected rows against a snapshot, and stage those that pass."""
        ...

    def preview(self, staged: Staged) -> Run:
        """Return the run that the staged rows would become, and drop the stage."""
        ...


class RepairUndoer(Protocol):
    """Take repairs back."""

    def undo(self, dataset: str, batch_id: str, repair_ids: Sequence[str], snapshot_id: str, at: datetime) -> Staged:
        """Restore the cells of repairs, judge their rows and stage the outcome."""
        ...

    def preview(self, staged: Staged) -> Run:
        """Return the run that the staged rows would become, and drop the stage."""
        ...


class ValueMapper(Protocol):
    """Give published cells another spelling."""

    def map_values(self, dataset: str, batch_id: str, column: str, values: Mapping[str, str], snapshot_id: str, at: datetime) -> Staged | None:
        """Replace values of a column in published rows, judge the rows and stage the outcome; None where no row holds such a value."""
        ...

    def preview(self, staged: Staged) -> Run:
        """Return the run that the staged rows would become, and drop the stage."""
        ...


class ReleaseUndoer(Protocol):
    """Take releases back."""

    def undo_release(self, dataset: str, release: str, snapshot_id: str, at: datetime) -> Staged:
        """Find the rows of a release and stage that they are held again."""
        ...


class Auditor(Protocol):
    """Judge what is published."""

    def audit(self, dataset: str, batch_id: str, snapshot_id: str, at: datetime) -> Staged:
        """Judge the published rows of the training window and stage the record."""
        ...


class Rebuilder(Protocol):
    """Cast the stored rows of a dataset to its declaration."""

    def rebuild(self, dataset: str, batch_id: str, snapshot_id: str, at: datetime) -> Staged:
        """Cast and rename every stored row, and stage the whole new tables."""
        ...


class OutcomePublisher(Protocol):
    """Carry staged outcomes into the lake and the database."""

    def publish(self, lease: Lease, staged: Staged) -> Run:
        """Publish a staged outcome exactly once.

        Raises:
            Fenced: Another worker took the lease over.
        """
        ...

    def recover(self, lease: Lease) -> list[Run]:
        """Finish a dataset's intents from their staged files."""
        ...


class ChallengerTrainer(Protocol):
    """Train a challenger and compare it with the champion."""

    def train(self, decisions: Sequence[Decision], log_dir: str | None = None, progress: Progress = no_progress) -> Artifact:
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


class TrialRunner(Protocol):
    """Make the trials of a tuning."""

    def prepare_tuning(self, decisions: Sequence[Decision], progress: Progress) -> tuple[Any, Sequence[TuningTrial]]:
        """Read the data; return a record of the worker's own, and the trials that were made before.

        Raises:
            ModelError: There is too little to learn from, or no model has a setting that is tuned.
        """
        ...

    def run_trial(self, setup: Any, seconds: float) -> TuningTrial | None:  # noqa: ANN401  # a record of the worker's own
        """Make the next trial; None where the time was over before it had ended."""
        ...

    def conclude_tuning(self, setup: Any, log_dir: str | None) -> tuple[TuningResult, bytes]:  # noqa: ANN401  # a record of the worker's own
        """Return what was found, and its figures as safetensors bytes."""
        ...


class WorkerTasks(ArrivalEvaluator, Rejudger, Rechecker, RepairUndoer, Auditor, Rebuilder, ChallengerTrainer, CostProber, TrialRunner, Protocol):
    """Offer everything that a job lets the worker process do."""
