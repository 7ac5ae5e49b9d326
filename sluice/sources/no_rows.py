"""Recognise the file of a day without rows in a format that writes no header: it is a batch without rows, not a broken file."""

from __future__ import annotations

import json
from pathlib import Path

from sluice.config import Limits
from sluice.domain import FileFormat, ReadOptions
from sluice.sources.decompression import decompress

_MARKS = b"\xef\xbb\xbf"
_LONGEST = 65_536  # bytes of a document without records; a longer one is read as any other


def has_no_rows(path: Path, form: FileFormat, options: ReadOptions, limits: Limits) -> bool:
    """Return True for a blank file of JSON lines or of a CSV without header, and for a JSON document whose array of records is empty.

    A blank CSV file of a source with a header is broken: an export without rows still has its header.

    Args:
        path: The file, which may be compressed.
        form: Its format.
        options: How it is read.
        limits: Largest number of bytes.
    """
    if form in ("json", "jsonl"):
        text = _beginning(path, limits)
        return _holds_nothing(text, options.records) if text else not options.records
    return form == "csv" and not options.header and not _beginning(path, limits)


def _holds_nothing(text: bytes, records: str | None) -> bool:
    """Return True where a document is an empty array, or has one below the keys above its records."""
    try:
        value = json.loads(text) if len(text) <= _LONGEST and text[:1] in (b"[", b"{") else None
    except ValueError:
        return False
    for key in records.split(".") if records and isinstance(value, dict) else ():
        value = value.get(key) if isinstance(value, dict) else None
    return value == []


def _beginning(path: Path, limits: Limits) -> bytes:
    """Return the first bytes that are not blank, with those that follow them."""
    text = b""
    for chunk in decompress(path, limits.unpacked):
        text = (text + chunk).removeprefix(_MARKS).lstrip()
        if len(text) > _LONGEST:
            break
    return text
