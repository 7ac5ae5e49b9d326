"""Describe what pydantic found wrong with a value, by the type of the error and its context; its sentences are not read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sluice.domain import Message
from sluice.domain.message import Param
from sluice.messages import error_message

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

CODES: Mapping[str, str] = {
    "missing": "value_missing",
    "extra_forbidden": "value_unknown",
    "tuple_type": "value_no_list",
    "list_type": "value_no_list",
    "dict_type": "value_no_keys",
    "mapping_type": "value_no_keys",
    "model_type": "value_no_keys",
    "model_attributes_type": "value_no_keys",
    "string_type": "value_no_text",
    "string_too_short": "value_text_short",
    "string_too_long": "value_text_long",
    "string_pattern_mismatch": "value_of_no_pattern",
    "literal_error": "value_of_no_choice",
    "enum": "value_of_no_choice",
    "bool_type": "value_no_boolean",
    "bool_parsing": "value_unread_boolean",
    "int_type": "value_no_integer",
    "int_parsing": "value_unread_integer",
    "int_from_float": "value_with_fraction",
    "float_type": "value_no_number",
    "float_parsing": "value_unread_number",
    "finite_number": "value_not_finite",
    "greater_than": "value_not_greater",
    "greater_than_equal": "value_too_small",
    "less_than": "value_not_less",
    "less_than_equal": "value_too_large",
    "multiple_of": "value_no_multiple",
    "too_short": "value_too_few",
    "too_long": "value_too_many",
    "date_type": "value_no_date",
    "date_parsing": "value_unread_date",
    "date_from_datetime_parsing": "value_unread_day",
    "datetime_type": "value_no_time",
    "datetime_parsing": "value_unread_time",
    "datetime_from_date_parsing": "value_unread_moment",
    "timezone_aware": "value_without_zone",
    "none_required": "value_not_none",
}
"""Codes by the types of pydantic's errors that the settings can have; an error of another type keeps pydantic's sentence."""


def describe_mistake(details: ErrorDetails) -> Message:
    """Return what is wrong with a value.

    Args:
        details: An entry of `ValidationError.errors()`, with its context.

    Example:
        >>> from pydantic import TypeAdapter, ValidationError
        >>> from sluice.messages import render
        >>> try:
        ...     TypeAdapter(int).validate_python("many")
        ... except ValidationError as error:
        ...     render(describe_mistake(error.errors()[0]))
        'must be a valid integer, unable to parse string as an integer'
    """
    kind, context = details["type"], details.get("ctx", {})
    if kind == "value_error":
        return error_message(context["error"])
    if kind not in CODES:
        return Message.text(details["msg"])
    return Message(CODES[kind], {name: _to_param(value) for name, value in context.items()})


def _to_param(value: Any) -> Param:  # noqa: ANN401  # whatever pydantic puts into its context
    return value if isinstance(value, str | int | float) or value is None else str(value)
