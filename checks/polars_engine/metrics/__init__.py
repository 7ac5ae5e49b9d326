"""Define the metrics of the core expectations of Great Expectations, by family.

CONDITIONS   metric -> condition on rows: `Domain -> Boolean expression of full length`
VALUES       metric -> value of a frame: `Domain -> Value`
SHAPES       metric -> value of the schema alone: `Schema -> value`
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
