"""Define the results of a scan: conditions (a Boolean per row) and values (one per frame) that may read them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import polars as pl

Merge: TypeAlias = Literal["sum", "sum of entries", "exact sum", "least", "greatest", "union", "counts", "any"]  # see `merging`


def _identity(value: Any) -> Any:  # noqa: ANN401  # a metric's value is whatever the metric is
    return value


@dataclass(frozen=True)
class Condition:
    """Select the rows that do not meet an expectation.

    Attributes:
        name: Name of the condition; equal conditions have equal names, and are computed once.
        unexpected: Boolean of full length, never null: True where a row was evaluated and fails.
        evaluated: Boolean of full length: the rows that were evaluated; None for all rows.
    """

    name: str
    unexpected: pl.Expr
    evaluated: pl.Expr | None = None

    @property
    def mask(self) -> pl.Expr:
        """Return the computed condition as a column."""
        return pl.col(self.name)


@dataclass(frozen=True)
class Value:
    """Reduce a frame to a number, a list or the like.

    Attributes:
        expr: Expression that reduces to one row; may name the masks of `conditions`.
        finish: Converts the result of Polars to the value of the metric.
        conditions: Conditions whose masks `expr` names.
        merge: How the result of Polars for two parts of a frame follows from those of each; None where that takes the whole frame.
        together: Columns whose equal cells must be in one part.
    """

    expr: pl.Expr
    finish: Callable[[Any], Any] = _identity
    conditions: tuple[Condition, ...] = ()
    merge: Merge | None = None
    together: tuple[str, ...] = ()


def count_of(rows: pl.Expr | None) -> pl.Expr:
    """Count the rows that a Boolean selects; None selects all."""
    return pl.len() if rows is None else rows.sum()


def as_list(value: Any) -> list[Any]:  # noqa: ANN401  # what Polars gives for a list cell: a Series, a list or None
    """Convert a list cell to a list; null is empty."""
    if value is None:
        return []
    return value.to_list() if isinstance(value, pl.Series) else list(value)
