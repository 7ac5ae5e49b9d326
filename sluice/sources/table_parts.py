"""Read a file before its cells are cast, batch by batch, with the cells that `read_table` reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from sluice.config import Limits
from sluice.domain import ReadOptions
from sluice.errors import NotInParts
from sluice.messages import make_error
from sluice.sources.content import format_of
from sluice.sources.source_errors import Irregular
from sluice.sources.table import Table, check_cells, check_size

_ORDERED = ("group_by", "fill_down", "number_rows", "explode", "records", "sheet")  # read options that look at rows beside each other, or at a document


@dataclass(frozen=True, slots=True, eq=False)
class TableParts:
    """Hold a file that is read batch by batch.

    Attributes:
        columns: All columns of the file, under its names.
        rows: Number of rows.
        begin: Starts to read; yields tables whose rows follow each other.
    """

    columns: tuple[str, ...]
    rows: int
    begin: Callable[[], Iterator[Table]]


def open_table(path: Path, limits: Limits, options: ReadOptions, names: Sequence[str]) -> TableParts:
    """Look at a file that may be read batch by batch.

    Args:
        path: The file.
        limits: Largest sizes of the file, a cell and so on.
        options: How it is read.
        names: Columns to read.

    Raises:
        NotInParts: It can be read as a whole alone; says why.
        SourceError: It cannot be read.
    """
    from sluice.sources import delimited, jsonlines, parquet  # with the first file that is read: they take a while to import

    form = options.format or format_of(path)
    readers = {"parquet": parquet.open_parts, "csv": delimited.open_parts, "jsonl": jsonlines.open_parts}
    if form not in readers or any(getattr(options, name) for name in _ORDERED):
        raise make_error(NotInParts, "form_read_whole", file=path.name)
    check_size(path, limits)
    try:
        columns, rows, begin = readers[form](path, options, limits, names)
    except Irregular:
        raise make_error(NotInParts, "irregular_read_whole", file=path.name) from None
    return TableParts(columns, rows, lambda: _tables(columns, begin(), path.name, limits))


def _tables(columns: tuple[str, ...], frames: Iterator[pl.DataFrame], name: str, limits: Limits) -> Iterator[Table]:
    try:
        for frame in frames:
            check_cells(frame, name, limits)
            yield Table(columns, frame)
    except (Irregular, pl.exceptions.ComputeError):
        raise make_error(NotInParts, "irregular_read_whole", file=name) from None
