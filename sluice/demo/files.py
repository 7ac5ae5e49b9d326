"""Write the files of the demo shop; the same rows give the same bytes."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import polars as pl

from sluice.domain import RESERVED


def to_csv(rows: pl.DataFrame) -> bytes:
    """Return rows as CSV."""
    return rows.drop(RESERVED, strict=False).write_csv(datetime_format="%Y-%m-%dT%H:%M:%SZ").encode()


def to_jsonl(rows: pl.DataFrame) -> bytes:
    """Return rows as JSON lines, gzipped."""
    texts = rows.drop(RESERVED, strict=False).with_columns(pl.selectors.datetime().dt.strftime("%Y-%m-%dT%H:%M:%S%.3fZ"))
    return gzip.compress(texts.write_ndjson().encode(), compresslevel=5, mtime=0)


def to_parquet(rows: pl.DataFrame) -> bytes:
    """Return rows as Parquet."""
    buffer = io.BytesIO()
    rows.drop(RESERVED, strict=False).write_parquet(buffer)
    return buffer.getvalue()


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(content)
    part.replace(path)
