"""Define the protocol of an expectation of ours, and the results that it can return."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Literal, Protocol, TypeAlias, runtime_checkable

import polars as pl

from sluice.domain import ROW, Batch, Dimension, Message, OnFail, Severity
from sluice.ports import Snapshot

_DAY = timedelta(days=1)


@dataclass(frozen=True, eq=False)
class RowResult:
    """Hold the result of each row, aligned with the batch.

    Attributes:
        failing: True where a row does not meet the expectation; never null.
        evaluated: True where there was something to evaluate, such as a cell that is not null; never null.
        evidence: Frame of schema EVIDENCE with details of failing rows.
        max_failures: Largest number of failing rows among so many evaluated ones, where no `mostly` is configured; 0 by default.
        note: What a person should know of the comparison, such as that the reference is newer than the rows.
    """

    failing: pl.Series
    evaluated: pl.Series
    evidence: pl.DataFrame | None = None
    max_failures: Callable[[int], float] | None = None
    note: Message | None = None


@dataclass(frozen=True)
class TableResult:
    """Hold the result of a batch as a whole.

    Attributes:
        success: True where the batch meets the expectation.
        observed: Counts and statistics, never the value of a cell.
        total: Number of parts that the batch consists of, where it scores the share of parts that pass; 0: it scores 1 or 0.
        failed: Number of parts that fail.
    """

    success: bool
    observed: Message
    total: int = 0
    failed: int = 0


@dataclass(frozen=True)
class NotEvaluated:
    """Report that an expectation was not evaluated.

    Attributes:
        status: not_evaluated where something is missing, skipped where there is too little history.
        reason: Reason.
    """

    status: Literal["not_evaluated", "skipped"]
    reason: Message


Result: TypeAlias = RowResult | TableResult | NotEvaluated


class Expectation(Protocol):
    """Evaluate a batch: a frozen dataclass whose first field is the schema of the dataset and whose other fields are its settings.

    Attributes:
        dimension: Quality dimension that it scores in, unless configured.
        severity: Severity, unless configured.
        on_fail: Action on failing rows, unless configured.
        table_level: True where it is about the batch as a whole and not about its rows.
        in_parts: True where it may see a part of the batch (`Batch.part`); an expectation without it sees all rows.
        together: Columns of which it must see equal rows in one part; an expectation without it needs none together.
    """

    dimension: ClassVar[Dimension]
    severity: ClassVar[Severity]
    on_fail: ClassVar[OnFail]
    table_level: ClassVar[bool]

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns of the dataset that it is about."""
        ...

    @property
    def message(self) -> Message:
        """Return what is wrong with a failing row, or what is expected of a whole batch."""
        ...

    def evaluate(self, batch: Batch, snapshot: Snapshot) -> Result:
        """Evaluate a batch. Pure."""
        ...


@runtime_checkable
class RepeatExpectation(Protocol):
    """Evaluate a batch again after rows of it left, where the result of a row depends on its own cells and the snapshot alone."""

    def evaluate_again(self, batch: Batch, snapshot: Snapshot, failing: pl.Series, evidence: pl.DataFrame | None) -> Result:
        """Return what `evaluate` returns.

        Args:
            batch: The rows that are left; no cell that the expectation reads has changed.
            snapshot: The snapshot of the first evaluation.
            failing: Result of the first evaluation for the rows that are left.
            evidence: Evidence of these failing rows.
        """
        ...


def boolean_series(rows: pl.DataFrame, expr: pl.Expr) -> pl.Series:
    """Evaluate a Boolean expression over all rows; null counts as False."""
    return rows.select(expr.fill_null(value=False)).to_series()


def select_published(published: pl.LazyFrame, *columns: str) -> pl.LazyFrame | None:
    """Select columns of a published table; None where it has no rows yet, or lacks one of them."""
    names = published.collect_schema().names()
    return published.select(list(dict.fromkeys(columns))) if set(columns) <= set(names) else None


def newer_reference(batch: Batch, dataset: str, snapshot: Snapshot) -> Message | None:
    """Return the note that a batch is older, by a day or more, than the oldest batch of a dataset that it is compared with; else None."""
    oldest = min((run.at for run in snapshot.runs(dataset) if run.kind == "ingest" and run.good), default=batch.at)
    return Message.of("reference_newer", dataset=dataset, since=oldest.isoformat()) if oldest - batch.at >= _DAY else None


def make_evidence(failing: pl.DataFrame, columns: tuple[str, ...], message: Message, expected: pl.Expr) -> pl.DataFrame:
    """Build the evidence of failing rows: the blamed cells and the expected value.

    Args:
        failing: Failing rows, with `_row_id`.
        columns: Columns to blame.
        message: Reason; never the value of a cell.
        expected: Expected value, cast to text.
    """
    blamed = pl.lit(list(columns), dtype=pl.List(pl.String))
    return failing.select(pl.col(ROW), columns=blamed, score=pl.lit(None, dtype=pl.Float64), message=pl.lit(message.dumps()), expected=expected.cast(pl.String))
