"""Name the rule of each kind of dbt test: dbt's own, those of dbt-utils, and those of dbt-expectations, which are Great Expectations' by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

from sluice.config.dbt_tests import DbtTest, referred_model
from sluice.config.expectation_settings import GX_EXPECTATIONS, SHARED_SETTINGS

Settings: TypeAlias = dict[str, object]


def settings_of_kind(test: DbtTest) -> tuple[str, Settings]:
    """Return the name of the rule and its settings; a rule about another dataset names the model there.

    Raises:
        LookupError: No rule is like that kind of test.
        TypeError: An argument is of another type.
        ValueError: An argument is no value, such as an expression of SQL.
    """
    return _KINDS.get(test.name.removeprefix("dbt."), _same_name)(test)


def _not_null(test: DbtTest) -> tuple[str, Settings]:
    return "expect_column_values_to_not_be_null", {"column": _column(test)}


def _unique(test: DbtTest) -> tuple[str, Settings]:
    return "expect_column_values_to_be_unique", {"column": _column(test)}


def _accepted_values(test: DbtTest) -> tuple[str, Settings]:
    return "expect_column_values_to_be_in_set", {
        "column": _column(test),
        "value_set": _sequence([value for value in _sequence(test.arguments["values"]) if value is not None]),
    }


def _relationships(test: DbtTest) -> tuple[str, Settings]:
    field = str(test.arguments["field"])
    settings: Settings = {"column": _column(test), "dataset": referred_model(test.arguments["to"])}
    return "expect_column_values_to_exist_in_dataset", settings if field == test.column else {**settings, "reference_column": field}


def _range(test: DbtTest) -> tuple[str, Settings]:
    limits = {key: _number(test.arguments[key]) for key in ("min_value", "max_value") if test.arguments.get(key) is not None}
    if not limits:
        raise ValueError(test.arguments)
    strict = {} if test.arguments.get("inclusive", True) else {f"strict_{key[:3]}": True for key in limits}
    return "expect_column_values_to_be_between", {"column": _column(test), **limits, **strict}


def _combination(test: DbtTest) -> tuple[str, Settings]:
    return "expect_compound_columns_to_be_unique", {"column_list": _sequence(test.arguments["combination_of_columns"])}


def _not_empty(test: DbtTest) -> tuple[str, Settings]:
    return "expect_column_value_lengths_to_be_between", {"column": _column(test), "min_value": 1}


def _share(test: DbtTest) -> tuple[str, Settings]:
    if float(str(test.arguments.get("at_most") or 1)) < 1:  # a rule has no greatest share
        raise ValueError(test.arguments)
    return "expect_column_values_to_not_be_null", {"column": _column(test), "mostly": _number(test.arguments["at_least"])}


def _same_name(test: DbtTest) -> tuple[str, Settings]:
    package, _, name = test.name.rpartition(".")
    settings = {key: value for key, value in test.arguments.items() if value is not None}
    if package != "dbt_expectations" or settings.keys() - (GX_EXPECTATIONS[name] | SHARED_SETTINGS - {"row_condition"}):  # which is SQL there
        raise KeyError(test.name)
    for pattern in (settings.get("regex"), *_patterns(settings.get("regex_list"))):
        _require_readable(pattern)
    return name, {**({"column": test.column} if test.column else {}), **settings}


def _patterns(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _require_readable(pattern: object) -> None:
    """Refuse a pattern that databases read and Polars does not, such as one with look-around: sluice.yaml would be refused with it."""
    import polars as pl

    try:
        pl.Series([""]).str.contains("" if pattern is None else str(pattern))
    except pl.exceptions.ComputeError:
        raise ValueError(pattern) from None


_KINDS: Mapping[str, Callable[[DbtTest], tuple[str, Settings]]] = MappingProxyType(
    {
        "not_null": _not_null,
        "unique": _unique,
        "accepted_values": _accepted_values,
        "relationships": _relationships,
        "dbt_utils.accepted_range": _range,
        "dbt_utils.unique_combination_of_columns": _combination,
        "dbt_utils.not_empty_string": _not_empty,
        "dbt_utils.not_null_proportion": _share,
    }
)


def _column(test: DbtTest) -> str:
    if not test.column:
        raise KeyError(test.name)
    return test.column


def _sequence(value: object) -> list[object]:
    if not isinstance(value, list) or not value:
        raise TypeError(value)
    return list(value)


def _number(value: object) -> object:
    """Return a limit; a text that is no number would be an expression of SQL."""
    return value if isinstance(value, int | float) else float(str(value))
