"""Recognize the format of a file by its ending, or by its first bytes where the ending says nothing (`.txt`, `.dat`, none)."""

from __future__ import annotations

import csv
import zipfile
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path

from sluice.domain import FileFormat
from sluice.errors import SourceError
from sluice.messages import make_error
from sluice.sources.decompression import decompress, without_compression
from sluice.sources.delta_log import is_delta

FORMATS: Mapping[str, FileFormat] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".tab": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".xml": "xml",
    ".rss": "xml",
    ".atom": "xml",
    ".xlsx": "excel",
    ".xlsm": "excel",
    ".xlsb": "excel",
    ".xls": "excel",
    ".ods": "excel",
}
SEPARATORS = ",;\t|"
SAMPLE = 2**18  # bytes at a file's beginning that are looked at
_MAX_BYTES = 2**40  # a sample stops long before
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"  # xls
_OFFICE_MEMBERS = ("xl/", "content.xml")  # of the archives that xlsx, xlsb and ods are
_NO_TEXT = bytes(range(9)) + bytes(range(14, 27)) + bytes(range(28, 32))  # control characters that no text holds
_MIN_SHARE = 0.9  # of the lines that have the same number of fields


def format_of(path: Path) -> FileFormat:
    """Return the format of a file by its ending (that of its compression may follow), or by its content; that of a Delta table's folder is delta.

    Raises:
        SourceError: Neither is of a known format.
    """
    if is_delta(path):
        return "delta"
    name = without_compression(path.name.lower())
    form = FORMATS.get(name[name.rfind(".") :] if "." in name else "")
    if form is None or form == "excel":  # many an .xls is text
        form = "excel" if _is_spreadsheet(path) else format_of_content(sample_of(path))
    if form is None:
        raise make_error(SourceError, "file_format_unknown", file=path.name)
    return form


def sample_of(path: Path, size: int = SAMPLE) -> bytes:
    """Return the first bytes of a file, decompressed; none where it cannot be read."""
    sample = b""
    with suppress(OSError, EOFError, SourceError, zlib.error):
        for chunk in decompress(path, _MAX_BYTES):
            sample += chunk
            if len(sample) >= size:
                break
    return sample[:size]


def _is_spreadsheet(path: Path) -> bool:
    with suppress(OSError, zipfile.BadZipFile):
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                return any(name.startswith(_OFFICE_MEMBERS) for name in archive.namelist())
        with path.open("rb") as file:
            return file.read(4) == _OLD_OFFICE
    return False


def format_of_content(sample: bytes) -> FileFormat | None:
    """Return the format of a file's first bytes; None where they are no table."""
    if sample.startswith(b"PAR1"):
        return "parquet"
    start = sample.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if start == b"<":
        return None if b"<html" in sample[:2000].lower() else "xml"
    if start in {b"{", b"["}:
        first = sample.lstrip().split(b"\n", 1)[0].rstrip()
        return "jsonl" if first.startswith(b"{") and first.endswith(b"}") else "json"
    return "csv" if _is_delimited(sample) else None


def lines_of(text: str, size: int) -> list[str]:
    """Return the lines of a sample, without the last one where the sample is as long as it may be, so that the line may be cut.

    Args:
        text: The sample.
        size: Its bytes.
    """
    lines = text.splitlines(keepends=True)
    return lines if size < SAMPLE or len(lines) < 2 else lines[:-1]


def records_of(lines: Sequence[str], separator: str, limit: int = 400) -> list[list[str]]:
    """Return the first records of a text, those before the first that cannot be understood."""
    records: list[list[str]] = []
    with suppress(csv.Error):
        records.extend(islice(csv.reader(lines, delimiter=separator), limit))
    return records


def infer_separator(lines: Sequence[str]) -> tuple[str, float]:
    """Return the character that gives most records the same number of fields, and their share; a comma and 0 where none does.

    Of characters that do equally well, the one with more fields is returned.
    """
    scores = []
    for mark in SEPARATORS:
        widths = Counter(len(record) for record in records_of(lines, mark) if any(cell.strip() for cell in record))
        wide = [(count, width) for width, count in widths.items() if width > 1]
        count, width = max(wide, default=(0, 0))
        scores.append((round(count / max(widths.total(), 1), 2), width, mark))
    share, _, mark = max(scores, key=lambda score: score[:2])
    return (mark, share) if share else (",", 0.0)


def _is_delimited(sample: bytes) -> bool:
    if not sample or sample.translate(None, _NO_TEXT) != sample:
        return False
    lines = [line for line in lines_of(sample.decode("latin-1"), len(sample)) if line.strip()]
    return len(lines) > 1 and infer_separator(lines)[1] >= _MIN_SHARE
