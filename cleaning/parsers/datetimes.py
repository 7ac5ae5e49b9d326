"""Dates and times as people write them: `03/14/2026`, `14.03.2026 08:15`, `Mar 14, 2026 8:15 PM`, `2026年3月14日`."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Literal

from cleaning.parsers.reading import Reading

Order = Literal["day first", "month first"]

_NAMES = (
    ("jan", "januar", "january"),
    ("feb", "februar", "february"),
    ("mar", "mär", "märz", "march"),
    ("apr", "april"),
    ("may", "mai"),
    ("jun", "juni", "june"),
    ("jul", "juli", "july"),
    ("aug", "august"),
    ("sep", "sept", "september"),
    ("oct", "okt", "oktober", "october"),
    ("nov", "november"),
    ("dec", "dez", "dezember", "december"),
)
_MONTHS = {name: month for month, names in enumerate(_NAMES, 1) for name in names}
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})日?")
_COMPACT = re.compile(r"(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)(?!\d)")
_YEAR_LAST = re.compile(r"(?P<one>\d{1,2})(?P<mark>[-/.])\s?(?P<two>\d{1,2})(?P=mark)\s?(?P<year>\d{4}|\d\d)(?!\d)")
_DAY_NAMED = re.compile(r"(?:[^\W\d]+,\s*)?(?P<day>\d{1,2})(?:st|nd|rd|th|\.)?[\s-]+(?P<name>[^\W\d]+)\.?,?[\s-]+(?P<year>\d{4})")
_NAME_FIRST = re.compile(r"(?:[^\W\d]+,\s*)?(?P<name>[^\W\d]+)\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})")
_CLOCK = re.compile(
    r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<part>\d{1,9}))?)?\s*(?P<half>[ap]\.?m\.?)?\s*(?P<zone>z|utc|gmt|[+-]\d\d:?\d\d)?",
    re.IGNORECASE,
)
_EPOCH = re.compile(r"(?P<seconds>\d{10})(?:\.0)?|(?P<millis>\d{13})")


def order(texts: Iterable[str]) -> Order | None:
    """Whether a column writes the day or the month first, by those of its dates that can be read one way only; None without evidence, or with mixed."""
    seen: Counter[Order] = Counter()
    for text in texts:
        match = _YEAR_LAST.match(text.strip())
        if match is not None and match["mark"] != ".":
            one, two = int(match["one"]), int(match["two"])
            seen["day first"] += one > 12 >= two
            seen["month first"] += two > 12 >= one
    best = max(seen, key=lambda each: seen[each], default=None)
    return best if best is not None and seen[best] > 0 and seen[best] >= 0.95 * seen.total() else None


@dataclass(frozen=True, slots=True)
class MomentForm:
    """How one column writes moments.

    Attributes:
        habit: Whether the day or the month stands first, where known.
        dated: Dates are read, without a time of day.
    """

    habit: Order | None = None
    dated: bool = False

    def read(self, text: str) -> Reading | None:
        """The moment that a text holds, in UTC where it names no zone."""
        text = unicodedata.normalize("NFKC", text).strip()
        if (epoch := _EPOCH.fullmatch(text)) and not self.dated:
            seconds = int(epoch["seconds"]) if epoch["seconds"] else int(epoch["millis"]) / 1000
            return Reading(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds), 0.95, "seconds since 1970")
        told = self._day(text)
        if told is None:
            return None
        day, sure, rest = told
        rest = rest.lstrip(" ,T")
        if not rest:
            return Reading(day if self.dated else datetime(day.year, day.month, day.day, tzinfo=UTC), sure, "another form of date")
        moment = _at(day, rest)
        if moment is None or (self.dated and moment.timetz().replace(tzinfo=None) != datetime.min.time()):
            return None
        return Reading(day if self.dated else moment, sure, "another form of date and time")

    def _day(self, text: str) -> tuple[date, float, str] | None:
        for form in (_YEAR_FIRST, _COMPACT, _DAY_NAMED, _NAME_FIRST):
            if match := form.match(text):
                parts = match.groupdict()
                month = _MONTHS.get(parts["name"].casefold()) if "name" in parts else int(parts["month"])
                day = _date(int(parts["year"]), month, int(parts["day"]))
                return (day, 0.98, text[match.end() :]) if day else None
        if match := _YEAR_LAST.match(text):
            told = self._ordered(int(match["one"]), int(match["two"]), match["year"], dotted=match["mark"] == ".")
            return (*told, text[match.end() :]) if told else None
        return None

    def _ordered(self, one: int, two: int, year: str, *, dotted: bool) -> tuple[date, float] | None:
        """The day of numbers whose order is told by a point (day first), by a number above 12, or by the column's habit."""
        short = len(year) == 2
        full = int(year) + (2000 if int(year) < 70 else 1900) if short else int(year)
        told = dotted or one > 12 or two > 12 or one == two
        day_first = one > 12 or (two <= 12 and (dotted or self.habit != "month first"))
        sure = 0.98 if told else 0.95 if self.habit else 0.5
        day = _date(full, two, one) if day_first else _date(full, one, two)
        return (day, min(sure, 0.5) if short else sure) if day else None


def _date(year: int, month: int | None, day: int) -> date | None:
    try:
        return date(year, month or 0, day)
    except ValueError:
        return None


def _at(day: date, rest: str) -> datetime | None:
    match = _CLOCK.fullmatch(rest.strip())
    if match is None:
        return None
    hour = int(match["hour"])
    if match["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match["half"][0] in "pP" else 0)
    micros = int((match["part"] or "0")[:6].ljust(6, "0"))
    try:
        moment = datetime(day.year, day.month, day.day, hour, int(match["minute"]), int(match["second"] or 0), micros, tzinfo=_zone(match["zone"]))
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _zone(text: str | None) -> timezone:
    if text is None or text[0] not in "+-":
        return UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    return timezone((1 if text[0] == "+" else -1) * timedelta(hours=hours, minutes=minutes))
