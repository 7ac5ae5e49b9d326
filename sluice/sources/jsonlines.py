"""Read JSON as text: one object per line, or the objects of an array in one document; nested values stay JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

import polars as pl

from sluice.config import Limits
from sluice.domain import ReadOptions
from sluice.errors import InvalidValue, SourceError
from sluice.messages import error_message, make_error
from sluice.sources.content import FORMATS, sample_of
from sluice.sources.decompression import decompress, is_compressed, is_readable_by_polars, without_compression
from sluice.sources.json_cells import read_cells
from sluice.sources.json_document import is_document, records_of_document
from sluice.sources.mixed_text import decode
from sluice.sources.source_errors import Irregular
from sluice.sources.text_encoding import columns_to_read, is_utf8, to_utf8

HEADER_LINES = 1000  # lines that are read for the names of columns


def read(path: Path, options: ReadOptions, limits: Limits, columns: Sequence[str] | None = None) -> tuple[tuple[str, ...], pl.DataFrame]:
    """Return the names of the columns, and the requested ones as text; a number is its digits, an absent key is null.

    A column that was not requested is listed where it occurs in the first thousand lines. A number that JSON does not allow (NaN) is its text.

    Raises:
        SourceError: A line is no JSON object; names the line.
        TooLarge: The file exceeds a limit.
    """
    text = _Json(path, options, limits)
    requested = list(columns or ())
    lines = text.document() if text.is_document() else None
    header, _ = _header(text, lines, requested)
    frame = text.parse(lines, columns_to_read(header, columns))
    return header, frame.with_columns(pl.all().replace("", None))


def open_parts(
    path: Path, options: ReadOptions, limits: Limits, columns: Sequence[str] | None = None
) -> tuple[tuple[str, ...], int, Callable[[], Iterator[pl.DataFrame]]]:
    """Return the names of the columns, the number of lines, blank ones among them, and what begins to read the requested columns; see `read`.

    Raises:
        Irregular: The text is one document, in another encoding than UTF-8, or compressed.
    """
    text = _Json(path, options, limits)
    if text.is_document() or is_compressed(path) or not isinstance(source := text.source(), Path):
        raise make_error(Irregular, "file_read_whole", file=path.name)
    header, lines = _header(text, None, list(columns or ()))
    scan = pl.scan_ndjson(source, schema=dict.fromkeys(columns_to_read(header, columns), pl.String))
    return header, lines, lambda: (batch.with_columns(pl.all().replace("", None)) for batch in scan.collect_batches(maintain_order=True))


def _header(text: _Json, lines: list[bytes] | None, requested: Sequence[str]) -> tuple[tuple[str, ...], int]:
    """Return the names of the columns, requested ones among them that occur anywhere, and the number of lines."""
    present: set[str] = set()
    chunks, count = (lines if lines is not None else text.chunks()), 1
    for chunk in chunks:
        count += chunk.count(b"\n")
        present.update(name for name in requested if name not in present and json.dumps(name, ensure_ascii=False).encode() in chunk)
    names = text.names(lines)
    return (*names, *(name for name in requested if name in present and name not in names)), count


@dataclass(frozen=True, slots=True)
class _Json:
    path: Path
    options: ReadOptions
    limits: Limits

    def chunks(self) -> Iterator[bytes]:
        return to_utf8(partial(decompress, self.path, self.limits.unpacked), self.path.name, self.options.encoding)

    def is_document(self) -> bool:
        name = without_compression(self.path.name.lower())
        form = self.options.format or FORMATS.get(name[name.rfind(".") :], "json")
        sample = sample_of(self.path)
        if not is_utf8(self.options.encoding):
            sample = decode(sample, self.options.encoding).encode()
        return self.options.records is not None or is_document(sample, form)

    def document(self) -> list[bytes]:
        """Return the records of a document, as lines."""
        text = b"".join(self.chunks()).decode()
        try:
            return list(records_of_document(text, self.options.records))
        except json.JSONDecodeError as error:
            raise make_error(SourceError, "json_broken", file=self.path.name, line=error.lineno, character=error.colno) from None
        except SourceError as error:
            raise make_error(SourceError, "file_problem", file=self.path.name, problem=error_message(error)) from None

    def names(self, records: Sequence[bytes] | None) -> tuple[str, ...]:
        names: dict[str, None] = {}
        for _, line in islice(self._numbered(records), HEADER_LINES):
            try:
                value = json.loads(line)
            except ValueError:
                continue  # parsing reports it, with the line
            if isinstance(value, dict):
                names.update(dict.fromkeys(value))
        if not names:
            self.read_slowly(records, [])
            raise make_error(SourceError, "json_without_objects", file=self.path.name)
        return tuple(names)

    def parse(self, records: Sequence[bytes] | None, names: Sequence[str]) -> pl.DataFrame:
        schema = dict.fromkeys(names, pl.String)
        try:
            return pl.read_ndjson(b"\n".join(records) if records is not None else self.source(), schema=schema)
        except pl.exceptions.ComputeError:
            return self.read_slowly(records, names)

    def read_slowly(self, records: Sequence[bytes] | None, names: Sequence[str]) -> pl.DataFrame:
        try:
            return read_cells(self._numbered(records), names, "line" if records is None else "record")
        except InvalidValue as error:
            raise make_error(SourceError, "json_record_broken", file=self.path.name, problem=error_message(error)) from None

    def source(self) -> Path | bytes:
        """Return the file itself where Polars reads it; a byte order mark would count as a part of the first line."""
        with self.path.open("rb") as file:
            has_mark = file.read(3) == b"\xef\xbb\xbf"
        if has_mark or not is_utf8(self.options.encoding) or not is_readable_by_polars(self.path):
            return b"".join(self.chunks())
        return self.path

    def _numbered(self, records: Sequence[bytes] | None) -> Iterator[tuple[int, bytes]]:
        """Yield the lines that are not blank, with their numbers."""
        lines: Iterable[bytes] = _split(self.chunks()) if records is None else records
        return ((number, line) for number, line in enumerate(lines, start=1) if line.strip())


def _split(chunks: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        yield from lines
    yield rest.removesuffix(b"\n")
