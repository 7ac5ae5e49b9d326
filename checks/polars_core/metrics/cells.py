"""Define conditions on a single cell, and on the uniqueness of its value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from checks.polars_core.domain import Domain
from checks.polars_core.literals import is_in, literal
from checks.polars_core.repeated import repeated


def bounded(cell: pl.Expr, settings: Mapping[str, Any], dtype: pl.DataType) -> pl.Expr:
    """Return where a cell is between min_value and max_value, exclusive where strict_min or strict_max is set.

    Raises:
        ValueError: There is no bound, or they are the wrong way round.
    """
    low, high = literal(settings.get("min_value"), dtype), literal(settings.get("max_value"), dtype)
    if low is None and high is None:
        raise ValueError("min_value and max_value cannot both be None")
    if low is not None and high is not None and low > high:
        raise ValueError("min_value cannot be greater than max_value")
    parts = []
    if low is not None:
        parts.append(cell > low if settings.get("strict_min") else cell >= low)
    if high is not None:
        parts.append(cell < high if settings.get("strict_max") else cell <= high)
    return pl.all_horizontal(parts)


def _between(domain: Domain) -> pl.Expr:
    return bounded(domain.cell, domain.settings, domain.dtype)


def _in_set(domain: Domain) -> pl.Expr:
    values = domain.settings.get("value_set")
    return pl.lit(value=True) if values is None else is_in(domain.cell, values, domain.dtype)


def _not_in_set(domain: Domain) -> pl.Expr:
    values = domain.settings.get("value_set")
    return pl.lit(value=True) if values is None else ~is_in(domain.cell, values, domain.dtype)


def _unique(domain: Domain) -> pl.Expr:
    return ~domain.only(domain.nullable(domain.column), None).map_batches(repeated, return_dtype=pl.Boolean)


CONDITIONS: Mapping[str, Callable[[Domain], pl.Expr]] = {
    "column_values.nonnull": lambda domain: ~domain.missing,
    "column_values.null": lambda domain: domain.missing,
    "column_values.between": _between,
    "column_values.in_set": _in_set,
    "column_values.not_in_set": _not_in_set,
    "column_values.unique": _unique,
}
