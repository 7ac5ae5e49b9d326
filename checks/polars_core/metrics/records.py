"""Define conditions on several cells of a row, and on the uniqueness of their values together."""

from __future__ import annotations

import functools
import itertools
import operator
from collections.abc import Callable, Mapping

import polars as pl

from checks.polars_core.domain import Domain
from checks.polars_core.literals import representable
from checks.polars_core.repeated import repeated


def _pair(domain: Domain) -> tuple[pl.Expr, pl.Expr]:
    first, second = domain.columns
    return domain.nullable(first), domain.nullable(second)


def _greater(domain: Domain) -> pl.Expr:
    first, second = _pair(domain)
    return first >= second if domain.settings.get("or_equal") else first > second


def _equal(domain: Domain) -> pl.Expr:
    """Compare two cells; cells of different kinds, and missing ones, are never equal."""
    kinds = {_kind(domain.schema[column]) for column in domain.columns}
    return operator.eq(*_pair(domain)) if len(kinds) == 1 else pl.lit(value=False)


def _pair_in_set(domain: Domain) -> pl.Expr:
    pairs = domain.settings.get("value_pairs_set")
    if pairs is None:
        return pl.lit(value=True)
    types = [domain.schema[column] for column in domain.columns]
    fit = [[representable([value], dtype) for value, dtype in zip(pair, types, strict=True)] for pair in pairs]
    first, second = _pair(domain)
    equal = [first.eq_missing(pl.lit(a[0], types[0])) & second.eq_missing(pl.lit(b[0], types[1])) for a, b in fit if a and b]
    return pl.any_horizontal(equal) if equal else pl.lit(value=False)


def _same(domain: Domain, first: str, second: str) -> pl.Expr:
    """Return where two cells are equal or both missing; cells of different kinds are never equal."""
    if _kind(domain.schema[first]) == _kind(domain.schema[second]):
        return domain.nullable(first).eq_missing(domain.nullable(second))
    return domain.nullable(first).is_null() & domain.nullable(second).is_null()


def _kind(dtype: pl.DataType) -> str:
    if dtype.is_numeric() or dtype == pl.Boolean:
        return "number"
    return "moment" if dtype == pl.Date or isinstance(dtype, pl.Datetime) else str(dtype.base_type())


def _all_equal(domain: Domain) -> pl.Expr:
    first, *rest = domain.columns
    return pl.all_horizontal([_same(domain, first, column) for column in rest])


def _all_different(domain: Domain) -> pl.Expr:
    return pl.all_horizontal([~_same(domain, first, second) for first, second in itertools.combinations(domain.columns, 2)])


def _unique(domain: Domain) -> pl.Expr:
    record = pl.struct([domain.nullable(column).alias(column) for column in domain.columns])
    return ~domain.only(record, None).map_batches(repeated, return_dtype=pl.Boolean)


def _sum(domain: Domain) -> pl.Expr:
    total: pl.Expr = functools.reduce(operator.add, [domain.nullable(column) for column in domain.columns])
    return total == pl.lit(domain.settings["sum_total"])


CONDITIONS: Mapping[str, Callable[[Domain], pl.Expr]] = {
    "column_pair_values.equal": _equal,
    "column_pair_values.a_greater_than_b": _greater,
    "column_pair_values.in_set": _pair_in_set,
    "compound_columns.unique": _unique,
    "select_column_values.unique.within_record": _all_different,
    "multicolumn_values.equal": _all_equal,
    "multicolumn_sum.equal": _sum,
}
