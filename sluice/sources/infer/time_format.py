"""Infer whether a column holds times, and how they are written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Literal

import polars as pl

from sluice.config.checks import Check
from sluice.domain import EMPTY, CellFormat, Column, Message
from sluice.rules.naming.column_names import words
from sluice.rules.naming.vocabulary import Role
from sluice.sources.cast import to_type
from sluice.sources.infer.evidence import MIN_SHARE, Inference, Values, describe_misfits

_FIRST, _LAST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2050, 1, 1, tzinfo=UTC)  # times of rows of shops
_MIN_OF_UNIT = 0.99  # share of the counts since 1970 that one unit makes times of rows
_EPOCHS: Mapping[CellFormat, int] = {"epoch_s": 1, "epoch_ms": 10**3, "epoch_us": 10**6, "epoch_ns": 10**9}
_YEAR_LAST = r"^(?P<first>\d{1,2})\s?[-/.]\s?(?P<second>\d{1,2})\s?[-/.]\s?(?:\d{4}|\d\d)(?:\D|$)"
_DIGITS = r"^\d{8}(?:[T ]?\d{6})?$"
_CLOCK_ALONE = r"^(?:1899-12-3[01]|1900-01-0[01])[T ]\d"  # as spreadsheets hold a time of day: on their first days
_SERIAL = r"^\d{5}(?:[.,]\d+)?$"
_FIRST_SERIAL, _LAST_SERIAL = 32_874, 54_789  # days since 1899-12-30 of 1990-01-01 and 2050-01-01
_MAX_SERIAL_SPAN = 20 * 366  # days; digits that are no days lie farther apart
_LONG_FRACTION = r"[.,]\d{7,}$"  # long enough to tell whole seconds from other numbers
_CLOCK = r"\d[:时點点]\d|\d{8}[T ]?\d{6}|^\d{4}-\d\d-\d\d[T ]\d\d$"
_MAY_BE_TIME = r"\d{4}\s?[-/.年]\s?\d|^(?:19|20)\d{6}|\d.*\p{L}{3}.*\d\d|\p{L}{3}.*\d.*\d\d"  # a part of every form that is read without a declared one
_SAMPLE = 100  # values that are read before all of them
MIN_DAYS = 5  # so many different digits that are days are no coincidence
NO_ORDER = Message.of("init_no_order")
MAX_SPAN_SHARE = 1 / 3  # an order of day and month is likely where the times span so little of what the other order makes of them


def infer_time_type(values: Values, kind: Role | None) -> Inference | None:
    """Return a date or timestamp where nearly all values are times; None otherwise.

    Digits alone are times only under the name of a time.

    Args:
        values: Distinct values of the column.
        kind: What its name says.
    """
    if (counted := _counted(values, kind)) is not None:
        return counted
    if values.rows and values.share(values.text.str.contains(_CLOCK_ALONE)) >= MIN_SHARE:
        return Inference(Column(values.name), Message.of("init_times_of_day"))
    digits = values.text.str.contains(_DIGITS)
    if values.share(digits) > 1 - MIN_SHARE and not _are_days(values, kind):
        return None
    if values.share(values.text.str.contains(_YEAR_LAST)) >= MIN_SHARE:
        return _ordered(values)
    if not _some_are_times(values):
        return None
    return _declare(values, None, EMPTY)


def _counted(values: Values, kind: Role | None) -> Inference | None:
    """Return the type of times that are counted from some day on; None where the values are none."""
    return infer_epoch(values, kind) or _serial_days(values, kind)


def serial_days_check(values: Values, kind: Role | None) -> tuple[Check, ...]:
    """Return what a person should know of numbers that may be days since 1899-12-30, such as 46029 in a column of dates, but may be something else."""
    if kind != "time" or not values.rows or values.share(values.text.str.contains(_SERIAL)) < MIN_SHARE or not _in_serial_range(_days(values)):
        return ()
    return (Check(Message.of("init_serial_days_unread"), "unread", column=values.name),)


def _serial_days(values: Values, kind: Role | None) -> Inference | None:
    """Return a date or timestamp where numbers are surely days since 1899-12-30: by the name, by their range, and since they lie as days of rows do."""
    is_serial = values.text.str.contains(_SERIAL)
    if kind != "time" or values.share(is_serial) < 0.5:  # the other cells of a sheet may be formatted as dates
        return None
    days = _days(values)
    if not _in_serial_range(days) or not _lie_like_days(values, days):
        return None
    fractions = values.text.filter(is_serial).str.extract(r"[.,](\d+)$").drop_nulls()
    has_clock = fractions.str.contains("[1-9]").any() or values.count(values.text.str.contains(_CLOCK)) > 0
    column = Column(values.name, "timestamp" if has_clock else "date", format="excel_serial")
    read = to_type(values.text, column).is_not_null()
    return Inference(column, Message.of("init_serial_days")) if values.share(read) >= MIN_SHARE else None


def _days(values: Values) -> pl.Series:
    """Return the values that are written as days of a spreadsheet."""
    return values.text.filter(values.text.str.contains(_SERIAL)).str.replace(",", ".", literal=True).cast(pl.Float64)


def _in_serial_range(days: pl.Series) -> bool:
    return not days.is_empty() and bool(days.is_between(_FIRST_SERIAL, _LAST_SERIAL).all())


def _lie_like_days(values: Values, days: pl.Series) -> bool:
    """Return True where different numbers lie as close together as the days of one table, or are those of their files; fractions are whole seconds."""
    seconds = days.filter(values.text.filter(values.text.str.contains(_SERIAL)).str.contains(_LONG_FRACTION)) % 1 * 86_400
    if not seconds.is_empty() and ((seconds - seconds.round(0)).abs() < 0.01).mean() < MIN_SHARE:  # type: ignore[operator]  # a float, of numbers
        return False
    first, last = days.min(), days.max()
    close = isinstance(first, float) and isinstance(last, float) and last - first <= _MAX_SERIAL_SPAN
    return close and (days.n_unique() >= MIN_DAYS or _agreement(values, "excel_serial") >= MIN_SHARE)


def _some_are_times(values: Values) -> bool:
    """Return True where any of the most frequent values, or of others evenly spaced, is a time: of values that nearly all are, some of those would be."""
    if values.text.len() <= 2 * _SAMPLE:
        return True
    frequent = values.text.gather(values.counts.arg_sort(descending=True).head(_SAMPLE))
    sample = pl.concat([frequent, values.text.gather_every(values.text.len() // _SAMPLE)])
    sample = sample.filter(sample.str.contains(_MAY_BE_TIME))
    return not sample.is_empty() and to_type(sample, Column(values.name, "timestamp")).is_not_null().any()


def infer_epoch(values: Values, kind: Role | None) -> Inference | None:
    """Return a timestamp where the values are counts since 1970, under the name of a time; None where they are none.

    No single cell decides the unit: the few counts of another one, such as seconds among milliseconds, are left for a person to check.
    """
    if kind != "time" or not values.rows:
        return None
    plain = values.text.str.contains(r"^\d{9,19}(?:\.\d+)?$")
    if values.share(plain) < MIN_SHARE:
        return None
    numbers, rows = values.text.set(~plain.fill_null(value=False), None).cast(pl.Float64), values.count(plain)
    for unit, size in _EPOCHS.items():
        others = rows - values.count(numbers.is_between(_FIRST.timestamp() * size, _LAST.timestamp() * size))
        if others <= (1 - _MIN_OF_UNIT) * rows:
            reason = Message.of("init_other_epochs", others=others, rows=rows, format=unit)
            checks = (Check(reason, "values", column=values.name),) if others else ()
            return Inference(Column(values.name, "timestamp", format=unit), Message.of("init_epoch"), checks)
    return None


def _are_days(values: Values, kind: Role | None) -> bool:
    """Return True where digits such as 20261127 are days: all of them of our time, and under the name of a time, or too many for chance."""
    if kind not in {"time", "count", None} or (kind != "time" and "day" not in words(values.name) and values.text.len() < MIN_DAYS):
        return False
    return bool(to_type(values.text, Column(values.name, "timestamp")).is_between(_FIRST, _LAST).fill_null(value=False).all())


def _ordered(values: Values) -> Inference | None:
    order, why = date_order(values)
    if order is None:
        checks = (Check(Message.of("init_day_or_month"), "values", column=values.name),)
        return Inference(Column(values.name), why, checks, Column(values.name, _type(values)) if why == NO_ORDER else None)
    return _declare(values, order, why)


def _declare(values: Values, order: CellFormat | None, why: Message) -> Inference | None:
    column = Column(values.name, _type(values), format=order)
    misfits = values.rows - values.count(to_type(values.text, column).is_not_null())
    if misfits > (1 - MIN_SHARE) * values.rows:
        return None
    return Inference(column, Message.join(filter(None, [why, describe_misfits(misfits, values.rows)])))


def _type(values: Values) -> Literal["date", "timestamp"]:
    return "timestamp" if values.count(values.text.str.contains(_CLOCK)) else "date"


def date_order(values: Values) -> tuple[CellFormat | None, Message]:
    """Return whether the day or the month stands first in a column, and why; None where nothing decides it.

    A number above 12 decides; else points between the numbers (day first), the dates in the files' names, AM and PM (month first), or one
    order by which the times lie together.
    """
    parts = values.text.str.extract_groups(_YEAR_LAST).struct.unnest().cast(pl.Int64, strict=False)
    day_first, month_first = values.count(parts["first"] > 12), values.count(parts["second"] > 12)
    if max(day_first, month_first) > 0:
        if min(day_first, month_first) > (1 - MIN_SHARE) * (day_first + month_first):
            return None, Message.of("init_both_orders", day_first=day_first, month_first=month_first)
        return ("dmy", Message.of("init_day_first")) if day_first > month_first else ("mdy", Message.of("init_month_first"))
    if values.share(values.text.str.contains(r"^\d+\.\s?\d+\.")) >= MIN_SHARE:
        return "dmy", Message.of("init_points")
    return _likely_order(values)


def _likely_order(values: Values) -> tuple[CellFormat | None, Message]:
    by_file = {order: _agreement(values, order) for order in ("dmy", "mdy")}
    if max(by_file.values()) >= MIN_SHARE and min(by_file.values()) < 0.5:
        return ("dmy" if by_file["dmy"] > by_file["mdy"] else "mdy"), Message.of("init_by_file_dates")
    if values.share(values.text.str.contains(r"(?i)\d\s*[ap]\.?m\.?$")) >= MIN_SHARE:
        return "mdy", Message.of("init_hours_of_12")
    spans = {order: _span(values, order) for order in ("dmy", "mdy")}
    short, long = sorted(spans, key=lambda order: spans[order])
    if values.text.len() > 1 and spans[short] <= MAX_SPAN_SHARE * spans[long] and spans[long] > timedelta(days=27):
        return ("dmy" if short == "dmy" else "mdy"), Message.of("init_dates_together")
    return None, NO_ORDER


def _read(values: Values, order: CellFormat) -> pl.Series:
    return to_type(values.text, Column(values.name, "timestamp", format=order))


def _agreement(values: Values, order: CellFormat) -> float:
    """Return the share of rows whose date is that of their file, or the day before."""
    ages = values.file_dates - _read(values, order).dt.date()
    return values.share(ages.is_between(timedelta(0), timedelta(days=1)))


def _span(values: Values, order: CellFormat) -> timedelta:
    times = _read(values, order).drop_nulls()
    first, last = times.min(), times.max()
    return last - first if isinstance(first, datetime) and isinstance(last, datetime) else timedelta.max
