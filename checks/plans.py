"""Plan the expectations of a suite that are not ours; Great Expectations is imported only where one is unusual."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from checks.polars_core import Plan
from checks.polars_core.lookup import UnsupportedMetric
from checks.polars_core.usual import plan_usual
from sluice.config import SettingsError
from sluice.domain import Message, Schema


def build_plan(name: str, kwargs: Mapping[str, Any], schema: Schema) -> Plan:
    """Return the plan of an expectation.

    Raises:
        SettingsError: There is none of that name, or a setting is unknown, missing or does not fit the schema.
    """
    plan = plan_usual(name, kwargs) or _ask_great_expectations(name, kwargs)
    problem = plan.problem_of(schema.dtypes if schema.columns else pl.Schema(dict.fromkeys(columns_of(kwargs), pl.Null())))
    if isinstance(problem, UnsupportedMetric):
        raise SettingsError([("", Message.of("expectation_unsupported"))])
    if problem is not None and schema.columns and not _names_undeclared(kwargs, schema):
        raise SettingsError([("", Message.text(str(problem).splitlines()[0]))])
    return plan


def _ask_great_expectations(name: str, kwargs: Mapping[str, Any]) -> Plan:
    from checks.gx_factory import build_plan as ask  # Great Expectations takes seconds to import

    return ask(name, kwargs)


def _names_undeclared(kwargs: Mapping[str, Any], schema: Schema) -> bool:
    """Return True where a column is not declared: the suite reports that, with the name that is similar."""
    return any(column not in schema.names for column in columns_of(kwargs))


def columns_of(kwargs: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the columns that the settings of an expectation name."""
    single = [kwargs[key] for key in ("column", "column_A", "column_B") if isinstance(kwargs.get(key), str)]
    return (*single, *map(str, kwargs.get("column_list") or ()))
