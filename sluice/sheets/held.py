"""Lay held rows out as a sheet: why each is held, where it came from, its cells, and beside each column to blame a blank one for the right value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from sluice.domain import RAW, REASONS, ROW, Column, Message, Schema, row_position
from sluice.messages import reason_message, render
from sluice.sheets.headers import fixed_header, right_header, row_header

_TIME = "%Y-%m-%d %H:%M:%S%.f"


@dataclass(frozen=True, slots=True, eq=False)
class SheetColumn:
    """Hold one column of a sheet.

    Attributes:
        header: Its name.
        values: Its cells, typed.
        unread: Texts that stand in place of cells, since they did not cast; None where there are none.
        blamed: Whether a reason blames a cell; None where no reason blames the column.
        column: The column of the dataset; None for one that Sluice adds.
        is_right: Whether right values of the column are written into it.
    """

    header: str
    values: pl.Series
    unread: pl.Series | None = None
    blamed: pl.Series | None = None
    column: Column | None = None
    is_right: bool = False

    @property
    def text(self) -> pl.Series:
        """Return the cells as text."""
        written = _written(self.values)
        return (written if self.unread is None else self.unread.fill_null(written)).alias(self.header)


@dataclass(frozen=True, slots=True, eq=False)
class HeldSheet:
    """Hold a sheet of held rows.

    Attributes:
        dataset: Name of the dataset.
        columns: Its columns, that of the row ids first.
        language: Language of its names and reasons.
    """

    dataset: str
    columns: tuple[SheetColumn, ...]
    language: str

    @property
    def height(self) -> int:
        """Return the number of rows."""
        return self.columns[0].values.len()


def held_sheet(rows: pl.DataFrame, schema: Schema, files: Mapping[str, str], language: str = "en") -> HeldSheet:
    """Lay held rows out as a sheet.

    Args:
        rows: Rows with `_raw` and `_reasons`, personal columns masked.
        schema: Schema of their dataset.
        files: Name of the file of each batch, by its id.
        language: Language of names and reasons.

    Example:
        >>> from sluice.domain import REASON_TYPE
        >>> reasons = pl.Series([[{"name": "cheap", "message": "too cheap", "columns": ["price"]}]], dtype=REASON_TYPE)
        >>> rows = pl.DataFrame({"_row_id": ["b.0"], "price": [0.5], "_raw": [None], "_reasons": reasons})
        >>> sheet = held_sheet(rows, Schema("items", columns=(Column("price", "number"),)), {"b": "items.csv"})
        >>> {column.header: column.text.item() for column in sheet.columns}
        {'Row id': 'b.0', 'Reason': 'too cheap', 'File': 'items.csv', 'Row of the file': '1', 'price': '0.5', 'right value of price': None}
    """
    blamed, unread = _blamed(rows), _unread(rows)
    cells: list[SheetColumn] = []
    for column in schema.columns:
        if column.name in rows.columns:
            cell = SheetColumn(column.name, rows[column.name], _scattered(unread, column.name, rows.height), _mask(blamed, column.name, rows.height), column)
            cells += [cell, _right(cell, column, language)] if cell.blamed is not None else [cell]
    return HeldSheet(schema.dataset, (*_places(rows, schema, files, language), *cells), language)


def _places(rows: pl.DataFrame, schema: Schema, files: Mapping[str, str], language: str) -> Iterator[SheetColumn]:
    """Yield the columns that say which row it is, why it is held, and where it came from."""
    batches = rows[ROW].str.replace(r"\.\d+$", "")
    positions = rows.select(row_position() + 1).to_series()
    yield SheetColumn(row_header(schema, language), rows[ROW])
    added = {
        Message.of("sheet_reason"): pl.Series([_words(row, language) for row in rows[REASONS].to_list()], dtype=pl.String),
        Message.of("sheet_file"): batches.replace_strict(dict(files), default=None, return_dtype=pl.String).fill_null(batches),
        Message.of("sheet_place"): positions,
    }
    for name, values in added.items():
        yield SheetColumn(fixed_header(name, schema, language), values)


def _words(reasons: Sequence[Mapping[str, Any]] | None, language: str) -> str:
    return "; ".join(dict.fromkeys(render(reason_message(reason), language) for reason in reasons or ()))


def _right(cell: SheetColumn, column: Column, language: str) -> SheetColumn:
    blank = pl.repeat(None, cell.values.len(), dtype=pl.String, eager=True)
    return SheetColumn(right_header(column.name, language), blank, None, cell.blamed, column, is_right=True)


def _blamed(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the cells that reasons blame: `index`, `column`."""
    reasons = rows.select(REASONS).with_row_index().explode(REASONS)
    return reasons.select("index", pl.col(REASONS).struct.field("columns").alias("column")).explode("column").drop_nulls().unique()


def _unread(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the cells that did not cast: `index`, `column`, `text`."""
    filled = rows.select(RAW).with_row_index().filter(pl.col(RAW).cast(pl.List(pl.Struct({"column": pl.String, "text": pl.String}))).list.len() > 0)
    if filled.is_empty():
        return pl.DataFrame(schema={"index": pl.UInt32, "column": pl.String, "text": pl.String})
    return filled.explode(RAW).unnest(RAW)


def _mask(blamed: pl.DataFrame, name: str, height: int) -> pl.Series | None:
    rows = blamed.filter(pl.col("column") == name)["index"]
    return pl.repeat(value=False, n=height, eager=True).scatter(rows, values=True) if rows.len() else None


def _scattered(unread: pl.DataFrame, name: str, height: int) -> pl.Series | None:
    cells = unread.filter(pl.col("column") == name)
    return pl.repeat(None, height, dtype=pl.String, eager=True).scatter(cells["index"], cells["text"]) if cells.height else None


def _written(values: pl.Series) -> pl.Series:
    """Return typed cells as a person writes them: whole numbers without a point, times to the second where they are."""
    if values.dtype.is_float():
        text = values.cast(pl.String)
        return text.str.replace(r"^(-?\d+)\.0$", "${1}")
    if isinstance(values.dtype, pl.Datetime):
        return values.dt.strftime(_TIME)
    return values.cast(pl.String)
