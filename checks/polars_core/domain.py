"""Select the cells that a metric reads: a column, a pair or several, in the rows that meet the row condition."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl


class MissingColumn(ValueError):
    """Report a column that the frame does not have."""


def is_missing(column: str, schema: pl.Schema) -> pl.Expr:
    """Return where a cell is null; in floating point columns NaN too, as Great Expectations counts."""
    cell = pl.col(column)
    return cell.is_null() | cell.is_nan() if schema[column].is_float() else cell.is_null()


@dataclass(frozen=True)
class Domain:
    """Hold the cells of a metric, and its settings.

    Attributes:
        schema: Schema of the frame.
        kwargs: metric_domain_kwargs of Great Expectations: column, column_A and column_B or column_list, ignore_row_if; row_condition as a function
            from the schema to a Boolean expression.
        settings: metric_value_kwargs, such as min_value.

    Raises:
        MissingColumn: A named column is not in the schema.
    """

    schema: pl.Schema
    kwargs: Mapping[str, Any]
    settings: Mapping[str, Any]

    def __post_init__(self) -> None:
        """Reject missing columns before anything is computed."""
        for name in self.columns:
            if name not in self.schema:
                raise MissingColumn(f'The column "{name}" in BatchData does not exist.')

    @functools.cached_property
    def columns(self) -> tuple[str, ...]:
        """Return the columns, as many as the metric takes."""
        single = [self.kwargs[key] for key in ("column", "column_A", "column_B") if self.kwargs.get(key) is not None]
        return (*single, *(self.kwargs.get("column_list") or ()))

    @property
    def column(self) -> str:
        """Return the only, or first, column."""
        return self.columns[0]

    @property
    def dtype(self) -> pl.DataType:
        """Return the type of the first column."""
        return self.schema[self.column]

    @property
    def cell(self) -> pl.Expr:
        """Return the first column, in full length."""
        return pl.col(self.column)

    @property
    def text(self) -> pl.Expr:
        """Return the first column as text, in full length."""
        return self.cell if self.dtype == pl.String else self.cell.cast(pl.String)

    @property
    def missing(self) -> pl.Expr:
        """Return where the first column is missing."""
        return is_missing(self.column, self.schema)

    @functools.cached_property
    def rows(self) -> pl.Expr | None:
        """Return the selected rows as a Boolean of full length; None for all."""
        parts = [part for part in (self._condition(), self._ignored()) if part is not None]
        return functools.reduce(operator.and_, parts).fill_null(value=False) if parts else None

    def nullable(self, column: str) -> pl.Expr:
        """Return a column in full length; missing cells are null."""
        return pl.col(column).fill_nan(None) if self.schema[column].is_float() else pl.col(column)

    @property
    def cells(self) -> pl.Expr:
        """Return the cells of the first column in the selected rows; missing ones are null."""
        cell = self.nullable(self.column)
        if self.dtype.is_float():
            cell = pl.when(cell == 0).then(pl.lit(0.0, self.dtype)).otherwise(cell)  # -0.0 is no value of its own
        return cell if self.rows is None else cell.filter(self.rows)

    @property
    def present(self) -> pl.Expr:
        """Return the cells of the first column in the selected rows without missing ones."""
        return self.cells.drop_nulls()

    def only(self, expr: pl.Expr, rows: pl.Expr | None) -> pl.Expr:
        """Return an expression in full length, null outside of the selected rows and of `rows`."""
        parts = [part for part in (self.rows, rows) if part is not None]
        return pl.when(functools.reduce(operator.and_, parts)).then(expr) if parts else expr

    def _condition(self) -> pl.Expr | None:
        condition: Callable[[pl.Schema], pl.Expr] | None = self.kwargs.get("row_condition")
        return condition(self.schema) if condition else None

    def _ignored(self) -> pl.Expr | None:
        ignore = self.kwargs.get("ignore_row_if")
        missing = [is_missing(column, self.schema) for column in self.columns]
        if ignore in (None, "neither", "never"):
            return None
        if ignore in ("both_values_are_missing", "all_values_are_missing"):
            return ~pl.all_horizontal(missing)
        if ignore in ("either_value_is_missing", "any_value_is_missing"):
            return ~pl.any_horizontal(missing)
        raise ValueError(f"ignore_row_if cannot be {ignore!r}")
