"""Define the metrics of the core expectations of Great Expectations, by family.

CONDITIONS   metric -> condition on rows: `Domain -> Boolean expression of full length`
VALUES       metric -> value of a frame: `Domain -> Value`
UNIQUE       conditions that compare the values of all rows; a row that fails no more than before does so beside rows that failed too
ORDERED      conditions that compare a row with the one before; all others read the cells of one row
SHAPES       metric -> value of the schema alone: `Schema -> value`
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl

from checks.polars_core.domain import Domain
from checks.polars_core.metrics import aggregates, cells, distinct, order, records, shape, text
from checks.polars_core.values import Value

CONDITIONS: dict[str, Callable[[Domain], pl.Expr]] = {**cells.CONDITIONS, **text.CONDITIONS, **order.CONDITIONS, **records.CONDITIONS}
VALUES: Mapping[str, Callable[[Domain], Value]] = {**aggregates.VALUES, **distinct.VALUES}
SHAPES: Mapping[str, Callable[[pl.Schema], object]] = shape.SHAPES

UNIQUE = frozenset({"column_values.unique", "compound_columns.unique"})
ORDERED = frozenset({"column_values.increasing", "column_values.decreasing"})

__all__ = ["CONDITIONS", "ORDERED", "SHAPES", "UNIQUE", "VALUES"]
