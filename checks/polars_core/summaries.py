"""Summarize the rows that do not meet a condition, as Great Expectations asks: how many, which values, which rows."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from checks.polars_core.domain import Domain
from checks.polars_core.metrics import CONDITIONS
from checks.polars_core.values import Condition, Value, as_list, count_of

_NULL_METRICS = ("column_values.nonnull", "column_values.null")
_POSITION = "__position"
MAX_RESULT_RECORDS = 200
"""Number of failing rows that a result may list, that of Great Expectations."""


def condition(metric: str, domain: Domain) -> Condition:
    """Return the condition for the rows of a domain that do not meet the condition of that name.

    A missing cell is not evaluated, unless the condition is about missing cells; a comparison that gives null fails.
    """
    rows = domain.rows
    if "column" in domain.kwargs and metric not in _NULL_METRICS:
        rows = ~domain.missing if rows is None else rows & ~domain.missing
    unexpected = ~CONDITIONS[metric](domain).fill_null(value=False)
    definition = (metric, sorted(domain.kwargs.items(), key=str), sorted(domain.settings.items(), key=str))
    name = "__unexpected_" + hashlib.sha256(repr(definition).encode()).hexdigest()[:20]
    return Condition(name, unexpected if rows is None else unexpected & rows, rows)


def _count(unexpected: Condition, _domain: Domain) -> Value:
    return Value(unexpected.mask.sum(), int, merge="sum")


def _evaluated(_unexpected: Condition, domain: Domain) -> Value:
    return Value(count_of(domain.rows), int, merge="sum")


def _values(unexpected: Condition, domain: Domain) -> Value:
    if len(domain.columns) == 1:
        return Value(domain.cell.filter(unexpected.mask).head(_limit(domain)).implode(), as_list)
    chosen = pl.struct(list(dict.fromkeys(domain.columns or domain.schema))).filter(unexpected.mask).head(_limit(domain)).implode()
    if "column_A" in domain.kwargs:
        return Value(chosen, lambda rows: [tuple(row[column] for column in domain.columns) for row in as_list(rows)])
    return Value(chosen, as_list)


def _value_counts(unexpected: Condition, domain: Domain) -> Value:
    return Value(domain.cell.filter(unexpected.mask).value_counts(sort=True).implode(), as_list)


def _index_list(unexpected: Condition, domain: Domain) -> Value:
    names = domain.settings["result_format"].get("unexpected_index_column_names")
    if not names:
        return Value(_head(pl.int_range(pl.len(), dtype=pl.UInt32).filter(unexpected.mask), domain).implode(), as_list)
    absent = [name for name in names if name not in domain.schema]
    if absent:
        raise ValueError(f'The unexpected_index_column "{absent[0]}" does not exist.')
    if domain.settings["result_format"].get("exclude_unexpected_values"):
        return Value(_head(pl.struct(names).filter(unexpected.mask), domain).implode(), lambda rows: _by_column(as_list(rows), names))
    chosen = pl.struct(list(dict.fromkeys([*names, *domain.columns]))).filter(unexpected.mask)
    return Value(_head(chosen, domain).implode(), as_list)


def _by_column(rows: list[dict[str, Any]], names: list[str]) -> list[dict[str, list[Any]]]:
    return [{name: [row[name] for row in rows] for name in names}] if rows else []


def _rows(unexpected: Condition, domain: Domain) -> Value:
    position = pl.int_range(pl.len(), dtype=pl.UInt32).alias(_POSITION)
    chosen = pl.struct([position, *domain.schema]).filter(unexpected.mask).head(_limit(domain)).implode()
    return Value(chosen, lambda rows: _to_pandas(as_list(rows), list(domain.schema)))


def _to_pandas(rows: list[dict[str, Any]], columns: list[str]) -> Any:  # noqa: ANN401  # a pandas frame; pandas has no types
    """Convert rows to a pandas frame, which Great Expectations renders for any engine."""
    import pandas as pd  # type: ignore[import-untyped]  # it has none; imported here since it is slow and rarely needed

    return pd.DataFrame([[row[column] for column in columns] for row in rows], columns=columns, index=[row[_POSITION] for row in rows])


def _query(unexpected: Condition, domain: Domain) -> Value:
    enabled = domain.settings["result_format"].get("return_unexpected_index_query") is not False
    query = f"df.filter({unexpected.unexpected})" if enabled else None
    return Value(pl.lit(None), lambda _: query)


def _limit(domain: Domain) -> int:
    form = domain.settings["result_format"]
    return MAX_RESULT_RECORDS if form["result_format"] == "COMPLETE" else min(form["partial_unexpected_count"], MAX_RESULT_RECORDS)


def _head(rows: pl.Expr, domain: Domain) -> pl.Expr:
    form = domain.settings["result_format"]
    return rows if form["result_format"] == "COMPLETE" else rows.head(form["partial_unexpected_count"])


SUMMARIES: Mapping[str, Callable[[Condition, Domain], Value]] = {
    "unexpected_count": _count,
    "filtered_row_count": _evaluated,
    "unexpected_values": _values,
    "unexpected_value_counts": _value_counts,
    "unexpected_index_list": _index_list,
    "unexpected_rows": _rows,
    "unexpected_index_query": _query,
}
