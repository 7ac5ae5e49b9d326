"""Cast cells to the declared schema; a cell that does not cast is null in its column, and its text is in `_raw` of its row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

import polars as pl

from sluice.domain import RAW, RAW_TYPE, ROW, Column, Schema
from sluice.sources.source_errors import column_errors

_EXACT = 2**53  # beyond it, a float names no single integer
_TRUE, _FALSE = ("true", "t", "yes", "y", "1"), ("false", "f", "no", "n", "0")


def cast(frame: pl.DataFrame, schema: Schema, batch_id: str, unread: pl.DataFrame | None = None) -> pl.DataFrame:
    """Return the declared columns in their types, with `_row_id` and `_raw`; absent columns are null, undeclared ones dropped.

    Args:
        frame: Cells as text, or typed as in Parquet.
        schema: The declared columns.
        batch_id: First part of each row id.
        unread: Cells that no declared path can start in: `row`, `column`, `text`; they count as cells that do not cast.
    """
    rows = frame.height
    columns, uncast = [], [unread] if unread is not None and unread.height else []
    for column in schema.columns:
        cells = frame[column.name] if column.name in frame.columns else pl.repeat(None, rows, dtype=column.dtype, eager=True)
        cells = without_empty_words(cells, column.empty)
        with column_errors(column, cells.dtype):
            values = cells if cells.dtype == column.dtype and column.type not in {"string", "number"} else to_type(cells, column)
        columns.append(values.alias(column.name))
        uncast += _failed(cells, values, column.name)
    ids = pl.select(pl.concat_str(pl.lit(f"{batch_id}."), pl.int_range(rows).cast(pl.String))).to_series().alias(ROW)
    return pl.DataFrame([*columns, ids, _raw(uncast, rows)])


def without_empty_words(cells: pl.Series, words: Sequence[str]) -> pl.Series:
    """Return the cells with null in place of words that stand for an empty cell; surrounding blanks do not count."""
    if not words or cells.dtype != pl.String:
        return cells
    return cells.set(cells.str.strip_chars().is_in(list(words)).fill_null(value=False), None)


def to_type(cells: pl.Series, column: Column) -> pl.Series:
    """Cast cells to a column's type, null where they do not cast. Surrounding blanks are ignored, except in strings."""
    if cells.null_count() == cells.len():
        return pl.repeat(None, cells.len(), dtype=column.dtype, eager=True)
    if column.type == "string":
        return as_text(cells).replace("", None)
    if cells.dtype == pl.String:
        return _FROM_TEXT[column.type](cells.str.strip_chars())
    return _from_typed(cells, column)


def as_text(cells: pl.Series) -> pl.Series:
    """Return any cells as text: numbers in their shortest form, times in ISO 8601."""
    if isinstance(cells.dtype, pl.Datetime):
        return _utc(cells).dt.strftime("%Y-%m-%dT%H:%M:%S%.fZ")
    return cells.cast(pl.String, strict=False)


def _integers(text: pl.Series) -> pl.Series:
    """Parse integers, also written 5.0, as programs do whose integers cannot be null."""
    whole = text.cast(pl.Int64, strict=False)
    if whole.null_count() == text.null_count():
        return whole
    return whole.fill_null(_whole(text.cast(pl.Float64, strict=False)))


def _whole(numbers: pl.Series) -> pl.Series:
    exact = (numbers.abs() <= _EXACT) & (numbers == numbers.round())
    return numbers.set(~exact.fill_null(value=False), None).cast(pl.Int64)


def _numbers(text: pl.Series) -> pl.Series:
    numbers = text.cast(pl.Float64, strict=False)
    return numbers.set(~numbers.is_finite().fill_null(value=True), None)


def _booleans(text: pl.Series) -> pl.Series:
    lower = text.str.to_lowercase()
    return lower.is_in(_TRUE).set(~lower.is_in([*_TRUE, *_FALSE]).fill_null(value=True), None)


def _dates(text: pl.Series) -> pl.Series:
    return text.str.to_date("%Y-%m-%d", strict=False)


def _timestamps(text: pl.Series) -> pl.Series:
    """Parse ISO 8601 with or without zone; without one it is UTC. Each form is tried on the cells that earlier forms did not match."""
    times = _full(text)
    for attempt in (_short, _midnight):
        missing = times.is_null() & text.is_not_null()
        if not missing.any():
            break
        times = times.scatter(missing.arg_true(), attempt(text.filter(missing)))
    return times


