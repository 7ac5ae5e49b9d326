"""Recognize the format of a file: a spreadsheet or Parquet by its first bytes, else by its ending, else by its content (`.txt`, `.dat`, none)."""

from __future__ import annotations

import codecs
import csv
import zipfile
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
from sluice.sources.source_errors import source_errors

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
_PARQUET, _ZIP = b"PAR1", b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"  # xls
_OFFICE_MEMBERS = ("xl/", "content.xml")  # of the archives that xlsx, xlsb and ods are
_NO_TEXT = bytes(range(9)) + bytes(range(14, 27)) + bytes(range(28, 32))  # control characters that no text holds
_MIN_SHARE = 0.9  # of the lines that have the same number of fields


def format_of(path: Path) -> FileFormat:
    """Return the format of a file by its ending (that of its compression may follow), or by its content; that of a Delta table's folder is delta.

    A spreadsheet or Parquet file is one whatever its ending: many a sheet is handed on as `.csv`.

    Raises:
        SourceError: Neither is of a known format.
    """
    if is_delta(path):
        return "delta"
    name = without_compression(path.name.lower())
    form = _format_of_signature(path) or FORMATS.get(name[name.rfind(".") :] if "." in name else "")
    if form is None or (form == "excel" and not _is_spreadsheet(path)):  # many an .xls is text
        sample = sample_of(path)
        form = format_of_content(sample) if sample else form  # a damaged sheet: reading it reports the error
    if form is None:
        raise make_error(SourceError, "file_format_unknown", file=path.name)
    return form


def sample_of(path: Path, size: int = SAMPLE) -> bytes:
    """Return the first bytes of a file, decompressed; none where it cannot be read."""
    sample = b""
    with suppress(SourceError), source_errors(path.name):
        for chunk in decompress(path, _MAX_BYTES):
            sample += chunk
            if len(sample) >= size:
                break
    return sample[:size]


def _format_of_signature(path: Path) -> FileFormat | None:
    """Return the format of a file whose first bytes are those of a binary format; None for text, and where the file cannot be read."""
    with suppress(OSError), path.open("rb") as file:
        begin = file.read(4)
        if begin == _PARQUET:
            return "parquet"
        if begin in (_ZIP, _OLD_OFFICE) and _is_spreadsheet(path):
            return "excel"
    return None


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
    if sample.startswith(_PARQUET):
        return "parquet"
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        sample = sample.decode("utf-16", "ignore").encode()
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

    One that divides the first record like almost all others is preferred: lists within a cell have separators too, but no names in the header. Of characters
    that do equally well, the one with more fields is returned.

    Example:
        >>> infer_separator(["id;words", "1;4,8,15", "2;16,23,42"])
        (';', 1.0)
    """
    scores = []
    for mark in SEPARATORS:
        records = [record for record in records_of(lines, mark) if any(cell.strip() for cell in record)]
        widths = Counter(map(len, records))
        count, width = max(((count, width) for width, count in widths.items() if width > 1), default=(0, 0))
        share = round(count / max(widths.total(), 1), 2)
        scores.append((share >= _MIN_SHARE and len(records[0]) == width, share, width, mark))
    _, share, _, mark = max(scores, key=lambda score: score[:3])
    return (mark, share) if share else (",", 0.0)


def _is_delimited(sample: bytes) -> bool:
    if not sample or sample.translate(None, _NO_TEXT) != sample:
        return False
    lines = [line for line in lines_of(sample.decode("latin-1"), len(sample)) if line.strip()]
    return len(lines) > 1 and infer_separator(lines)[1] >= _MIN_SHARE
