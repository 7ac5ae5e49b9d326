"""Read Parquet: columns keep their types; nested ones become JSON text, bytes and durations text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import polars as pl

from sluice.config import Limits
from sluice.domain import ReadOptions
from sluice.errors import SourceError, TooLarge
from sluice.messages import make_error
from sluice.sources.column_names import tidy_names
from sluice.sources.text_encoding import columns_to_read

BYTES = "data:;base64,"  # before bytes that are no text, as in a data URL


def read(path: Path, options: ReadOptions, limits: Limits, columns: Sequence[str] | None = None) -> tuple[tuple[str, ...], pl.DataFrame]:  # as every reader
    """Return the names of all columns, and the requested ones.

    A footer may state a thousandth of what a dictionary expands to, so the size is counted while rows are read.

    Raises:
        TooLarge: There are more columns, or more bytes once unpacked, than the limits allow.
        SourceError: A column holds what is neither numbers, times nor text.
    """
    header, batches = read_batches(path, limits, columns)
    parts = list(batches)
    return header, plain_frame(pl.concat(parts), path.name)


def open_parts(
    path: Path, options: ReadOptions, limits: Limits, columns: Sequence[str] | None = None
) -> tuple[tuple[str, ...], int, Callable[[], Iterator[pl.DataFrame]]]:
    """Return the names of all columns, the number of rows, and what begins to read the requested ones batch by batch; see `read`."""
    header, _ = read_batches(path, limits, columns)
    rows = pl.scan_parquet(path, glob=False).select(pl.len()).collect().item()
    return header, rows, lambda: (plain_frame(batch, path.name) for batch in read_batches(path, limits, columns)[1] if batch.height)


def read_batches(path: Path, limits: Limits, columns: Sequence[str] | None = None) -> tuple[tuple[str, ...], Iterator[pl.DataFrame]]:
    """Return the names of all columns, and the requested ones batch by batch, the first without rows; see `read`."""
    scan = pl.scan_parquet(path, glob=False)
    original = tuple(scan.collect_schema())
    if len(original) > limits.columns:
        raise make_error(TooLarge, "columns_too_many", file=path.name, limit=limits.columns)
    header = tidy_names(original, columns)
    reading = set(columns_to_read(header, columns))
    scan = scan.select(pl.col(name).alias(tidy) for name, tidy in zip(original, header, strict=True) if tidy in reading)
    return tuple(header), _limited(scan, path.name, limits)


def _limited(scan: pl.LazyFrame, name: str, limits: Limits) -> Iterator[pl.DataFrame]:
    total = 0
    yield scan.head(0).collect()
    for part in scan.collect_batches(maintain_order=True):
        total += int(part.estimated_size())
        if total > limits.unpacked:
            raise make_error(TooLarge, "file_unpacks_too_large", file=name, limit=limits.unpacked)
        yield part


def plain_frame(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    """Return rows with numbers, times, booleans and text as they are, and other cells as text.

    Raises:
        SourceError: A column is of a type without text; names it and the file.
    """
    return frame.with_columns(plain_cells(cells, name) for cells in frame if not _is_plain(cells.dtype))


def _is_plain(dtype: pl.DataType) -> bool:
    return dtype.is_numeric() or isinstance(dtype, (pl.String, pl.Boolean, pl.Date, pl.Datetime))


def plain_cells(cells: pl.Series, name: str) -> pl.Series:
    """Return cells of any type as text; null stays null.

    Bytes are text where they are UTF-8, else a data URL; a time of day is 14:05:00; a duration is ISO 8601; lists and structs are JSON.

    Raises:
        SourceError: They are of a type without text; names the column and the file.
    """
    try:
        if cells.dtype == pl.Binary:
            return _bytes(cells)
        if cells.dtype.is_nested():
            return _json(cells)
        if isinstance(cells.dtype, pl.Duration):
            return cells.dt.to_string("iso")
        if isinstance(cells.dtype, pl.BaseExtension):
            return plain_cells(cells.ext.storage(), name)
        return cells.cast(pl.String)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        raise make_error(SourceError, "column_without_text", file=name, column=cells.name, type=str(cells.dtype)) from None


def _bytes(cells: pl.Series) -> pl.Series:
    try:
        return cells.cast(pl.String)
    except pl.exceptions.ComputeError:
        return pl.Series(cells.name, [_of_bytes(cell) for cell in cells], dtype=pl.String)


def _of_bytes(cell: bytes | None) -> str | None:
    if cell is None:
        return None
    try:
        return cell.decode()
    except UnicodeDecodeError:
        import base64

        return BYTES + base64.b64encode(cell).decode()


def _json(cells: pl.Series) -> pl.Series:
    """Return nested cells as JSON text."""
    column = pl.col(cells.name)
    text = pl.struct(column.alias("")).struct.json_encode().str.strip_prefix('{"":').str.strip_suffix("}")
    return _with_text(cells).to_frame().select(pl.when(column.is_not_null()).then(text).alias(cells.name)).to_series()


def _with_text(cells: pl.Series) -> pl.Series:
    """Return nested cells with text in place of bytes, which JSON has no form for."""
    dtype = cells.dtype
    if dtype == pl.Binary:
        return _bytes(cells)
    if not _holds_bytes(dtype):
        return cells
    if isinstance(dtype, pl.Struct):
        fields = [_with_text(cells.struct.field(field.name)) for field in dtype.fields]
        return pl.select(pl.when(cells.is_not_null()).then(pl.struct(fields))).to_series().alias(cells.name)
    if isinstance(dtype, pl.Array):
        return _with_text(cells.arr.to_list())
    return _as_lists(_with_text(cells.explode(empty_as_null=False, keep_nulls=False)), cells)


def _holds_bytes(dtype: pl.DataType) -> bool:
    if isinstance(dtype, pl.Struct):
        return any(_holds_bytes(field.dtype) for field in dtype.fields)  # type: ignore[arg-type]  # an instance in a read file
    if isinstance(dtype, (pl.List, pl.Array)):
        return _holds_bytes(dtype.inner)  # type: ignore[arg-type]  # likewise
    return dtype == pl.Binary


def _as_lists(inner: pl.Series, cells: pl.Series) -> pl.Series:
    """Return values as lists of the lengths of others; null lists stay null."""
    rows = pl.DataFrame({"row": pl.int_range(cells.len(), eager=True), "length": cells.list.len()})
    filled = rows.filter(pl.col("length") > 0)
    values = pl.DataFrame({"row": filled.select(pl.col("row").repeat_by("length").explode()).to_series(), "value": inner})
    lists = rows.join(values.group_by("row", maintain_order=True).agg("value"), on="row", how="left", maintain_order="left")
    empty = pl.lit([], dtype=pl.List(inner.dtype))
    return lists.select(pl.when(pl.col("length") == 0).then(empty).otherwise("value").alias(cells.name)).to_series()
