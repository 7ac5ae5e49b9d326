"""Check that the settings and the row condition of an expectation fit the declared types of its columns, before any row is judged by them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime

from sluice.config.row_condition import comparisons
from sluice.domain import Message
from sluice.messages import error_message

_NUMBERS = frozenset({"integer", "number"})
_TIMES = frozenset({"date", "timestamp"})
_LIMITS = re.compile(r"expect_column_(values|max|min)_to_be_between")
_NUMERIC = re.compile(r"expect_column_(mean|median|stdev|sum|quantile_values|value_z_scores)_to_be_\w+|expect_column_values_to_be_close_to_history")
_TEXTUAL = re.compile(r"expect_column_value(s_to_(not_)?match_(regex|like_pattern)(_list)?|_lengths_to_(be_between|equal))")
_TEMPORAL = re.compile(r"expect_column_values_to_not_be_in_future|expect_batch_to_be_fresh")
_SETS = re.compile(r"expect_column_(values_to_(not_)?be_in_set|distinct_values_to_(be_in|contain|equal)_set|most_common_value_to_be_in_set)")
_PAIRS = re.compile(r"expect_column_pair_values_(a_to_be_greater_than_b|to_be_equal)")


def misfits(name: str, settings: Mapping[str, object], types: Mapping[str, str]) -> Iterator[tuple[str, Message]]:
    """Yield each setting that cannot fit the type of its column, with the reason.

    Args:
        name: Name of the expectation.
        settings: Its settings.
        types: Types of the declared columns of the dataset; others are not checked here.

    Example:
        >>> from sluice.messages import render
        >>> wrong = misfits("expect_column_values_to_be_between", {"column": "placed_at", "min_value": 0}, {"placed_at": "timestamp"})
        >>> {setting: render(reason) for setting, reason in wrong}
        {'min_value': 'placed_at is of type timestamp; write a date such as "2026-11-27", not 0'}
    """
    column = settings.get("column")
    kind = types.get(column) if isinstance(column, str) else None
    if isinstance(column, str) and kind is not None:
        yield from _column_misfits(name, settings, column, kind)
    if _PAIRS.fullmatch(name):
        first, second = (types.get(str(settings.get(key))) for key in ("column_A", "column_B"))
        if first and second and _family(first) != _family(second):
            yield "column_B", Message.of("types_differ", first=first, second=second)
    if isinstance(condition := settings.get("row_condition"), str):
        yield from (("row_condition", reason) for reason in condition_misfits(condition, types))


def condition_misfits(condition: str, types: Mapping[str, str]) -> Iterator[Message]:
    """Yield what is wrong with a row condition: it cannot be read, names no declared column, or compares one with a value of another type.

    Example:
        >>> from sluice.messages import render
        >>> list(map(render, condition_misfits('price > "5"', {"price": "number"})))
        ["price is of type number; write a number, not '5'"]
    """
    try:
        conditions = list(comparisons(condition))
    except ValueError as error:
        yield error_message(error)
        return
    for comparison in conditions if types else ():
        kind = types.get(comparison.column)
        if kind is None:
            yield Message.of("no_column", column=comparison.column)
            continue
        wrong = [value for value in comparison.values if not _fits(value, kind) and not (kind in _NUMBERS and isinstance(value, bool))]
        if wrong:
            yield _of_other_type(comparison.column, kind, wrong[0])


def _column_misfits(name: str, settings: Mapping[str, object], column: str, kind: str) -> Iterator[tuple[str, Message]]:
    if _LIMITS.fullmatch(name):
        limits = {key: settings[key] for key in ("min_value", "max_value") if settings.get(key) is not None}
        yield from ((key, _of_other_type(column, kind, value)) for key, value in limits.items() if not _fits(value, kind))
    elif _NUMERIC.fullmatch(name) and kind in _TIMES | {"string"}:
        yield "column", Message.of("type_no_number", column=column, type=kind)
    elif _TEXTUAL.fullmatch(name) and kind in _TIMES | {"boolean"}:
        yield "column", Message.of("type_no_text", column=column, type=kind)
    elif _TEMPORAL.fullmatch(name) and kind not in _TIMES:
        yield "column", Message.of("type_no_time", column=column, type=kind)
    elif _SETS.fullmatch(name) and isinstance(values := settings.get("value_set"), list | tuple | set):
        wrong = [value for value in values if value is not None and not _fits(value, kind)]
        if wrong:
            yield "value_set", _of_other_type(column, kind, wrong[0])


def _of_other_type(column: str, kind: str, value: object) -> Message:
    return Message.of("value_of_other_type", column=column, type=kind, advice=_advice(kind), value=repr(value))


def _fits(value: object, kind: str) -> bool:
    """Return True where a configured value can equal a cell of a type, or be compared with it; a type of no family here takes any value."""
    if isinstance(value, Mapping):
        return True  # a parameter that is filled in later
    if kind in _TIMES:
        return isinstance(value, date) or (isinstance(value, str) and _is_date(value))
    if kind in _NUMBERS:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind == "string":
        return isinstance(value, str)
    return not isinstance(value, str) if kind == "boolean" else True


def _is_date(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _advice(kind: str) -> Message:
    if kind in _TIMES:
        return Message.of("write_date")
    return {"string": Message.of("write_text"), "boolean": Message.of("write_boolean")}.get(kind, Message.of("write_number"))


def _family(kind: str) -> str:
    return "number" if kind in _NUMBERS else "time" if kind in _TIMES else kind
