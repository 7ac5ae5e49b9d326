"""Say which expectations fit a column, and what each setting of an expectation takes: what a form needs, without importing Great Expectations."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from sluice.config.column_types import misfits
from sluice.config.expectation_settings import GX_EXPECTATIONS, OWN_EXPECTATIONS
from sluice.domain import Dimension, OnFail, Severity

Kind: TypeAlias = Literal["column", "columns", "dataset", "other_column", "number", "limit", "flag", "text", "list", "choice", "yaml"]

_SCHEMA = Path(__file__).with_name("sluice.schema.json")
_ELSEWHERE = frozenset({"base_query", "other_table_name", "unexpected_rows_query"})  # settings of expectations about other tables, which need SQL
_HIDDEN = frozenset({"condition_parser", "library_metadata"})
_BY_NAME: Mapping[str, Kind] = {
    **dict.fromkeys(("column", "column_A", "column_B", "user", "item", "time", "text", "rating", "key"), "column"),
    **dict.fromkeys(("columns", "column_list", "column_set"), "columns"),
    **dict.fromkeys(
        ("allow_relative_error", "bucketize_data", "double_sided", "exact_match", "or_equal", "strict_max", "strict_min", "strictly", "ties_okay"), "flag"
    ),
    **dict.fromkeys(("value_set", "regex_list", "like_pattern_list", "type_list"), "list"),
    **dict.fromkeys(("regex", "like_pattern", "strftime_format", "type_", "escape", "method"), "text"),
    **dict.fromkeys(("ignore_row_if", "match_on"), "choice"),
    **dict.fromkeys(("partition_object", "quantile_ranges", "value_pairs_set", "json_schema"), "yaml"),
    **dict.fromkeys(("min_value", "max_value"), "limit"),
    "dataset": "dataset",
    "reference_column": "other_column",
}
"""Kind of a setting by its name; the others are numbers."""

_CHOICES: Mapping[str, tuple[str, ...]] = {
    "match_on": ("any", "all"),
    "ignore_row_if": ("both_values_are_missing", "either_value_is_missing", "neither", "all_values_are_missing", "any_value_is_missing", "never"),
}
_OPTIONAL = frozenset(
    {"min_value", "max_value", "escape", "match_on", "ignore_row_if", "column_index", "method", "multiplier", "partition_object", "threshold"}
)


@dataclass(frozen=True, slots=True)
class Field:
    """Describe one setting of an expectation.

    Attributes:
        name: Its name in sluice.yaml.
        kind: What it takes.
        required: Whether the expectation needs it.
        description: What it means; empty where only its name says so.
        choices: What can be chosen, for the kind `choice`.
    """

    name: str
    kind: Kind
    required: bool = False
    description: str = ""
    choices: tuple[str, ...] = ()


SHARED: Sequence[Field] = (
    Field("severity", "choice", choices=get_args(Severity)),
    Field("on_fail", "choice", choices=get_args(OnFail)),
    Field("mostly", "number"),
    Field("row_condition", "text"),
    Field("dimension", "choice", choices=get_args(Dimension)),
    Field("description", "text"),
)
"""Settings of every expectation."""


def expectations_for(column_type: str | None) -> list[str]:
    """Return the expectations about one column of a type; those about several columns or the whole table without a type.

    Example:
        >>> "expect_column_values_to_match_regex" in expectations_for("timestamp")
        False
    """
    every = {**OWN_EXPECTATIONS, **GX_EXPECTATIONS}
    names = sorted(name for name, settings in every.items() if not settings & _ELSEWHERE and ("column" in settings) == (column_type is not None))
    return [name for name in names if column_type is None or "column" not in dict(misfits(name, {"column": "column"}, {"column": column_type}))]


def fields_of(expectation: str) -> list[Field]:
    """Return the settings of an expectation that no other one has in the same meaning, the required ones first.

    Example:
        >>> [(field.name, field.kind, field.required) for field in fields_of("expect_batch_to_be_fresh")]
        [('column', 'column', True), ('max_age', 'text', True)]
    """
    own = _own_settings().get(expectation)
    if own is not None:
        fields = [_own_field(name, schema, name in own["required"]) for name, schema in own["properties"].items() if schema]
    else:
        fields = [_field(name) for name in sorted(GX_EXPECTATIONS[expectation] - _HIDDEN, key=_lower_limit_first)]
    return sorted(fields, key=lambda field: (field.kind not in ("column", "columns"), not field.required))


def _lower_limit_first(name: str) -> str:
    return name.replace("max", "min~")


def _own_field(name: str, schema: Mapping[str, Any], required: bool) -> Field:  # noqa: FBT001  # as JSON Schema has it
    by_name = _BY_NAME.get(name)
    kind: Kind = by_name if by_name and by_name != "limit" else "text" if schema.get("type") == "string" else "number"
    return Field(name, kind, required, schema.get("description", ""))


def _field(name: str) -> Field:
    kind = _BY_NAME.get(name, "number")
    return Field(name, kind, kind != "flag" and name not in _OPTIONAL and not name.endswith("_holdout"), choices=_CHOICES.get(name, ()))


@functools.cache
def _own_settings() -> Mapping[str, Any]:
    """Return the schema of each of our expectations."""
    suite = json.loads(_SCHEMA.read_text(encoding="utf-8"))["$defs"]["Dataset"]["properties"]["suite"]
    own: Mapping[str, Any] = suite["anyOf"][0]["items"]["anyOf"][-1]["properties"]
    return own


def parse_value(text: str, column_type: str) -> object:
    """Return what a person typed as a value of a column's type; text that is none stays text, which the configuration then refuses.

    Example:
        >>> [parse_value(text, "number") for text in ("5", "0.5", "many")]
        [5, 0.5, 'many']
    """
    if column_type not in ("integer", "number", "boolean"):
        return text
    value = parse_yaml(text)
    return value if isinstance(value, int | float | bool) else text


def is_numeric(field: Field, column_type: str) -> bool:
    """Return whether a setting takes a number: a limit of values takes what its column holds.

    Example:
        >>> is_numeric(Field("min_value", "limit"), "number"), is_numeric(Field("min_value", "limit"), "timestamp")
        (True, False)
    """
    return field.kind == "number" or (field.kind == "limit" and column_type in ("integer", "number"))


def parse_yaml(text: str) -> object:
    """Return typed YAML or JSON as plain values; what cannot be read stays text."""
    try:
        return YAML(typ="safe", pure=True).load(text)
    except YAMLError:
        return text