def _full(text: pl.Series) -> pl.Series:
    """Parse a date, a time to the second, and a tail (fraction, zone); fixed forms parse ten times as fast as open ones."""
    head, tail = text.str.slice(0, 19), text.str.slice(19)
    times = head.str.to_datetime("%Y-%m-%dT%H:%M:%S", time_unit="us", strict=False)
    if times.null_count() > text.null_count():
        times = times.fill_null(head.str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us", strict=False))
    tails = tail.drop_nulls().unique()
    added = tail.replace_strict(tails, _tail_durations(tails), return_dtype=pl.Duration("us"))
    return (times + added).set(head.str.len_bytes() < 19, None).dt.replace_time_zone("UTC")


def _tail_durations(tails: pl.Series) -> pl.Series:
    """Return the duration that each tail adds to a time; null for a tail of another form."""
    start = datetime(2000, 1, 1, tzinfo=UTC)
    whole = "2000-01-01T00:00:00" + tails.str.replace(r"^(\.\d+)? ?(?:[Zz]|UTC)$", "${1}Z")
    zoned = whole.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%#z", time_unit="us", strict=False)
    naive = whole.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", time_unit="us", strict=False).dt.replace_time_zone("UTC")
    return zoned.fill_null(naive) - start


def _short(text: pl.Series) -> pl.Series:
    """Parse times without seconds."""
    return _full(text.str.replace(r"^(\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2})([Zz+-]|$)", "${1}:00${2}"))


def _midnight(text: pl.Series) -> pl.Series:
    return _utc(_dates(text).cast(pl.Datetime("us")))


_FROM_TEXT: Mapping[str, Callable[[pl.Series], pl.Series]] = {
    "integer": _integers,
    "number": _numbers,
    "boolean": _booleans,
    "date": _dates,
    "timestamp": _timestamps,
}


def _from_typed(cells: pl.Series, column: Column) -> pl.Series:
    if column.type == "timestamp" and cells.dtype.is_temporal():
        return _utc(cells.cast(pl.Datetime("us")) if cells.dtype == pl.Date else cells)
    if column.type == "number" and cells.dtype.is_numeric():
        numbers = cells.cast(pl.Float64)
        return numbers.set(~numbers.is_finite().fill_null(value=True), None)
    if column.type == "integer" and cells.dtype.is_float():
        return _whole(cells.cast(pl.Float64))
    if column.type == "integer" and cells.dtype.is_numeric():
        return cells.cast(pl.Int64, strict=False)
    return _FROM_TEXT[column.type](as_text(cells))


def _utc(times: pl.Series) -> pl.Series:
    zone = times.dtype.time_zone if isinstance(times.dtype, pl.Datetime) else None
    moved = times.dt.convert_time_zone("UTC") if zone else times.dt.replace_time_zone("UTC")
    return moved.dt.cast_time_unit("us")


def _failed(cells: pl.Series, values: pl.Series, name: str) -> list[pl.DataFrame]:
    """Return the cells that did not cast, with their rows; NaN in floats counts as null."""
    missing = cells.is_null() | cells.is_nan() if cells.dtype.is_float() else cells.is_null()
    if values.null_count() == missing.sum():
        return []
    rows = (values.is_null() & ~missing).arg_true()
    text = as_text(cells.gather(rows))
    filled = pl.DataFrame({"row": rows, "column": pl.repeat(name, rows.len(), eager=True), "text": text}).filter(pl.col("text").str.strip_chars() != "")
    return [filled] if filled.height else []


def _raw(uncast: list[pl.DataFrame], rows: int) -> pl.Series:
    if not uncast:
        return pl.repeat(None, rows, dtype=RAW_TYPE, eager=True).alias(RAW)
    cells = pl.concat(uncast).group_by("row", maintain_order=True).agg(pl.struct("column", "text").alias(RAW))
    index = pl.DataFrame({"row": pl.int_range(rows, dtype=pl.UInt32, eager=True)})
    return index.join(cells.with_columns(pl.col("row").cast(pl.UInt32)), on="row", how="left", maintain_order="left")[RAW].cast(RAW_TYPE)
