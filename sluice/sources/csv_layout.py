"""Count the fields of each record of a CSV text, with quotes as in RFC 4180, without parsing a cell."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from sluice.config import Limits
from sluice.errors import SourceError
from sluice.messages import make_error

_SMALL = 2**25  # bytes of a text that is held to see whether it is regular: numpy, with which others are read, takes longer to import than to count them


@dataclass(frozen=True, slots=True)
class Layout:
    """Describe the layout of a CSV text.

    Attributes:
        first: Cells of the first record.
        records: Number of records after it, blank ones included.
        blank: Positions of blank lines, and of lines of separators alone, among them, from 0, where there are several columns; they are no rows.
    """

    first: tuple[str, ...]
    records: int
    blank: tuple[int, ...]


def read_layout(chunks: Iterable[bytes], name: str, separator: str, limits: Limits) -> Layout:
    """Read the text once and return its layout.

    One record with a field too many or too few makes the whole file untrustworthy: from there on, cells may be in the wrong columns.

    Raises:
        Irregular: A record's fields do not fit the first one, or a quote stands inside an unquoted field or stays open.
        SourceError: Lines end in carriage returns.
        TooLarge: A cell or the number of columns exceeds its limit.
    """
    remaining = iter(chunks)
    begun, size = [], 0
    for chunk in remaining:
        begun.append(chunk)
        size += len(chunk)
        if size > _SMALL or b'"' in chunk:
            break
    else:
        if layout := _read_regular(begun, separator, limits):
            return layout
    return _count_fields(chain(begun, remaining), name, separator, limits)


def _read_regular(chunks: Sequence[bytes], separator: str, limits: Limits) -> Layout | None:
    """Return the layout of a text without quotes whose lines have equally many fields, none of them empty or longer than a cell may be; else None."""
    head, newline, _ = chunks[0].partition(b"\n") if chunks else (b"", b"", b"")
    head, mark = head.removesuffix(b"\r"), separator.encode()
    separators = head.count(mark)
    if b"\r" in head or not newline or not separators or separators >= limits.columns:
        return None
    record = mark * separators + b"\n"
    others = bytes(set(range(256)) - set(record))
    marks = b"".join(chunk.translate(None, others) for chunk in chunks) + (b"" if chunks[-1].endswith(b"\n") else b"\n")
    records = len(marks) // len(record)
    if marks != record * records or _has_empty_or_long_line(chunks, mark * separators, limits.cell):
        return None
    return Layout(tuple(head.decode().split(separator)), records - 1, ())


def _has_empty_or_long_line(chunks: Sequence[bytes], separators: bytes, most: int) -> bool:
    """Return True where a line may have no text, or more bytes than a cell may have."""
    empty, before, unfinished = re.compile(b"\n" + re.escape(separators)), b"\n", 0
    for chunk in chunks:
        if unfinished + len(chunk) > most or empty.search(before + chunk):
            return True
        before = (before + chunk)[-len(separators) :]
        unfinished = unfinished + len(chunk) if b"\n" not in chunk else len(chunk) - chunk.rindex(b"\n") - 1
    return False


def _count_fields(chunks: Iterable[bytes], name: str, separator: str, limits: Limits) -> Layout:
    from sluice.sources.csv_counter import Counter  # with the first text that is long or has quotes: numpy takes a while to import

    counter = Counter(name, ord(separator), limits)
    last = b""
    for chunk in chunks:
        counter.feed(chunk)
        last = chunk
    if not last.endswith(b"\n"):
        counter.feed(b"\n")
    counter.close()
    return Layout(_cells(bytes(counter.head), name, separator), counter.records - 1, tuple(sorted(counter.blank)))


def _cells(head: bytes, name: str, separator: str) -> tuple[str, ...]:
    text = head.decode().removesuffix("\r")
    if "\r" in text:
        raise make_error(SourceError, "file_carriage_returns", file=name)
    return tuple(next(csv.reader([text], delimiter=separator), []))
