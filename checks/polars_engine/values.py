"""What is computed in a scan: conditions (one Boolean a row) and values (one a frame) that may look at them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import polars as pl


def _same(value: Any) -> Any:  # noqa: ANN401  # a metric's value is whatever the metric is
    return value


@dataclass(frozen=True)
class Condition:
    """Which rows do not meet an expectation.

    Attributes:
        name: Equal conditions have equal names, and are computed once.
        unexpected: Boolean of the frame's full length, never null: True where a row was evaluated and does not meet it.
        evaluated: Boolean of full length: the rows that were evaluated at all; None for every row.
    """

    name: str
    unexpected: pl.Expr
    evaluated: pl.Expr | None = None

    @property
    def mask(self) -> pl.Expr:
        """The condition, once computed, as a column."""
        return pl.col(self.name)


@dataclass(frozen=True)
class Value:
    """One number, list or the like that a frame reduces to.

    Attributes:
        expr: Reduces to one row; may name the masks of `conditions`.
        finish: Makes the metric's value of what Polars gives.
        conditions: The conditions whose masks `expr` names.
    """

    expr: pl.Expr
    finish: Callable[[Any], Any] = _same
    conditions: tuple[Condition, ...] = ()


def count_of(rows: pl.Expr | None) -> pl.Expr:
    """How many rows a Boolean selects; None selects all."""
    return pl.len() if rows is None else rows.sum()


def as_list(value: Any) -> list[Any]:  # noqa: ANN401  # what Polars gives for a list cell: a Series, a list or None
    """A list cell as a list; null is empty."""
    if value is None:
        return []
    return value.to_list() if isinstance(value, pl.Series) else list(value)
