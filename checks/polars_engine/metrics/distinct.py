"""Compute the distinct values of a column, and compare them with a configured set."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from great_expectations.constants import MAX_DISTINCT_VALUES

from checks.polars_engine.domain import Domain
from checks.polars_engine.literals import representable
from checks.polars_engine.values import Value, as_list


def _all(domain: Domain) -> Value:
    return Value(domain.present.unique().implode(), lambda values: set(as_list(values)))


def _extra(domain: Domain) -> Value:
    expected = set(representable(domain.settings.get("value_set") or (), domain.dtype))
    return Value(domain.present.unique().sort().implode(), lambda values: [value for value in as_list(values) if value not in expected])


def _missing(domain: Domain) -> Value:
    expected = list(dict.fromkeys(domain.settings.get("value_set") or ()))

    def finish(values: Any) -> list[Any]:  # noqa: ANN401  # a list cell
        present = set(as_list(values))
        return [value for value in expected if not present & set(representable([value], domain.dtype))]

    return Value(domain.present.unique().implode(), finish)


def _count(build: Callable[[Domain], Value]) -> Callable[[Domain], Value]:
    def counted(domain: Domain) -> Value:
        value = build(domain)
        return Value(value.expr, lambda raw: len(value.finish(raw)))

    return counted


def _first(build: Callable[[Domain], Value]) -> Callable[[Domain], Value]:
    def limited(domain: Domain) -> Value:
        value, limit = build(domain), domain.settings.get("limit") or MAX_DISTINCT_VALUES
        return Value(value.expr, lambda raw: value.finish(raw)[:limit])

    return limited


VALUES: Mapping[str, Callable[[Domain], Value]] = {
    "column.distinct_values": _all,
    "column.distinct_values.count": lambda domain: Value(domain.present.n_unique(), int),
    "column.distinct_values.not_in_set": _first(_extra),
    "column.distinct_values.not_in_set.count": _count(_extra),
    "column.distinct_values.missing_from_column": _first(_missing),
    "column.distinct_values.missing_from_column.count": _count(_missing),
    "column.most_common_value": lambda domain: Value(domain.present.mode().implode(), lambda values: sorted(as_list(values), key=str)),
}
