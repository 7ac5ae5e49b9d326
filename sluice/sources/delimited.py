"""Read CSV as text: no type is guessed, so that a ZIP code keeps its zeros."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeAlias

import polars as pl

from sluice.config import Limits
from sluice.domain import ReadOptions
from sluice.errors import SourceError
from sluice.messages import make_error
from sluice.sources.column_names import tidy_names
from sluice.sources.csv_layout import Layout, read_layout
from sluice.sources.decompression import decompress, is_compressed, is_readable_by_polars
from sluice.sources.loose_csv import LooseCsv, default_names
from sluice.sources.source_errors import CellTooLarge, Irregular
from sluice.sources.text_encoding import columns_to_read, is_utf8, to_utf8

Cells: TypeAlias = tuple[tuple[str, ...], pl.DataFrame, tuple[int, ...]]  # names of all columns, requested ones, lines of the footer


def read(path: Path, options: ReadOptions, limits: Limits, columns: Sequence[str] | None = None) -> Cells:
    """Return the names of all columns, the requested ones as text, and the lines that are left out as footer; an empty field is null.

    A text as in RFC 4180 goes through Polars; any other is read cell by cell, and refused where it could be understood in two ways.

    Raises:
        SourceError: The text is broken; says on which line.
        TooLarge: It is beyond a limit.
    """
    text = _Text(path, options, limits)
    if options.header == "search" or options.footer:
        return text.read_loosely(columns)
    try:
        return (*text.read(columns), ())
    except CellTooLarge as error:  # unless a quote inside a field opened that cell
        try:
            return text.read_loosely(columns)
        except SourceError:
            raise error from None
    except (Irregular, pl.exceptions.ComputeError):
        return text.read_loosely(columns)


def open_parts(
    path: Path, options: ReadOptions, limits: Limits, columns: Sequence[str] | None = None
) -> tuple[tuple[str, ...], int, Callable[[], Iterator[pl.DataFrame]]]:
    """Return the names of all columns, the number of rows, and what begins to read the requested ones batch by batch; see `read`.

    Raises:
        Irregular: The text is not as in RFC 4180, or in another encoding than UTF-8, or compressed.
    """
    if options.header == "search" or options.footer or not is_utf8(options.encoding) or is_compressed(path):
        raise make_error(Irregular, "file_read_whole", file=path.name)
    return _Text(path, options, limits).open_parts(columns)


def separator_of(path: Path, options: ReadOptions) -> str:
    """Return the declared separator, or that of the file's ending."""
    return options.separator or ("\t" if any(part in path.name.lower() for part in (".tsv", ".tab")) else ",")


