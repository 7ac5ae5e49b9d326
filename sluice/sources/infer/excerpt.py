"""Read a part of a long file: blocks of lines or of rows, evenly spread from its beginning to its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

import polars as pl

from sluice.config import Limits
from sluice.domain import ReadOptions
from sluice.errors import SourceError
from sluice.sources.content import format_of
from sluice.sources.decompression import is_compressed
from sluice.sources.infer.parquet_excerpt import row_count, write_blocks
from sluice.sources.table import read_table
from sluice.sources.text_encoding import is_utf8

Whole: TypeAlias = Callable[[Sequence[str]], Sequence[pl.DataFrame]]  # returns columns of each file with all rows
BLOCKS = 10  # blocks of lines that stand together
MIN_BYTES = 2**19  # smaller files are read whole
MAX_SHARE = 0.6  # share of the lines of a file; where more would be read, all are
_CHUNK = 2**20


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Hold the rows of a file that were read.

    Attributes:
        path: The file.
        frame: Its rows in their order, or blocks of them.
        total: Number of all its rows.
    """

    path: Path
    frame: pl.DataFrame
    total: int

    @classmethod
    def of(cls, path: Path, frame: pl.DataFrame) -> Part:
        """Return all rows of a file as its part."""
        return cls(path, frame, frame.height)

    @property
    def whole(self) -> bool:
        """Return whether all rows were read."""
        return self.frame.height == self.total


def read_part(path: Path, limits: Limits, options: ReadOptions, rows: int) -> Part:
    """Read about so many rows of a file where it is much longer, and all of them where it is not, or where its records cannot be told apart by lines.

    Args:
        path: The file.
        limits: Largest sizes of the file, a cell and so on.
        options: How it is read.
        rows: Rows to read of a long file.

    Raises:
        SourceError: It cannot be read; says what is wrong and where.
    """
    with excerpt(path, limits, options, rows) as (place, total):
        if total:
            with suppress(SourceError):  # which would name lines of the excerpt
                return Part(path, read_table(place, limits, options).frame, total)
    return Part.of(path, read_table(path, limits, options).frame)


@contextmanager
def excerpt(path: Path, limits: Limits, options: ReadOptions, rows: int) -> Iterator[tuple[Path, int]]:
    """Write an excerpt of a long file under its name, while the context lasts.

    Yields:
        Path of the excerpt, and the number of all rows of the file; the file itself and 0 where it is to be read whole.
    """
    if MIN_BYTES < path.stat().st_size <= limits.file and (options.format or format_of(path)) == "parquet":
        with _parquet_excerpt(path, rows) as excerpted:
            yield excerpted
        return
    lines = _lines(path, limits, options)
    if rows >= MAX_SHARE * lines:
        yield path, 0
        return
    with TemporaryDirectory() as folder:
        place = Path(folder, path.name)
        with place.open("wb") as file:
            file.writelines(_blocks(path, rows / lines))
        yield place, lines - int(options.header is not False and _is_delimited(path, options))


@contextmanager
def _parquet_excerpt(path: Path, rows: int) -> Iterator[tuple[Path, int]]:
    total = row_count(path)
    if rows >= MAX_SHARE * total:
        yield path, 0
        return
    with TemporaryDirectory() as folder:
        place = Path(folder, path.name)
        written = write_blocks(path, place, total=total, rows=max(rows, BLOCKS), blocks=BLOCKS)
        yield (place, total) if written else (path, 0)


def _is_delimited(path: Path, options: ReadOptions) -> bool:
    return (options.format or format_of(path)) == "csv"


def _lines(path: Path, limits: Limits, options: ReadOptions) -> int:
    """Return the number of lines of a file each of whose lines is a record; 0 where that is not sure: quotes may hold line breaks."""
    if not MIN_BYTES < path.stat().st_size <= limits.file or not is_utf8(options.encoding) or is_compressed(path):
        return 0
    delimited = _is_delimited(path, options)
    if (not delimited and (options.format or format_of(path)) != "jsonl") or options.header == "search" or options.footer:
        return 0
    if delimited and _has_quote(path):
        return 0
    lines = pl.scan_csv(path, has_header=False, quote_char=None, infer_schema=False, glob=False).select(pl.len())  # which parses nothing
    return int(lines.collect().item())


def _has_quote(path: Path) -> bool:
    with path.open("rb") as file:
        return any(b'"' in chunk for chunk in iter(lambda: file.read(_CHUNK), b""))


def _blocks(path: Path, share: float) -> Iterator[bytes]:
    """Yield blocks of whole lines with a share of the bytes of a file; the first is its beginning, the last its end."""
    size = path.stat().st_size
    length = int(size * share / BLOCKS)
    with path.open("rb") as file:
        for number in range(BLOCKS):
            start = (size - length) * number // (BLOCKS - 1)
            if start:
                file.seek(max(start - 1, file.tell()))
                file.readline()
            yield file.read(length)
            rest = file.readline()
            yield rest if rest.endswith(b"\n") or number == BLOCKS - 1 else rest + b"\n"
