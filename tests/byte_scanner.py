"""Search all bytes below a folder for texts, independently of Sluice: it knows formats, and nothing of places, records or tables."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import sqlite3
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path

import pyarrow.parquet as pq  # type: ignore[import-untyped]  # it carries no types
import zstandard

_GZIP, _ZSTD, _ZIP, _PARQUET, _SQLITE = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PK\x03\x04", b"PAR1", b"SQLite format 3\x00"


def scan(folder: Path, texts: Sequence[str]) -> dict[str, set[str]]:
    """Return by file, as its path below the folder, the texts that it holds; of a database also by `file:table.column`."""
    hits: dict[str, set[str]] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            for where, content in _contents(path.relative_to(folder).as_posix(), path.read_bytes(), path):
                for text in texts:
                    if any(form in content for form in _forms(text)):
                        hits.setdefault(where, set()).add(text)
    return hits


def _forms(text: str) -> set[bytes]:
    """Return how a text may stand in bytes: in several encodings, escaped in JSON, once more in JSON, in base64, or as a digest without a key."""
    escaped = [json.dumps(text, ensure_ascii=plain)[1:-1] for plain in (False, True)]
    written = {text, text.casefold(), *escaped, *(json.dumps(form)[1:-1] for form in escaped)}
    digests = [hashlib.sha256(form.encode()) for form in (text, json.dumps([text]))]
    inner = base64.b64encode(text.encode())[: len(text.encode()) // 3 * 4]
    return {
        *(form.encode(code) for form in written for code in ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le")),
        *(form for digest in digests for form in (digest.digest(), digest.hexdigest().encode())),
        inner,
    }


def _contents(where: str, content: bytes, path: Path | None = None) -> Iterator[tuple[str, bytes]]:
    """Yield the bytes of a file as they are, and what they are when they are decoded; free pages and the log of SQLite are searched as they are."""
    yield where, content
    if content.startswith(_SQLITE) and path is not None:
        yield from _cells_of_database(where, path)
    elif content.startswith(_PARQUET):
        yield where, _cells_of_parquet(content)
    elif content.startswith(_ZIP):
        with suppress(zipfile.BadZipFile), zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield from _contents(where, archive.read(name))
    else:
        yield from ((where, inner) for inner in _streams(content))


def _streams(content: bytes) -> Iterator[bytes]:
    """Yield what compressed streams within some bytes hold, wherever they begin."""
    for magic in (_GZIP, _ZSTD):
        place = content.find(magic)
        while place >= 0:
            with suppress(OSError, EOFError, zstandard.ZstdError):
                rest = io.BytesIO(content[place:])
                yield gzip.GzipFile(fileobj=rest).read() if magic == _GZIP else zstandard.ZstdDecompressor().stream_reader(rest).read()
            place = content.find(magic, place + 1)


def _cells_of_parquet(content: bytes) -> bytes:
    file = pq.ParquetFile(io.BytesIO(content))
    cells = (str(cell) for batch in file.iter_batches() for column in batch.columns for cell in column.to_pylist())
    return "\n".join([*cells, str(file.metadata.metadata)]).encode("utf-8", "surrogatepass")


def _cells_of_database(where: str, path: Path) -> Iterator[tuple[str, bytes]]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            cursor = database.execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in cursor.description]
            for row in cursor:
                yield from ((f"{where}:{table}.{name}", str(cell).encode("utf-8", "surrogatepass")) for name, cell in zip(names, row, strict=True))
