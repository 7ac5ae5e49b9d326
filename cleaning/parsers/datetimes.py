"""Parse dates and times as people write them: `03/14/2026`, `14.03.2026 08:15`, `Mar 14, 2026 8:15 PM`, `2026年3月14日`."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Literal

from cleaning.parsers import ParsedValue
from sluice.domain import Message
from sluice.domain.months import MONTHS

DateOrder = Literal["day first", "month first"]

_YEAR_FIRST = re.compile(r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})日?")
_COMPACT = re.compile(r"(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)(?!\d)")
_YEAR_LAST = re.compile(r"(?P<first>\d{1,2})(?P<mark>[-/.])\s?(?P<second>\d{1,2})(?P=mark)\s?(?P<year>\d{4}|\d\d)(?!\d)")
_DAY_NAMED = re.compile(r"(?:[^\W\d]+,\s*)?(?P<day>\d{1,2})(?:st|nd|rd|th|\.)?[\s-]+(?P<name>[^\W\d]+)\.?,?[\s-]+(?P<year>\d{4})")
_NAME_FIRST = re.compile(r"(?:[^\W\d]+,\s*)?(?P<name>[^\W\d]+)\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})")
_TIME = re.compile(
    r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<seconds>\d\d)(?:[.,](?P<part>\d{1,9}))?)?\s*(?P<half>[ap]\.?m\.?)?\s*(?P<zone>z|utc|gmt|[+-]\d\d:?\d\d)?",
    re.IGNORECASE,
)
_EPOCH = re.compile(r"(?P<seconds>\d{10})(?:\.0)?|(?P<millis>\d{13})")


def infer_date_order(texts: Iterable[str]) -> DateOrder | None:
    """Infer whether a column writes the day or the month first, from its unambiguous dates; None without evidence, or where both occur.

    Example:
        >>> infer_date_order(["03/04/2026", "14/03/2026"])
        'day first'
    """
    counts: Counter[DateOrder] = Counter()
    for text in texts:
        match = _YEAR_LAST.match(text.strip())
        if match is not None and match["mark"] != ".":
            first, second = int(match["first"]), int(match["second"])
            counts["day first"] += first > 12 >= second
            counts["month first"] += second > 12 >= first
    best = max(counts, key=lambda order: counts[order], default=None)
    return best if best is not None and counts[best] > 0 and counts[best] >= 0.95 * counts.total() else None


@dataclass(frozen=True, slots=True)
class DatetimeParser:
    """Parse the dates and times of one column.

    Attributes:
        order: Whether the day or the month stands first, where known.
        dates_only: True where dates without a time of day are parsed.
        is_declared: True where the order is declared: a date of the other order is uncertain, as the whole file may be written in that order.
        zone: Time zone of times that name none.

    Example:
        >>> DatetimeParser("month first").parse("03/04/2026 8:15 PM").value.isoformat()
        '2026-03-04T20:15:00+00:00'
    """

    order: DateOrder | None = None
    dates_only: bool = False
    is_declared: bool = False
    zone: tzinfo = UTC

    def parse(self, text: str, unit: str | None = None) -> ParsedValue | None:
        """Parse the date or time of a text, which has no unit; None for one that clocks skip. Of an hour that comes twice it is the first pass."""
        _ = unit
        text = unicodedata.normalize("NFKC", text).strip()
        if (epoch := _EPOCH.fullmatch(text)) and not self.dates_only:
            elapsed = timedelta(seconds=int(epoch["seconds"])) if epoch["seconds"] else timedelta(milliseconds=int(epoch["millis"]))
            return ParsedValue(datetime(1970, 1, 1, tzinfo=UTC) + elapsed, 0.95, Message.of("parsed_epoch"))
        parsed = self._parse_date(text)
        if parsed is None:
            return None
        day, confidence, rest = parsed
        rest = rest.lstrip(" ,T")
        if not rest:
            midnight = _in_utc(datetime(day.year, day.month, day.day, tzinfo=self.zone))
            value = day if self.dates_only else midnight
            return None if value is None else ParsedValue(value, confidence, Message.of("parsed_date"))
        moment = _parse_time(day, rest, self.zone)
        if moment is None or (self.dates_only and moment.timetz().replace(tzinfo=None) != datetime.min.time()):
            return None
        return ParsedValue(day if self.dates_only else moment, confidence, Message.of("parsed_time"))

    def _parse_date(self, text: str) -> tuple[date, float, str] | None:
        for pattern in (_YEAR_FIRST, _COMPACT, _DAY_NAMED, _NAME_FIRST):
            if match := pattern.match(text):
                parts = match.groupdict()
                month = MONTHS.get(parts["name"].lower()) if "name" in parts else int(parts["month"])
                day = _make_date(int(parts["year"]), month, int(parts["day"]))
                return (day, 0.98, text[match.end() :]) if day else None
        if match := _YEAR_LAST.match(text):
            ordered = self._order(int(match["first"]), int(match["second"]), match["year"], dotted=match["mark"] == ".")
            return (*ordered, text[match.end() :]) if ordered else None
        return None

    def _order(self, first: int, second: int, year: str, *, dotted: bool) -> tuple[date, float] | None:
        """Return the date of numbers whose order is given by a point (day first), by a number above 12, or by the other dates of the column."""
        short = len(year) == 2
        full_year = int(year) + (2000 if int(year) < 70 else 1900) if short else int(year)
        unambiguous = dotted or first > 12 or second > 12 or first == second
        day_first = first > 12 or (second <= 12 and (dotted or self.order != "month first"))
        confidence = 0.98 if unambiguous else 0.95 if self.order else 0.5
        if self.is_declared and not dotted and first != second and day_first != (self.order == "day first"):
            confidence = 0.5
        day = _make_date(full_year, second, first) if day_first else _make_date(full_year, first, second)
        return (day, min(confidence, 0.5) if short else confidence) if day else None


def _make_date(year: int, month: int | None, day: int) -> date | None:
    try:
        return date(year, month or 0, day)
    except ValueError:
        return None


def _in_utc(moment: datetime) -> datetime | None:
    """Return a time in UTC; None where the clocks of its zone skip it."""
    utc = moment.astimezone(UTC)
    return utc if utc.astimezone(moment.tzinfo).replace(tzinfo=None) == moment.replace(tzinfo=None) else None


def _parse_time(day: date, text: str, zone: tzinfo) -> datetime | None:
    match = _TIME.fullmatch(text.strip())
    if match is None:
        return None
    hour = int(match["hour"])
    if match["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match["half"][0] in "pP" else 0)
    micros = int((match["part"] or "0")[:6].ljust(6, "0"))
    try:
        own = _time_zone(match["zone"]) or zone
        return _in_utc(datetime(day.year, day.month, day.day, hour, int(match["minute"]), int(match["seconds"] or 0), micros, tzinfo=own))
    except (ValueError, OverflowError):
        return None


def _time_zone(text: str | None) -> timezone | None:
    if text is None:
        return None
    if text[0] not in "+-":
        return UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    return timezone((1 if text[0] == "+" else -1) * timedelta(hours=hours, minutes=minutes))
