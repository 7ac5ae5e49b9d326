"""The metrics that Great Expectations' core expectations ask for, by family.

CONDITIONS   metric -> what a row must meet: `Domain -> Boolean expression of full length`
VALUES       metric -> what a frame reduces to: `Domain -> Value`
SHAPES       metric -> what the schema alone tells: `Schema -> value`
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl

from checks.polars_engine.domain import Domain
from checks.polars_engine.metrics import aggregates, cells, distinct, order, records, shape, text
from checks.polars_engine.values import Value

CONDITIONS: dict[str, Callable[[Domain], pl.Expr]] = {**cells.CONDITIONS, **text.CONDITIONS, **order.CONDITIONS, **records.CONDITIONS}
VALUES: Mapping[str, Callable[[Domain], Value]] = {**aggregates.VALUES, **distinct.VALUES}
SHAPES: Mapping[str, Callable[[pl.Schema], object]] = shape.SHAPES

__all__ = ["CONDITIONS", "SHAPES", "VALUES"]
