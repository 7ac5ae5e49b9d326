"""Cast cells to the declared schema; a cell that does not cast is null in its column, and its text is in `_raw` of its row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import polars as pl

from sluice.domain import ACTION, RAW, RAW_TYPE, ROW, Column, Schema
from sluice.domain.truth import FALSE_WORDS, TRUE_WORDS
from sluice.sources.cast_numbers import integers_in_numbers, integers_in_text, numbers_in_numbers, numbers_in_text
from sluice.sources.cast_text import as_text, without_decimals
from sluice.sources.cast_times import dates_in_text, order_unknown, timestamps_in_text, to_utc
from sluice.sources.source_errors import column_errors

__all__ = ["as_text", "cast", "to_type"]


def cast(frame: pl.DataFrame, schema: Schema, batch_id: str, unread: pl.DataFrame | None = None, first: int = 0) -> pl.DataFrame:
    """Return the declared columns in their types, with `_row_id` and `_raw`; absent columns are null, undeclared ones dropped.

    Where times of rows are in an hour that comes twice, `_action` says that their order is unknown.

    Args:
        frame: Cells as text, or typed as in Parquet.
        schema: The declared columns.
        batch_id: First part of each row id.
        unread: Cells that no declared path can start in: `row`, `column`, `text`; they count as cells that do not cast.
        first: Position of the first row in the batch.
    """
    rows = frame.height
    columns, uncast = [], [unread] if unread is not None and unread.height else []
    action: list[pl.Series] = []
    for column in schema.columns:
        cells = frame[column.name] if column.name in frame.columns else pl.repeat(None, rows, dtype=column.dtype, eager=True)
        cells = without_empty_words(cells, column.empty)
        with column_errors(column, cells.dtype):
            values = cells if cells.dtype == column.dtype and column.type not in {"string", "number"} else to_type(cells, column)
        columns.append(values.alias(column.name))
        uncast += _failed(cells, values, column.name)
        if column.name == schema.time and column.zone and (unknown := order_unknown(cells, values, column.zone)).any():
            action = [pl.select(pl.when(unknown).then(pl.lit("order_unknown")).alias(ACTION)).to_series()]
    ids = pl.select(pl.concat_str(pl.lit(f"{batch_id}."), pl.int_range(first, first + rows).cast(pl.String))).to_series().alias(ROW)
    table = pl.DataFrame([*columns, ids]).rechunk()  # once: Polars aligns columns of unlike chunks in each query
    return table.with_columns(_raw(uncast, rows), *action)


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
        text = as_text(cells)
        text = text.replace("", None) if (text == "").any() else text  # which most columns need not be copied for
        return without_decimals(text) if column.format == "whole_number" else text
    if cells.dtype == pl.String:
        return _FROM_TEXT[column.type](cells.str.strip_chars(), column)
    return _from_typed(cells, column)


def _booleans(text: pl.Series, _: Column) -> pl.Series:
    lower = text.str.to_lowercase()
    return lower.is_in([*TRUE_WORDS]).set(~lower.is_in([*TRUE_WORDS, *FALSE_WORDS]).fill_null(value=True), None)


_FROM_TEXT: Mapping[str, Callable[[pl.Series, Column], pl.Series]] = {
    "integer": integers_in_text,
    "number": numbers_in_text,
    "boolean": _booleans,
    "date": dates_in_text,
    "timestamp": timestamps_in_text,
}


def _from_typed(cells: pl.Series, column: Column) -> pl.Series:
    if column.type == "timestamp" and isinstance(cells.dtype, pl.Datetime | pl.Date):
        return to_utc(cells.cast(pl.Datetime("us")) if cells.dtype == pl.Date else cells, column.zone)
    if column.type == "date" and isinstance(cells.dtype, pl.Datetime):
        return cells.set(cells != cells.dt.truncate("1d"), None).dt.date()  # a time of day is no part of a date
    if column.type == "number" and cells.dtype.is_numeric():
        return numbers_in_numbers(cells)
    if column.type == "integer" and cells.dtype.is_numeric():
        return integers_in_numbers(cells)
    return _FROM_TEXT[column.type](as_text(cells), column)


def _failed(cells: pl.Series, values: pl.Series, name: str) -> list[pl.DataFrame]:
    """Return the cells that did not cast, with their rows; NaN in floats counts as null."""
    missing = cells.is_null() | cells.is_nan() if cells.dtype.is_float() else cells.is_null()
    if values.null_count() == missing.sum():
        return []
    rows = (values.is_null() & ~missing).arg_true()
    text = as_text(cells.gather(rows))
    filled = pl.DataFrame({"row": rows, "column": pl.repeat(name, rows.len(), eager=True), "text": text}).filter(pl.col("text").str.strip_chars() != "")
    return [filled] if filled.height else []


def _raw(uncast: list[pl.DataFrame], rows: int) -> pl.Series | pl.Expr:
    if not uncast:
        return pl.lit(None, dtype=RAW_TYPE).alias(RAW)  # one value for all rows, which takes no memory
    cells = pl.concat(uncast).group_by("row", maintain_order=True).agg(pl.struct("column", "text").alias(RAW))
    index = pl.DataFrame({"row": pl.int_range(rows, dtype=pl.UInt32, eager=True)})
    return index.join(cells.with_columns(pl.col("row").cast(pl.UInt32)), on="row", how="left", maintain_order="left")[RAW].cast(RAW_TYPE)
