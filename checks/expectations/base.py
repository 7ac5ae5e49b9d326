"""What an expectation of our own is, and what it can find."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Literal, Protocol, TypeAlias

import polars as pl

from sluice.domain import ROW, Batch, Dimension, OnFail, Severity
from sluice.ports import Snapshot


@dataclass(frozen=True, eq=False)
class Rows:
    """What was found of each row, aligned with the batch.

    Attributes:
        failing: True where a row does not meet the expectation; never null.
        judged: True where there was something to judge, such as a cell that is not null; never null.
        evidence: Of schema EVIDENCE, for failing rows that have more to tell.
        tolerated: How many of so many judged rows may fail where no `mostly` is said; none unless given.
    """

    failing: pl.Series
    judged: pl.Series
    evidence: pl.DataFrame | None = None
    tolerated: Callable[[int], float] | None = None


@dataclass(frozen=True)
class Table:
    """What was found of the batch as a whole.

    Attributes:
        success: Is it as expected.
        observed: In counts and statistics, never a cell's value.
        rows: Of how many parts it consists, where it scores the share of those that are as expected; 0: it scores 1 or 0.
        failed: How many of them are not.
    """

    success: bool
    observed: str
    rows: int = 0
    failed: int = 0


@dataclass(frozen=True)
class Unjudged:
    """Nothing could be said: not_evaluated where something is missing, skipped where there is too little history; `why` in words."""

    status: Literal["not_evaluated", "skipped"]
    why: str


Found: TypeAlias = Rows | Table | Unjudged


class Expectation(Protocol):
    """A frozen dataclass whose first field is the dataset's schema and whose others are its settings.

    Attributes:
        dimension: The dimension that it scores in, unless configured.
        severity: Unless configured.
        on_fail: Unless configured.
        whole: It is about the batch as a whole, not about its rows.
    """

    dimension: ClassVar[Dimension]
    severity: ClassVar[Severity]
    on_fail: ClassVar[OnFail]
    whole: ClassVar[bool]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the dataset that it is about."""
        ...

    @property
    def message(self) -> str:
        """What is expected, in words."""
        ...

    def find(self, batch: Batch, snapshot: Snapshot) -> Found:
        """Judge a batch. Pure."""
        ...


def series(rows: pl.DataFrame, expr: pl.Expr) -> pl.Series:
    """A Boolean of the rows' full length; null counts as False."""
    return rows.select(expr.fill_null(value=False)).to_series()


def history(snapshot: pl.LazyFrame, *columns: str) -> pl.LazyFrame | None:
    """Those columns of a published table; None where nothing, or nothing with them, is published yet."""
    known = snapshot.collect_schema().names()
    return snapshot.select(list(dict.fromkeys(columns))) if set(columns) <= set(known) else None


def evidence(failing: pl.DataFrame, columns: tuple[str, ...], message: str, expected: pl.Expr) -> pl.DataFrame:
    """Evidence for failing rows: the cells to blame, and what was expected instead.

    Args:
        failing: The rows, with `_row_id`.
        columns: To blame.
        message: Why; never a cell's value.
        expected: The value, cast to text.
    """
    blamed = pl.lit(list(columns), dtype=pl.List(pl.String))
    return failing.select(pl.col(ROW), columns=blamed, score=pl.lit(None, dtype=pl.Float64), message=pl.lit(message), expected=expected.cast(pl.String))
