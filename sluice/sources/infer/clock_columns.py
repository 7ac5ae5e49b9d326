"""Recognise a time that a file writes in two columns: the date in one, the time of day in the other."""

from __future__ import annotations

import polars as pl

from sluice.rules.naming.column_names import role, words
from sluice.sources.cast import as_text
from sluice.sources.infer.evidence import MIN_SHARE
from sluice.sources.infer.types import infer_column

_CLOCK = r"^(?:(?:1899-12-3[01]|1900-01-0[01])[T ])?(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.,]\d+)?)?(?:\s?[AaPp]\.?[Mm]\.?)?$"
_NO_MOMENTS = {"zone", "offset", "duration", "handling", "on", "spent", "elapsed"}  # words that say that a column of clock times is no moment
MIN_CLOCKS = 2  # different times of day


def find_clock(frame: pl.DataFrame) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the join of a date and a time of day, as `source.join` declares it; nothing where no two columns are surely one time.

    The time of day must be named as a time, and one date must go with it: the only date of the file, or the only one with the same other
    words in its name, such as `Order Date` of `Order Time`.

    Args:
        frame: Rows of a file.

    Example:
        >>> find_clock(pl.DataFrame({"Date": ["2026-11-26", "2026-11-27"], "Time": ["14:03:22", "09:15:00"], "Net": ["1.00", "2.50"]}))
        (('Date Time', ('Date', 'Time')),)
    """
    clocks = [cells.name for cells in frame if _holds_clocks(cells)]
    if len(clocks) != 1:
        return ()
    dates = [cells.name for cells in frame if cells.name not in clocks and _holds_dates(cells, frame[clocks[0]])]
    date = dates[0] if len(dates) == 1 else _namesake(clocks[0], dates)
    name = f"{date} {clocks[0]}"
    return ((name, (date, clocks[0])),) if date and name not in frame.columns else ()


def _holds_clocks(cells: pl.Series) -> bool:
    if role(cells.name) != "time" or _NO_MOMENTS & set(words(cells.name)):
        return False
    if cells.dtype == pl.Time:
        return cells.n_unique() >= MIN_CLOCKS
    if cells.dtype != pl.String:
        return False
    texts = cells.str.strip_chars().replace("", None).drop_nulls()
    return texts.n_unique() >= MIN_CLOCKS and float(texts.str.contains(_CLOCK).mean() or 0) >= MIN_SHARE  # type: ignore[arg-type]  # a share


def _holds_dates(cells: pl.Series, clocks: pl.Series) -> bool:
    """Return True where a column has dates, or midnights, in nearly all rows that have a time of day."""
    if role(cells.name) != "time" or cells.filter(clocks.is_not_null()).is_not_null().mean() < MIN_SHARE:  # type: ignore[operator]  # a share
        return False
    inference = infer_column(cells)
    column = inference.alternative or inference.column
    texts = as_text(cells).drop_nulls()
    return column.type == "date" or (column.type == "timestamp" and bool(texts.str.contains(r"[T ]00:00:00(?:\.0+)?$").all()))


def _namesake(clock: str, dates: list[str]) -> str | None:
    """Return the only date whose name has the words of the time of day but for the last."""
    same = [date for date in dates if words(date)[:-1] == words(clock)[:-1]]
    return same[0] if len(same) == 1 else None
