"""Build expectations of Great Expectations from settings, and report mistakes as the rest of Sluice does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# isort: split
import checks.polars_engine.gx_import  # noqa: F401  # comes first

# isort: split

from great_expectations.expectations.registry import get_expectation_impl, list_registered_expectation_implementations
from great_expectations.expectations.row_conditions import Condition, deserialize_row_condition

from checks.expectations import EXPECTATIONS
from checks.polars_core import Plan
from checks.polars_engine import parse_row_condition
from checks.polars_engine.compiled import plan_of
from checks.polars_engine.row_conditions import to_expr
from sluice.config import SettingsError
from sluice.config.load import did_you_mean, with_hint
from sluice.domain import Message, Schema


def build_plan(name: str, kwargs: Mapping[str, Any]) -> Plan:
    """Return the plan of an expectation.

    Raises:
        SettingsError: There is none of that name, or a setting is unknown, missing or does not fit.
    """
    names = list_registered_expectation_implementations()
    if name not in names:
        raise SettingsError([("", with_hint(Message.of("no_expectation"), did_you_mean(name, [*names, *EXPECTATIONS])))])
    return plan_of(_instantiate(get_expectation_impl(name), kwargs))


def _instantiate(cls: Any, kwargs: Mapping[str, Any]) -> Any:  # noqa: ANN401  # the classes share no typed constructor
    try:
        return cls(**kwargs)
    except ValueError as error:
        errors: list[Mapping[str, Any]] = getattr(error, "errors", list)()
        problems = {str(item["loc"][0]).replace("__root__", ""): _describe_error(item, list(cls.__fields__)) for item in reversed(errors)}
        raise SettingsError(list(reversed(problems.items())) or [("", Message.text(str(error)))]) from None


def _describe_error(error: Mapping[str, Any], fields: list[str]) -> Message:
    if error["type"] == "value_error.extra":
        return Message.of("setting_unknown", hint=did_you_mean(str(error["loc"][0]), fields))
    return Message.of("value_missing") if error["type"] == "value_error.missing" else Message.text(str(error["msg"]))


def build_row_condition(written: object, schema: Schema) -> tuple[Condition, str]:
    """Return a row condition as an object, and as it was written.

    Raises:
        ValueError: It cannot be parsed, or names a column that is not declared.
        TypeError: It is neither text nor a condition of a suite in JSON.
    """
    condition = parse_row_condition(written) if isinstance(written, str) else deserialize_row_condition(written)
    if not isinstance(condition, Condition):
        raise TypeError('write a condition such as event_type == "purchase" and price > 0')
    if schema.columns:
        to_expr(condition, schema.dtypes)
    return condition, written if isinstance(written, str) else repr(condition)
