"""Read and write durations: 90s, 15m, 6h, 1d, 2w."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from sluice.errors import InvalidValue
from sluice.messages import make_error

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_FORM = re.compile(r"(\d+(?:\.\d+)?)\s*([smhdw])")


def parse_duration(text: object) -> timedelta:
    """Read `15m` and the like; a timedelta passes through.

    Example:
        >>> parse_duration("36h")
        datetime.timedelta(days=1, seconds=43200)

    Raises:
        ValueError: The text is not a number with one of the units s, m, h, d, w.
    """
    if isinstance(text, timedelta):
        return text
    match = _FORM.fullmatch(str(text).strip())
    if match is None:
        raise make_error(InvalidValue, "duration_unfit", text=repr(text))
    return timedelta(**{_UNITS[match[2]]: float(match[1])})


def write_duration(span: timedelta) -> str:
    """Write a duration in one unit, as short as possible.

    Example:
        >>> write_duration(timedelta(hours=36)), write_duration(timedelta(days=14))
        ('36h', '2w')
    """
    seconds = span.total_seconds()
    for unit, size in (("w", 604800), ("d", 86400), ("h", 3600), ("m", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds / size:g}{unit}"
    return f"{seconds:g}s"


_JSON_SCHEMA = {"title": "Duration", "type": "string", "pattern": f"^{_FORM.pattern}$"}

Duration = Annotated[timedelta, BeforeValidator(parse_duration), PlainSerializer(write_duration), WithJsonSchema(_JSON_SCHEMA)]
