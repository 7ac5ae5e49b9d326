"""Plan the usual expectations of Great Expectations without importing it, which takes seconds.

Only plain settings are read, those of which a test shows that the plan equals that of Great Expectations. It plans the others, and says what is wrong.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from checks.polars_core.suite import Answer, Metric, Plan

Settings: TypeAlias = Mapping[str, Any]
Reader: TypeAlias = Callable[[Any], Any]


class _UnusualSetting(Exception):  # no error: Great Expectations is asked
    """Report a setting that Great Expectations must read."""


@dataclass(frozen=True)
class Between:
    """Answer whether a metric is within limits.

    Attributes:
        metric: Name of the metric.
        low: Smallest value; None for any.
        high: Largest value; None for any.
        strict_low: Whether the smallest value itself fails.
        strict_high: Whether the largest value itself fails.
    """

    metric: str
    low: float | None
    high: float | None
    strict_low: bool = False
    strict_high: bool = False

    def __call__(self, metrics: Mapping[str, Any]) -> Answer:
        """Return the answer; a missing value fails."""
        value = metrics[self.metric]
        if value is None or (isinstance(value, float) and math.isnan(value)):
            return False, None
        above = self.low is None or (value > self.low if self.strict_low else value >= self.low)
        below = self.high is None or (value < self.high if self.strict_high else value <= self.high)
        return above and below, value


@dataclass(frozen=True)
class _Kind:
    """Describe an expectation: the metric that decides it, the columns that it reads, and its settings with their defaults."""

    metric: str
    columns: tuple[str, ...] = ("column",)
    settings: Mapping[str, tuple[Reader, Any]] = field(default_factory=dict)
    domain: Settings = field(default_factory=dict)
    in_rows: bool = True


def plan_usual(name: str, kwargs: Settings) -> Plan | None:
    """Return the plan of an expectation; None where Great Expectations must be asked: another expectation, a row condition, unusual settings.

    Example:
        >>> plan_usual("expect_column_values_to_not_be_null", {"column": "price"}).map_metric
        'column_values.nonnull'
    """
    kind = _KINDS.get(name)
    if kind is None or not kwargs.keys() <= {*kind.columns, *kind.settings, *(("mostly",) if kind.in_rows else ())}:
        return None
    try:
        return _plan(kind, kwargs)
    except _UnusualSetting:
        return None


def _plan(kind: _Kind, kwargs: Settings) -> Plan:
    domain = {**{name: (_names if name == "column_list" else _text)(kwargs.get(name)) for name in kind.columns}, **kind.domain}
    settings = {name: read(kwargs.get(name, default)) for name, (read, default) in kind.settings.items()}
    if "min_value" in settings:
        _require_limits(settings["min_value"], settings["max_value"])
    if kind.in_rows:
        metric = Metric(f"{kind.metric}.unexpected_count", domain, settings)
        return Plan({metric.name: metric}, kind.metric, _share(kwargs.get("mostly", 1)))
    limits = (settings[name] for name in ("min_value", "max_value", "strict_min", "strict_max"))
    return Plan({kind.metric: Metric(kind.metric, domain)}, answer=Between(kind.metric, *limits))


def _require_limits(low: float | None, high: float | None) -> None:
    if (low is None and high is None) or (low is not None and high is not None and low > high):
        raise _UnusualSetting


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise _UnusualSetting
    return value


def _names(value: object) -> list[str]:
    if not isinstance(value, list) or len({_text(name) for name in value}) < max(2, len(value)):
        raise _UnusualSetting
    return value


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _UnusualSetting
    return float(value)


def _limit(value: object) -> float | None:
    return None if value is None else _number(value)


def _count(value: object) -> int | None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        raise _UnusualSetting
    return value


def _share(value: object) -> float:
    share = _number(value)
    if not 0 <= share <= 1:
        raise _UnusualSetting
    return share


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise _UnusualSetting
    return value


def _flag_or_none(value: object) -> bool | None:
    return None if value is None else _flag(value)


def _values(value: object) -> list[str | float]:
    if not isinstance(value, list) or not value or any(isinstance(item, bool) or not isinstance(item, str | int | float) for item in value):
        raise _UnusualSetting
    return value


def _limits(read: Reader) -> Mapping[str, tuple[Reader, Any]]:
    return {"min_value": (read, None), "max_value": (read, None), "strict_min": (_flag, False), "strict_max": (_flag, False)}


def _statistic(metric: str, read: Reader = _limit, columns: tuple[str, ...] = ("column",)) -> _Kind:
    return _Kind(metric, columns, _limits(read), in_rows=False)


def _pair(metric: str, settings: Mapping[str, tuple[Reader, Any]] | None = None) -> _Kind:
    return _Kind(metric, ("column_A", "column_B"), settings or {}, {"ignore_row_if": "both_values_are_missing"})


def _several(metric: str) -> _Kind:
    return _Kind(metric, ("column_list",), domain={"ignore_row_if": "all_values_are_missing"})


_KINDS: Mapping[str, _Kind] = {
    "expect_column_max_to_be_between": _statistic("column.max"),
    "expect_column_mean_to_be_between": _statistic("column.mean"),
    "expect_column_median_to_be_between": _statistic("column.median"),
    "expect_column_min_to_be_between": _statistic("column.min"),
    "expect_column_proportion_of_non_null_values_to_be_between": _statistic("column.non_null_proportion"),
    "expect_column_proportion_of_unique_values_to_be_between": _statistic("column.unique_proportion"),
    "expect_column_stdev_to_be_between": _statistic("column.standard_deviation"),
    "expect_column_sum_to_be_between": _statistic("column.sum"),
    "expect_column_unique_value_count_to_be_between": _statistic("column.distinct_values.count", _count),
    "expect_table_row_count_to_be_between": _statistic("table.row_count", _count, ()),
    "expect_column_pair_values_a_to_be_greater_than_b": _pair("column_pair_values.a_greater_than_b", {"or_equal": (_flag_or_none, None)}),
    "expect_column_pair_values_to_be_equal": _pair("column_pair_values.equal"),
    "expect_column_value_lengths_to_be_between": _Kind("column_values.value_length.between", settings=_limits(_count)),
    "expect_column_value_lengths_to_equal": _Kind("column_values.value_length.equals", settings={"value": (_number, None)}),
    "expect_column_values_to_be_between": _Kind("column_values.between", settings=_limits(_limit)),
    "expect_column_values_to_be_decreasing": _Kind("column_values.decreasing", settings={"strictly": (_flag, False)}),
    "expect_column_values_to_be_in_set": _Kind("column_values.in_set", settings={"value_set": (_values, None)}),
    "expect_column_values_to_be_increasing": _Kind("column_values.increasing", settings={"strictly": (_flag, False)}),
    "expect_column_values_to_be_null": _Kind("column_values.null"),
    "expect_column_values_to_be_unique": _Kind("column_values.unique"),
    "expect_column_values_to_match_regex": _Kind("column_values.match_regex", settings={"regex": (_text, None)}),
    "expect_column_values_to_not_be_in_set": _Kind("column_values.not_in_set", settings={"value_set": (_values, None)}),
    "expect_column_values_to_not_be_null": _Kind("column_values.nonnull"),
    "expect_column_values_to_not_match_regex": _Kind("column_values.not_match_regex", settings={"regex": (_text, None)}),
    "expect_compound_columns_to_be_unique": _several("compound_columns.unique"),
    "expect_multicolumn_values_to_be_equal": _several("multicolumn_values.equal"),
    "expect_select_column_values_to_be_unique_within_record": _several("select_column_values.unique.within_record"),
}
