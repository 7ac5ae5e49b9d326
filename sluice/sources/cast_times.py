"""Read dates and times: ISO 8601, other forms with the year first, months by name, and what a column's format declares."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import polars as pl

from sluice.domain import Column
from sluice.domain.double_hour import comes_twice
from sluice.domain.months import MONTHS

_EPOCH_DIGITS: Mapping[str, int] = {"epoch_s": 0, "epoch_ms": 3, "epoch_us": 6, "epoch_ns": 9}  # decimals of a second that the unit counts
_SERIAL = r"^(\d{5})(?:[.,](\d+))?$"  # days since 1899-12-30, as spreadsheets count them
_EXACT_DECIMALS = 8  # of a day, from which milliseconds are what was stored and not how it was rounded
_EPOCH = r"^(-?\d{1,19})(?:[.](\d+))?$"
_YEAR_FIRST = r"(?P<y>\d{4})\s?[-/.年]\s?(?P<m>\d{1,2})\s?[-/.月]\s?(?P<d>\d{1,2})日?"
_COMPACT = r"(?P<y>(?:19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)"
_DATES: Mapping[str, str] = {
    "dmy": r"(?P<d>\d{1,2})\s?[-/.]\s?(?P<m>\d{1,2})\s?[-/.]\s?(?P<y>\d{4}|\d\d)",
    "mdy": r"(?P<m>\d{1,2})\s?[-/.]\s?(?P<d>\d{1,2})\s?[-/.]\s?(?P<y>\d{4}|\d\d)",
}
_YEAR = r"(?P<y>\d{4}|'?\d\d)"
_NAMED = (  # 14. März 2026; Fri, 14-Mar-2026; 14-MAR-26; 14 de marzo de 2026; March 14th, 2026; Mar-14-26
    r"^(?:[^\W\d]+\.?,?\s+)?(?P<d>\d{1,2})(?:st|nd|rd|th|er|\.)?(?:[\s-]+|\s+de\s+)(?P<name>[^\W\d]+)\.?,?(?:[\s-]+|\s+de\s+)" + _YEAR,
    r"^(?:[^\W\d]+\.?,?\s+)?(?P<name>[^\W\d]{3,})(?:\.?\s+|-)(?P<d>\d{1,2})(?:st|nd|rd|th)?(?:,?\s+|-)" + _YEAR,
)
_YEAR_AT_END = r"^[^\W\d]{3},? ([^\W\d]{3}) {1,2}(\d{1,2}) (\d{1,2}:\d\d:\d\d) ([A-Z]{3,4}|[+-]\d\d:?\d\d) ?(\d{4})$"  # Sat Nov 28 01:21:34 -0800 2026, as Ruby
_ZONES: Mapping[str, str] = {  # names of zones that mean one offset, wherever they are written; CST, IST and BST mean several
    **dict.fromkeys(("Z", "z", "UTC", "GMT", "WET"), "+00:00"),
    "PST": "-08:00",
    "PDT": "-07:00",
    "MST": "-07:00",
    "MDT": "-06:00",
    "EST": "-05:00",
    "EDT": "-04:00",
    "WEST": "+01:00",
    "CET": "+01:00",
    "CEST": "+02:00",
    "EET": "+02:00",
    "EEST": "+03:00",
    "JST": "+09:00",
}
_ZONE = rf"{'|'.join(_ZONES)}|[+-]\d\d:?\d\d"
_CLOCK = (
    r"(?:(?:T|,?\s*)(?P<before>上午|下午|凌晨|早上|晚上)?\s*(?P<hour>\d{1,2})[:时點点](?P<minute>\d\d)(?:[:分](?P<second>\d\d)(?:[.,](?P<part>\d{1,9}))?)?[分秒]?"
    r"\s*(?P<half>[AaPp]\.?\s?[Mm]\.?)?\s*(?:(?:hs?|hrs|Uhr|uur)\.?)?\s*(?P<zone>ZONE)?)?".replace("ZONE", _ZONE)  # 10:22 hs., 10:22 Uhr
)
_COMPACT_CLOCK = r"(?:[T ]?(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d))?"
_NAMES_ZONE = r"\d[:时點点]\d.*(?:[Zz]|UTC|GMT|[+-]\d\d:?\d\d)$"
_FRACTION = r"^(?:\.\d{1,9}(?: ?(?:[Zz]|UTC))?)?$"  # behind a time to the second
_AFTERNOON, _MORNING = r"^(?:[Pp]|下午|晚上)", r"^(?:[Aa]|上午|凌晨|早上)"


def timestamps_in_text(text: pl.Series, column: Column) -> pl.Series:
    """Return the times of a column's texts in UTC; null where a text is no time, or no time of its zone. One that names no zone is in that of the column."""
    times = _read(text, column)
    if column.zone is None:
        return times
    is_local = ~names_zone(text) & (not _counts(column) or ~text.str.contains(_EPOCH))
    return times.zip_with(~is_local.fill_null(value=False), local_to_utc(times.dt.replace_time_zone(None), column.zone))


