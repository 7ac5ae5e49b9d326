"""Read JSON lines as text: one object per line; nested values stay JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import polars as pl

from sluice.config import Limits
from sluice.errors import SourceError
from sluice.sources.decompression import decompress
from sluice.sources.text_encoding import columns_to_read, to_utf8

HEADER_LINES = 1000  # lines that are read for the names of columns


def read(path: Path, limits: Limits, columns: Sequence[str] | None = None) -> tuple[tuple[str, ...], pl.DataFrame]:
    """Return the names of the columns, and the requested ones as text; a number is its digits, an absent key is null.

    A column that was not requested is listed where it occurs in the first thousand lines.

    Raises:
        SourceError: A line is no JSON object; names the line.
        TooLarge: The file exceeds a limit.
    """
    requested = list(columns or ())
    present: set[str] = set()
    for chunk in to_utf8(decompress(path, limits.unpacked), path.name):
        present.update(name for name in requested if name not in present and json.dumps(name, ensure_ascii=False).encode() in chunk)
    names = _names(path, limits)
    header = (*names, *(name for name in requested if name in present and name not in names))
    try:
        frame = pl.read_ndjson(_source(path), schema=dict.fromkeys(columns_to_read(header, columns), pl.String))
    except pl.exceptions.ComputeError:
        raise SourceError(f"{path.name}: {_first_wrong(path, limits)}; mend it and send the file again") from None
    return header, frame.with_columns(pl.all().replace("", None))


def _source(path: Path) -> Path | bytes:
    """Return the file without a byte order mark, which Polars would take for a part of the first line."""
    with path.open("rb") as file:
        has_mark = file.read(3) == b"\xef\xbb\xbf"
    return path.read_bytes()[3:] if has_mark else path


def _names(path: Path, limits: Limits) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for _, line in islice(_lines(path, limits), HEADER_LINES):
        try:
            value = json.loads(line)
        except ValueError:
            continue  # parsing reports it, with the line
        if isinstance(value, dict):
            names.update(dict.fromkeys(value))
    if not names:
        raise SourceError(f"{path.name}: {_first_wrong(path, limits)}; write one JSON object a line")
    return tuple(names)


def _first_wrong(path: Path, limits: Limits) -> str:
    for number, line in _lines(path, limits):
        try:
            value = json.loads(line)
        except ValueError:
            return f"line {number:,} is not JSON, or is cut short"
        if isinstance(value, list):
            return f"line {number:,} is a JSON array, not an object"
        if not isinstance(value, dict):
            return f"line {number:,} is not a JSON object"
    return "a line is not a JSON object"


def _lines(path: Path, limits: Limits) -> Iterator[tuple[int, bytes]]:
    """Yield the lines that are not blank, with their numbers."""
    return ((number, line) for number, line in enumerate(_split(decompress(path, limits.unpacked)), start=1) if line.strip())


def _split(chunks: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        yield from lines
    yield rest.removesuffix(b"\n")