@dataclass(frozen=True, slots=True)
class _Text:
    path: Path
    options: ReadOptions
    limits: Limits

    @property
    def separator(self) -> str:
        return separator_of(self.path, self.options)

    def chunks(self) -> Iterator[bytes]:
        return to_utf8(partial(decompress, self.path, self.limits.unpacked), self.path.name, self.options.encoding)

    def read(self, requested: Sequence[str] | None) -> tuple[tuple[str, ...], pl.DataFrame]:
        read_chunks: list[bytes] = []
        plain = is_utf8(self.options.encoding) and is_readable_by_polars(self.path)
        layout = read_layout(self.chunks() if plain else _collect(self.chunks(), read_chunks), self.path.name, self.separator, self.limits)
        header = self._header(layout, requested)
        rows = layout.records + (not self.options.header)
        frame = parse(self.path if plain else b"".join(read_chunks), header, requested, self.separator, has_header=bool(self.options.header))
        if frame.height != rows:
            raise make_error(Irregular, "records_partly_parsed", file=self.path.name, records=rows, parsed=frame.height)
        return finish(header, self._without_blank(frame, layout), requested)

    def _without_blank(self, frame: pl.DataFrame, layout: Layout, first: int = 0) -> pl.DataFrame:
        """Return the records that are rows, of those from the first one on."""
        if not layout.blank:
            return frame
        blank = pl.Series(layout.blank, dtype=pl.Int64) + (not self.options.header)
        return frame.filter(~pl.int_range(first, first + pl.len(), dtype=pl.Int64).is_in(blank.implode()))

    def open_parts(self, requested: Sequence[str] | None) -> tuple[tuple[str, ...], int, Callable[[], Iterator[pl.DataFrame]]]:
        layout = read_layout(self.chunks(), self.path.name, self.separator, self.limits)
        header = self._header(layout, requested)
        if nameless := _nameless_end(header, requested):  # it is no column where all of its cells are empty
            raise make_error(Irregular, "column_without_name", file=self.path.name, column=nameless)
        rows = layout.records + (not self.options.header)
        return tuple(header), rows - len(layout.blank), partial(self._batches, header, requested, layout, rows)

    def _batches(self, header: Sequence[str], requested: Sequence[str] | None, layout: Layout, rows: int) -> Iterator[pl.DataFrame]:
        scan, first = scan_cells(self.path, header, requested, self.separator, has_header=bool(self.options.header)), 0
        for batch in scan.collect_batches(maintain_order=True):
            yield self._without_blank(batch, layout, first).with_columns(pl.all().replace("", None))
            first += batch.height
        if first != rows:
            raise make_error(Irregular, "records_partly_parsed", file=self.path.name, records=rows, parsed=first)

    def read_loosely(self, requested: Sequence[str] | None) -> Cells:
        loose = LooseCsv(partial(self.chunks), self.path.name, self.separator, self.options, self.limits)
        header, text, footer = loose.read(requested)
        if not text:
            empty = pl.DataFrame(schema=dict.fromkeys(columns_to_read(header, requested), pl.String))
            return (*finish(header, empty, requested), footer)
        return (*finish(header, parse(text, header, requested, ",", has_header=False), requested), footer)

    def _header(self, layout: Layout, requested: Sequence[str] | None) -> list[str]:
        if not self.options.header:
            return default_names(self.options.names, len(layout.first))
        if not any(cell.strip() for cell in layout.first):
            raise make_error(Irregular, "first_line_blank", file=self.path.name)
        candidate = next((mark for mark in ",;\t|" if mark != self.separator and mark in layout.first[0]), None)
        if len(layout.first) == 1 and candidate and layout.records:
            raise make_error(SourceError, "column_unsplit", file=self.path.name, mark=candidate)
        return tidy_names(layout.first, requested)


def _collect(chunks: Iterator[bytes], read_chunks: list[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        read_chunks.append(chunk)
        yield chunk


def _nameless_end(header: Sequence[str], requested: Sequence[str] | None) -> str | None:
    """Return the name of a last column that has none in the file, as where every line ends in a separator."""
    last = header[-1]
    return last if last == f"column_{len(header)}" and len(header) > 1 and last not in (requested or ()) else None


def parse(source: Path | bytes, header: Sequence[str], requested: Sequence[str] | None, separator: str, *, has_header: bool) -> pl.DataFrame:
    """Parse the requested columns, and the nameless last one, by their positions, since a header may hold a name twice."""
    reading = {*columns_to_read(header, requested), _nameless_end(header, requested)}
    positions = [position for position, name in enumerate(header) if name in reading]
    frame = pl.read_csv(source, separator=separator, has_header=has_header, infer_schema=False, columns=positions)
    frame.columns = [header[position] for position in positions]
    return frame


def scan_cells(path: Path, header: Sequence[str], requested: Sequence[str] | None, separator: str, *, has_header: bool) -> pl.LazyFrame:
    """Parse as `parse` does, but lazily."""
    scan = pl.scan_csv(path, separator=separator, has_header=has_header, infer_schema=False, glob=False)
    names, reading = scan.collect_schema().names(), columns_to_read(header, requested)
    return scan.select(pl.col(names[position]).alias(name) for position, name in enumerate(header) if name in reading)


def finish(header: Sequence[str], frame: pl.DataFrame, requested: Sequence[str] | None) -> tuple[tuple[str, ...], pl.DataFrame]:
    """Turn empty fields into nulls, and drop the nameless last column where it is empty."""
    frame = frame.with_columns(pl.all().replace("", None))
    last = _nameless_end(header, requested)
    if last in frame.columns and frame[last].null_count() == frame.height:
        header = header[:-1]
    return tuple(header), frame.select(columns_to_read(header, requested))