def names_zone(text: pl.Series) -> pl.Series:
    """Return which texts of times end with a zone: `Z`, `UTC`, `+01:00`."""
    return text.str.contains(_NAMES_ZONE)


def local_to_utc(times: pl.Series, zone: str | None) -> pl.Series:
    """Return times without a zone in UTC: of an hour that comes twice its first pass; null for a time that clocks skip.

    Example:
        >>> from datetime import datetime
        >>> local = pl.Series([datetime(2026, 10, 25, 2, 30), datetime(2026, 3, 29, 2, 30)])
        >>> [time and time.isoformat() for time in local_to_utc(local, "Europe/Berlin")]
        ['2026-10-25T00:30:00+00:00', None]
    """
    zoned = times.dt.replace_time_zone(zone or "UTC", ambiguous="earliest", non_existent="null")
    return zoned.dt.convert_time_zone("UTC")


def order_unknown(cells: pl.Series, times: pl.Series, zone: str) -> pl.Series:
    """Return which times are in the hour that comes twice in their zone, and do not say in which pass.

    Args:
        cells: Cells as the file has them.
        times: What they were cast to, in UTC.
        zone: Zone of those that name none.
    """
    if cells.dtype == pl.String:
        return comes_twice(times, zone) & ~names_zone(cells.str.strip_chars()).fill_null(value=True) & ~cells.str.contains(_EPOCH).fill_null(value=True)
    is_local = cells.dtype == pl.Date or (isinstance(cells.dtype, pl.Datetime) and cells.dtype.time_zone is None)
    return comes_twice(times, zone) if is_local else pl.repeat(value=False, n=cells.len(), dtype=pl.Boolean, eager=True)


def _counts(column: Column) -> bool:
    return (column.format or "") in _EPOCH_DIGITS


def _read(text: pl.Series, column: Column) -> pl.Series:
    if text.null_count() == text.len():
        return pl.repeat(None, text.len(), dtype=pl.Datetime("us", "UTC"), eager=True)
    declared = column.format or ""
    attempts: list[Callable[[pl.Series], pl.Series]] = [_short, _midnight, _year_first, _compact, _named]
    if _counts(column):
        times, attempts = _epoch(text, _EPOCH_DIGITS[declared]), [_full, *attempts]
    elif declared == "excel_serial":
        times, attempts = _serial(text), [_full, *attempts]
    else:
        times = _full(text)
    if declared in _DATES:
        attempts.append(_ordered(declared))
    for attempt in attempts:
        missing = times.is_null() & text.is_not_null()
        if not missing.any():
            break
        times = times.scatter(missing.arg_true(), attempt(text.filter(missing)))
    return times


def dates_in_text(text: pl.Series, column: Column) -> pl.Series:
    """Return the dates of a column's texts; null where a text is no date, or has a time of day."""
    dates = _iso_dates(text)
    missing = dates.is_null() & text.is_not_null()
    if not missing.any():
        return dates
    times = timestamps_in_text(text.filter(missing), column)
    midnight = times.dt.truncate("1d") == times
    has_clock = text.filter(missing).str.contains(r"[:时点]|\d{8}[ T]\d|^\d{9,}|^\d{4}-\d\d-\d\d[ T]\d")
    return dates.scatter(missing.arg_true(), times.set(~midnight | has_clock, None).dt.date())


