"""Reads JSON lines as text: one object a line; nested values stay JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import polars as pl

from sluice.config import Limits
from sluice.errors import SourceError
from sluice.sources.inspect import kept, utf8
from sluice.sources.unpack import unpacked

LOOKED_AT = 1000  # lines that are read for the names of columns


def read(path: Path, limits: Limits, wanted: Sequence[str] | None = None) -> tuple[tuple[str, ...], pl.DataFrame]:
    """The names of the columns, and the wanted ones as text; a number is its digits, an absent key is null.

    A column that nobody asked for is noticed where it is among the first thousand lines.

    Raises:
        SourceError: A line is no JSON object; says which.
        TooLarge: The file is beyond a limit.
    """
    asked = list(wanted or ())
    seen: set[str] = set()
    for chunk in utf8(unpacked(path, limits.unpacked), path.name):
        seen.update(name for name in asked if name not in seen and json.dumps(name, ensure_ascii=False).encode() in chunk)
    names = _names(path, limits)
    columns = (*names, *(name for name in asked if name in seen and name not in names))
    keep = kept(columns, wanted)
    try:
        frame = pl.read_ndjson(_source(path), schema=dict.fromkeys(keep, pl.String))
    except pl.exceptions.ComputeError:
        raise SourceError(f"{path.name}: {_first_wrong(path, limits)}; mend it and send the file again") from None
    return columns, frame.with_columns(pl.all().replace("", None))


def _source(path: Path) -> Path | bytes:
    """Polars takes a byte order mark for a part of the first line."""
    with path.open("rb") as file:
        marked = file.read(3) == b"\xef\xbb\xbf"
    return path.read_bytes()[3:] if marked else path


def _names(path: Path, limits: Limits) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for _, line in islice(_lines(path, limits), LOOKED_AT):
        try:
            value = json.loads(line)
        except ValueError:
            continue  # parsing tells, with the line
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
    """The lines that are not blank, with their numbers."""
    return ((number, line) for number, line in enumerate(_split(unpacked(path, limits.unpacked)), start=1) if line.strip())


def _split(chunks: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        yield from lines
    yield rest.removesuffix(b"\n")
