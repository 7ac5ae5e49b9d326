"""Compute the distinct values of a column, and compare them with a configured set."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from checks.polars_core.domain import Domain
from checks.polars_core.literals import representable
from checks.polars_core.quantiles import most_common_value
from checks.polars_core.values import Value, as_list

MAX_DISTINCT_VALUES = 20
"""Number of distinct values that a result lists unless a limit is set, that of Great Expectations."""


def _all(domain: Domain) -> Value:
    return Value(domain.present.unique().implode(), lambda values: set(as_list(values)), merge="union")


def _extra(domain: Domain) -> Value:
    expected = set(representable(domain.settings.get("value_set") or (), domain.dtype))
    return Value(domain.present.unique().sort().implode(), lambda values: [value for value in as_list(values) if value not in expected], merge="union")


def _missing(domain: Domain) -> Value:
    expected = list(dict.fromkeys(domain.settings.get("value_set") or ()))

    def finish(values: Any) -> list[Any]:  # noqa: ANN401  # a list cell
        present = set(as_list(values))
        return [value for value in expected if not present & set(representable([value], domain.dtype))]

    return Value(domain.present.unique().implode(), finish, merge="union")


def _count(build: Callable[[Domain], Value]) -> Callable[[Domain], Value]:
    def counted(domain: Domain) -> Value:
        value = build(domain)
        return replace(value, finish=lambda raw: len(value.finish(raw)))

    return counted


def _first(build: Callable[[Domain], Value]) -> Callable[[Domain], Value]:
    def limited(domain: Domain) -> Value:
        value, limit = build(domain), domain.settings.get("limit") or MAX_DISTINCT_VALUES
        return replace(value, finish=lambda raw: value.finish(raw)[:limit])

    return limited


VALUES: Mapping[str, Callable[[Domain], Value]] = {
    "column.distinct_values": _all,
    "column.distinct_values.count": lambda domain: Value(domain.present.n_unique(), int, merge="sum", together=domain.columns),
    "column.distinct_values.not_in_set": _first(_extra),
    "column.distinct_values.not_in_set.count": _count(_extra),
    "column.distinct_values.missing_from_column": _first(_missing),
    "column.distinct_values.missing_from_column.count": _count(_missing),
    "column.most_common_value": lambda domain: most_common_value(domain.present),
}