def to_utc(times: pl.Series, local: str | None = None) -> pl.Series:
    """Return times in UTC, in microseconds; those without a zone are in the local one, or UTC."""
    zone = times.dtype.time_zone if isinstance(times.dtype, pl.Datetime) else None
    moved = times.dt.convert_time_zone("UTC") if zone else local_to_utc(times, local)
    return moved.dt.cast_time_unit("us")


def _iso_dates(text: pl.Series) -> pl.Series:
    return text.str.to_date("%Y-%m-%d", strict=False)


def _full(text: pl.Series) -> pl.Series:
    """Parse a date, a time to the second, and a tail (fraction, zone); fixed forms parse ten times as fast as open ones."""
    head, tail = text.str.slice(0, 19), text.str.slice(19)
    times = head.str.to_datetime("%Y-%m-%dT%H:%M:%S", time_unit="us", strict=False)
    if times.null_count() > text.null_count():
        times = times.fill_null(head.str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us", strict=False))
    return (times + _added(tail)).set(head.str.len_bytes() < 19, None).dt.replace_time_zone("UTC")


def _added(tail: pl.Series) -> pl.Series:
    """Return the duration that each tail adds to a time: a fraction in UTC by its digits, as nearly all of them may differ, any other by its parsed text."""
    digits = pl.col("tail").str.slice(1, 6).str.strip_chars_end(" ZzUTC").str.pad_end(6, "0")
    micros = pl.when(pl.col("tail") == "").then(0).when(pl.col("tail").str.contains(_FRACTION)).then(digits.cast(pl.Int64, strict=False))
    fractions = tail.alias("tail").to_frame().select(micros.cast(pl.Duration("us"))).to_series()
    missing = fractions.is_null() & tail.is_not_null()
    if not missing.any():
        return fractions
    others = tail.filter(missing)
    tails = others.unique()
    return fractions.scatter(missing.arg_true(), others.replace_strict(tails, _tail_durations(tails), return_dtype=pl.Duration("us")))


def _tail_durations(tails: pl.Series) -> pl.Series:
    """Return the duration that each tail adds to a time; null for a tail of another form."""
    start = datetime(2000, 1, 1, tzinfo=UTC)
    whole = "2000-01-01T00:00:00" + tails.str.replace(r"^(\.\d+)? ?(?:[Zz]|UTC)$", "${1}Z")
    naive = whole.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", time_unit="us", strict=False).dt.replace_time_zone("UTC")
    missing = naive.is_null()
    if missing.any():
        naive = naive.scatter(missing.arg_true(), whole.filter(missing).str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%#z", time_unit="us", strict=False))
    return naive - start


def _short(text: pl.Series) -> pl.Series:
    """Parse times without seconds, and those of an hour: `2026-11-28 10`."""
    with_minutes = text.str.replace(r"^(\d{4}-\d{2}-\d{2}[ T]\d{2})$", "${1}:00")
    return _full(with_minutes.str.replace(r"^(\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2})([Zz+-]|$)", "${1}:00${2}"))


def _midnight(text: pl.Series) -> pl.Series:
    return to_utc(_iso_dates(text).cast(pl.Datetime("us")))


def _year_first(text: pl.Series) -> pl.Series:
    return _from_parts(text.str.extract_groups(f"^{_YEAR_FIRST}{_CLOCK}$"))


def _compact(text: pl.Series) -> pl.Series:
    return _from_parts(text.str.extract_groups(f"^{_COMPACT}{_COMPACT_CLOCK}$"))


def _named(text: pl.Series) -> pl.Series:
    text = text.str.replace(_YEAR_AT_END, "${2} ${1} ${5} ${3} ${4}")
    times = [_from_parts(_with_month_number(text.str.extract_groups(f"{pattern}{_CLOCK}$"))) for pattern in _NAMED]
    return times[0].fill_null(times[1])


def _with_month_number(parts: pl.Series) -> pl.Series:
    number = pl.col("name").str.to_lowercase().replace_strict(MONTHS, default=None, return_dtype=pl.Int64).cast(pl.String)
    return parts.struct.unnest().with_columns(number.alias("m")).to_struct(parts.name)


def _ordered(order: str) -> Callable[[pl.Series], pl.Series]:
    return lambda text: _from_parts(text.str.extract_groups(f"^{_DATES[order]}{_CLOCK}$"))


def _from_parts(parts: pl.Series) -> pl.Series:
    """Assemble times from year, month, day and the parts of a clock; null where there is no such time."""
    frame = parts.struct.unnest()
    if frame["d"].null_count() == frame.height:  # no text has this form
        return pl.repeat(None, frame.height, dtype=pl.Datetime("us", "UTC"), eager=True)
    fields = {name: pl.col(name) if name in frame.columns else pl.lit(None, dtype=pl.String) for name in ("before", "half", "part", "zone", "second", "hour")}
    clock = pl.concat_str(
        _hour(fields), pl.lit(":"), pl.col("minute"), pl.lit(":"), fields["second"].fill_null("00"), pl.lit("."), fields["part"].fill_null("0")
    )
    clock = pl.when(fields["hour"].is_null()).then(pl.lit("00:00:00.0")).otherwise(clock)
    zone = fields["zone"].replace(_ZONES).fill_null("+00:00")
    iso = pl.concat_str(_year(), pl.lit("-"), pl.col("m").str.zfill(2), pl.lit("-"), pl.col("d").str.zfill(2), pl.lit("T"), clock, zone)
    return frame.select(iso.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%#z", time_unit="us", strict=False).dt.convert_time_zone("UTC")).to_series()


def _year() -> pl.Expr:
    """Return the year; of two digits, 70 to 99 are of the twentieth century."""
    year = pl.col("y").str.strip_prefix("'").cast(pl.Int64)
    return pl.when(pl.col("y").str.len_chars() > 3).then(year).when(year < 70).then(year + 2000).otherwise(year + 1900).cast(pl.String)


def _hour(fields: Mapping[str, pl.Expr]) -> pl.Expr:
    """Return the hour of a day of 24; null where a half of the day is named and the hour is above 12."""
    half, hour = pl.coalesce(fields["before"], fields["half"]), fields["hour"].cast(pl.Int64, strict=False)
    late, early = half.str.contains(_AFTERNOON), half.str.contains(_MORNING)
    moved = (
        pl.when(half.is_null())
        .then(hour)
        .when(hour > 12)
        .then(None)
        .when(late & (hour < 12))
        .then(hour + 12)
        .when(early & (hour == 12))
        .then(0)
        .otherwise(hour)
    )
    return moved.cast(pl.String).str.zfill(2)


def _epoch(text: pl.Series, digits: int) -> pl.Series:
    """Return the times of counts since 1970: microseconds, cut to whole ones, without a float in between."""
    parts = text.str.extract_groups(_EPOCH).struct.unnest()
    whole, part = pl.col("1"), pl.col("2").fill_null("")
    micros = (
        whole.cast(pl.Int64, strict=False) // 1000
        if digits == 9
        else pl.concat_str(whole, part.str.pad_end(6, "0").str.slice(0, 6 - digits)).cast(pl.Int64, strict=False)
    )
    in_range = micros.abs() < 2**53  # the year 2255
    return parts.select(pl.when(in_range).then(micros).cast(pl.Datetime("us", "UTC"))).to_series()


def _serial(text: pl.Series) -> pl.Series:
    """Return the times of days since 1899-12-30: to the second, or to the millisecond where the fraction of the day is long enough."""
    parts = text.str.extract_groups(_SERIAL).struct.unnest()
    decimals = pl.col("2").fill_null("0")
    seconds = pl.concat_str(pl.lit("0."), decimals).cast(pl.Float64) * 86_400
    millis = (pl.when(decimals.str.len_chars() >= _EXACT_DECIMALS).then(seconds.round(3)).otherwise(seconds.round(0)) * 1000).round(0).cast(pl.Int64)
    start = pl.lit(datetime(1899, 12, 30, tzinfo=UTC), dtype=pl.Datetime("us", "UTC"))
    return parts.select(start + pl.duration(days=pl.col("1").cast(pl.Int64), milliseconds=millis)).to_series()
