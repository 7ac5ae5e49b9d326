"""Read lines of JSON cell by cell, where one holds what JSON does not allow or Polars does not read: NaN, Infinity, 1E400."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from sluice.domain import EMPTY, Message
from sluice.errors import InvalidValue
from sluice.messages import make_error

_EXACT = 2**53  # beyond it, a float names no single integer


class _Number(str):
    """Hold a number as it is written."""

    __slots__ = ()


def read_cells(lines: Iterable[tuple[int, bytes]], names: Sequence[str], unit: str = "line") -> pl.DataFrame:
    """Return the named cells of each line as text; a number is as it is written, a nested value JSON.

    Args:
        lines: Lines that are not blank, with their numbers.
        names: Keys to read.
        unit: What is numbered, `line` or `record`.

    Raises:
        InvalidValue: A line is no JSON object; its text names the line.
    """
    cells: dict[str, list[str | None]] = {name: [] for name in names}
    for number, line in lines:
        value = _parse(line, number, unit)
        for name, column in cells.items():
            column.append(_text(value.get(name)))
    return pl.DataFrame(cells, schema=dict.fromkeys(names, pl.String))


def cells_of(line: bytes, number: int = 1, unit: str = "line") -> dict[str, str | None]:
    """Return all cells of a line as text, by their keys.

    Args:
        line: A JSON object.
        number: Its number.
        unit: What is numbered.

    Raises:
        InvalidValue: It is no JSON object; its text names the line.

    Example:
        >>> cells_of(b'{"id": 1.50, "tags": ["a"]}')
        {'id': '1.50', 'tags': '["a"]'}
    """
    return {_encodable(name): _text(value) for name, value in _parse(line, number, unit).items()}


def _parse(line: bytes, number: int, unit: str) -> Mapping[str, object]:
    try:
        value = json.loads(line, parse_float=_Number, parse_int=_Number, parse_constant=_Number)
    except (ValueError, RecursionError) as error:
        column = Message.of("at_character", character=error.colno) if isinstance(error, json.JSONDecodeError) else EMPTY
        raise make_error(InvalidValue, "json_cut_short", unit=unit, number=number, column=column) from None
    if not isinstance(value, dict):
        raise make_error(InvalidValue, "json_array" if isinstance(value, list) else "json_no_object", unit=unit, number=number)
    return value


def _text(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, _Number):
        return _short(value)
    return _encodable(value if isinstance(value, str) else _dump(value))


def _encodable(text: str) -> str:
    """Return a text with half a surrogate pair, which JSON may hold and UTF-8 may not, as its escape."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def _short(number: _Number) -> str:
    """Return a whole number without the point that programs add to it: 5.0 is 5."""
    whole, point, fraction = number.partition(".")
    return whole if point and not fraction.strip("0") and abs(int(whole)) <= _EXACT else str(number)


def _dump(value: object) -> str:
    """Return a value as JSON, with its numbers as they are written."""
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key, ensure_ascii=False)}: {_dump(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_dump, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
