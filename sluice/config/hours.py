"""Read hours of the week, as addresses of alerts have them: "08:00-18:00", and days."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import time
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator

from sluice.domain import EVERY_DAY, Hours
from sluice.errors import InvalidValue
from sluice.messages import make_error

_SPAN = re.compile(r"(\d{1,2}:\d{2})-(\d{1,2}:\d{2})")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Day: TypeAlias = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def read_time(text: str) -> time:
    """Read a time of day; 24:00 is the end of the day.

    Raises:
        ValueError: It is no time of day.
    """
    hour, _, minute = text.partition(":")
    if not (hour.isascii() and hour.isdigit() and len(minute) == 2 and minute.isascii() and minute.isdigit()):
        raise make_error(InvalidValue, "time_of_day_unfit", text=text)
    if text == "24:00":
        return time()
    try:
        return time(int(hour), int(minute))
    except ValueError:
        raise make_error(InvalidValue, "time_of_day_unfit", text=text) from None


def _is_span(text: str) -> str:
    match = _SPAN.fullmatch(text)
    if match is None:
        raise make_error(InvalidValue, "hours_unfit", text=text)
    for end in match.groups():
        read_time(end)
    return text


Span = Annotated[str, AfterValidator(_is_span)]


def _is_time(text: str) -> str:
    read_time(text)
    return text


TimeOfDay = Annotated[str, AfterValidator(_is_time)]


def hours_of(span: str | None, days: Sequence[Day], zone: str) -> Hours:
    """Return hours of some days; all days, or the whole day, unless given.

    Example:
        >>> hours_of("22:00-07:00", ["sat", "sun"], "UTC").days == {5, 6}
        True
    """
    start, end = (span or "00:00-24:00").split("-")
    return Hours(read_time(start), read_time(end), frozenset(map(_DAYS.index, days)) or EVERY_DAY, zone)
