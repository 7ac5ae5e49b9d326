"""Declare what judges, cleaners, sources and detectors offer, and what they may know of the past."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol, runtime_checkable

import polars as pl

from sluice.domain import REPEATS, Arrival, Artifact, Batch, Cleaned, Run, Split, Verdict


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

    def repairs(self, dataset: str) -> pl.LazyFrame:
        """Return the repairs of the runs (schema REPAIRS), proposed ones and those undone since among them."""
        ...

    def runs(self, dataset: str) -> Sequence[Run]:
        """Return the published runs, the oldest first."""
        ...

    def metrics(self, dataset: str, runs: Collection[str] | None = None) -> pl.DataFrame:
        """Return one row per run, or of some runs, phase and rule: run_id, at, phase, rule, nature, dimension, severity, status, rows, failed."""
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


@dataclass(frozen=True, slots=True, eq=False)
class Earlier:
    """Hold what a judge said of a batch before cells of it were repaired and rows of it were held.

    Attributes:
        verdicts: Its verdicts on the rows as they were.
        held: True for each of those rows that is held since; None where none is.
        repaired: Columns in which a cell was repaired since.
    """

    verdicts: Sequence[Verdict]
    held: pl.Series | None = None
    repaired: frozenset[str] = frozenset()

    def failing(self, verdict: Verdict) -> pl.Series | None:
        """Return the failing rows of an earlier verdict among the rows that are left; None for a verdict without any."""
        if verdict.failing is None or self.held is None:
            return verdict.failing
        return verdict.failing.filter(~self.held)


@runtime_checkable
class RepeatJudge(Protocol):
    """Evaluate a batch a second time: only what repairs and holds can have changed. Pure."""

    def judge_again(self, batch: Batch, snapshot: Snapshot, earlier: Earlier) -> Sequence[Verdict]:
        """Return exactly the verdicts that `judge` returns.

        Args:
            batch: The rows that are left, in their order.
            snapshot: The snapshot of the first judgement.
            earlier: The first judgement.
        """
        ...


@runtime_checkable
class Cleaner(Protocol):
    """Repair cells where that can be trusted, and hold rows that cannot be repaired. Keeps row ids and their order."""

    def clean(self, batch: Batch, verdicts: Sequence[Verdict], snapshot: Snapshot) -> Cleaned:
        """Return the batch with every change recorded; `verdicts` are those of the arrival."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Reconciled:
    """Hold a batch once it was compared with the published rows of the same keys.

    Attributes:
        batch: The rows that are left to judge.
        repeats: The other rows (schema REPEATS): copies, and rows that a published one supersedes, the latter with their cells.
        rivals: Published rows (`_row_id`) and the rows of the batch that replace them once they are published (`_other`).
        snapshot: What is published, without the rivals of the whole batch: the rows are judged as if these had never come.
        held: Verdicts on rows that the comparison holds (aligned with `batch`).
    """

    batch: Batch
    repeats: pl.DataFrame
    rivals: pl.DataFrame
    snapshot: Snapshot
    held: Sequence[Verdict] = ()

    def without_rows(self) -> Reconciled:
        """Return the same without the rows that were left to judge."""
        return replace(self, batch=replace(self.batch, rows=self.batch.rows.clear()))


@dataclass(frozen=True, slots=True, eq=False)
class SettledHeld:
    """Hold what a batch says about the rows that earlier batches left held.

    Attributes:
        copies: Bad rows of the batch that equal a held one (schema REPEATS).
        superseded: Held rows, each with the row of the batch that stands in its place (schema REPEATS).
    """

    copies: pl.DataFrame = field(default_factory=REPEATS.to_frame)
    superseded: pl.DataFrame = field(default_factory=REPEATS.to_frame)


class Reconciler(Protocol):
    """Compare a batch with what was published before, by key: a re-sent row is no news. Pure."""

    def reconcile(self, batch: Batch, snapshot: Snapshot, *, waived: frozenset[str] = frozenset()) -> Reconciled:
        """Separate copies, and rows in whose place a published one stays.

        Args:
            batch: Rows as they arrived, or as they were held.
            snapshot: Everything that was published before.
            waived: Ids of rules that a steward does not apply to these rows.
        """
        ...

    def replaced(self, reconciled: Reconciled, parts: Split) -> pl.DataFrame:
        """Return the published rows that the good rows supersede (schema REPEATS).

        Args:
            reconciled: The batch as it was compared.
            parts: Its good and bad rows.
        """
        ...

    def settle_held(self, parts: Split, held: pl.DataFrame, snapshot: Snapshot) -> SettledHeld:
        """Compare the rows of a batch, once split, with the rows that are held.

        Args:
            parts: Good and bad rows of the batch, as cleaned.
            held: Rows of earlier batches that are held now.
            snapshot: Everything that was published before.
        """
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
    """Hold what judges and cleans one dataset, and compares it with what was published before (None: nothing is compared)."""

    judges: Sequence[Judge]
    cleaner: Cleaner
    reconciler: Reconciler | None = None


# -- tasks of the worker process: ids, paths and records go in and come out, never frames
