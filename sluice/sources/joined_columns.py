"""Join the texts of some columns into a new one, such as a date and a time of day that a system writes apart."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from sluice.sources.cast import as_text

_FIRST_DAYS = r"^(?:1899-12-3[01]|1900-01-0[01])[T ]"  # a spreadsheet holds a time of day on its first days
_MIDNIGHT = r"[T ]00:00(?::00(?:\.0+)?)?$"  # and a date as its midnight


def join_columns(frame: pl.DataFrame, join: Sequence[tuple[str, Sequence[str]]]) -> pl.DataFrame:
    """Return the rows with a new text column for each join; one of whose columns the file lacks is left out.

    The texts are separated by blanks, and empty cells are skipped. Of a cell of a spreadsheet that holds a date alone, or a time of day alone,
    the other half is left out.

    Args:
        frame: Cells of a file.
        join: Names of the new columns, each with those that it joins.

    Example:
        >>> rows = pl.DataFrame({"Date": ["2026-11-27", "2026-11-27"], "Time": ["14:03:22", None]})
        >>> join_columns(rows, [("at", ["Date", "Time"])])["at"].to_list()
        ['2026-11-27 14:03:22', '2026-11-27']
    """
    complete = [(name, columns) for name, columns in join if set(columns) <= set(frame.columns)]
    return frame.with_columns(_joined(frame, columns).alias(name) for name, columns in complete)


def _joined(frame: pl.DataFrame, columns: Sequence[str]) -> pl.Series:
    date, *others = (as_text(frame[name]).str.strip_chars().replace("", None) for name in columns)
    parts = [date.str.replace(_MIDNIGHT, ""), *(part.str.replace(_FIRST_DAYS, "") for part in others)]
    texts = pl.DataFrame([part.alias(str(index)) for index, part in enumerate(parts)])
    return texts.select(pl.concat_str(pl.all(), separator=" ", ignore_nulls=True).replace("", None)).to_series()
