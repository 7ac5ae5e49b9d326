"""Refuse a wrong cron line when sluice.yaml is loaded, without the library that computes when one fires, which takes a while to import."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

from sluice.domain import Message
from sluice.errors import InvalidValue
from sluice.messages import make_error

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_FIELDS: tuple[tuple[str, int, int, list[str]], ...] = (  # name, least and greatest number, names in their order
    ("minute", 0, 59, []),
    ("hour", 0, 23, []),
    ("day", 1, 31, []),
    ("month", 1, 12, _MONTHS),
    ("weekday", 0, 6, _WEEKDAYS),
)
_PART = re.compile(r"(?:\*|(?P<first>\w+)(?:-(?P<last>\w+))?)(?:/(?P<step>[1-9]\d*))?")


def _cron(line: str) -> str:
    """Return a cron line of five fields as it is.

    Raises:
        InvalidValue: A field is missing, beyond its range or of another form, or a weekday is a number, which other tools count from another day.
    """
    texts = line.split()
    if not line:
        return line  # no such job
    if len(texts) != len(_FIELDS):
        raise make_error(InvalidValue, "cron_unreadable", cron=line, problem=Message.of("cron_fields", fields=len(texts)))
    if any(letter.isdigit() for letter in texts[4]):
        raise make_error(InvalidValue, "cron_weekday_by_number", cron=line)
    for text, (name, least, greatest, names) in zip(texts, _FIELDS, strict=True):
        if not all(_is_part(part, least, greatest, names) for part in text.lower().split(",")):
            raise make_error(InvalidValue, "cron_unreadable", cron=line, problem=Message.of("cron_field", field=name, text=text))
    return line


def _is_part(part: str, least: int, greatest: int, names: list[str]) -> bool:
    """Return whether a part of a field is `*`, a value, a range, or one of them with a step.

    Example:
        >>> _is_part("*/15", 0, 59, []), _is_part("mon-fri", 0, 6, _WEEKDAYS), _is_part("61", 0, 59, []), _is_part("20-10", 0, 59, [])
        (True, True, False, False)
    """
    if part == "last" and greatest == 31:
        return True
    match = _PART.fullmatch(part)
    if match is None:
        return False
    ends = [text for text in match.group("first", "last") if text]
    values = [names.index(text) + least if text in names else int(text) if text.isdecimal() else -1 for text in ends]
    return all(least <= value <= greatest for value in values) and values == sorted(values)


CronLine = Annotated[str, AfterValidator(_cron)]
