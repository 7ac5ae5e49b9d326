"""Read a file before its cells are cast: text from text formats, typed columns from Parquet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import polars as pl

from sluice.config import Limits
from sluice.domain import FileFormat, ReadOptions
from sluice.errors import SourceError, TooLarge
from sluice.messages import make_error
from sluice.sources.content import format_of
from sluice.sources.no_rows import has_no_rows
from sluice.sources.source_errors import source_errors

Cells: TypeAlias = tuple[tuple[str, ...], pl.DataFrame] | tuple[tuple[str, ...], pl.DataFrame, tuple[int, ...]]
Reader: TypeAlias = Callable[[Path, ReadOptions, Limits, Sequence[str] | None], Cells]


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Hold the cells of a file.

    Attributes:
        columns: All columns of the file, under its names.
        frame: The requested columns; one other column where the file has none of those.
        footer: Lines of the records at the end that are left out.
    """

    columns: tuple[str, ...]
    frame: pl.DataFrame
    footer: tuple[int, ...] = ()


def read_table(path: Path, limits: Limits, options: ReadOptions | None = None, names: Sequence[str] | None = None) -> Table:
    """Check a file and read all of it.

    Args:
        path: The file.
        limits: Largest sizes of the file, a cell and so on.
        options: How it is read; by default by its ending, or by its content.
        names: Columns to read; by default all.

    Raises:
        SourceError: It cannot be read; says what is wrong and where.
        TooLarge: It exceeds a limit.
    """
    from sluice.sources import delimited, delta_table, excel, jsonlines, parquet, xml  # with the first file that is read: they take a while to import

    with source_errors(path.name):
        options = options or ReadOptions()
        form = options.format or format_of(path)
        if form == "delta":
            return Table(*delta_table.read(path, options, limits, names))
        check_size(path, limits)
        if names and has_no_rows(path, form, options, limits):
            return Table(tuple(names), pl.DataFrame(schema=dict.fromkeys(names, pl.String)))
        _refuse_nothing(path)
        readers: Mapping[FileFormat, Reader] = {
            "csv": delimited.read,
            "jsonl": jsonlines.read,
            "json": jsonlines.read,
            "parquet": parquet.read,
            "xml": xml.read,
            "excel": excel.read,
        }
        table = Table(*readers[form](path, options, limits, names))
        check_cells(table.frame, path.name, limits)
        return table


def check_size(path: Path, limits: Limits) -> None:
    """Refuse a file that is larger than allowed.

    Raises:
        TooLarge: It is.
    """
    size = path.stat().st_size
    if path.is_dir():
        raise IsADirectoryError
    if size > limits.file:
        raise make_error(TooLarge, "file_too_large", file=path.name, size=size, limit=limits.file)


def _refuse_nothing(path: Path) -> None:
    if path.stat().st_size == 0:
        raise make_error(SourceError, "file_empty", file=path.name)


def check_cells(frame: pl.DataFrame, name: str, limits: Limits) -> None:
    """Refuse cells that are longer than allowed.

    Raises:
        TooLarge: One is; names its column and the file.
    """
    longest = frame.select(pl.col(pl.String).str.len_bytes().max())
    for column in longest:
        size = column.item()
        if size is not None and size > limits.cell:
            raise make_error(TooLarge, "cell_of_column_too_large", file=name, column=column.name, size=size, limit=limits.cell)
