"""Read Parquet: columns keep their types; nested ones become JSON text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from sluice.config import Limits
from sluice.errors import TooLarge
from sluice.messages import make_error
from sluice.sources.text_encoding import columns_to_read


def read(path: Path, limits: Limits, columns: Sequence[str] | None = None) -> tuple[tuple[str, ...], pl.DataFrame]:
    """Return the names of all columns, and the requested ones.

    A footer may state a thousandth of what a dictionary expands to, so the size is counted while rows are read.

    Raises:
        TooLarge: There are more columns, or more bytes once unpacked, than the limits allow.
    """
    scan = pl.scan_parquet(path, glob=False)
    header = tuple(scan.collect_schema())
    if len(header) > limits.columns:
        raise TooLarge(f"{path.name}: {len(header):,} columns, more than {limits.columns:,}; raise limits.columns or send fewer")
    scan = scan.select(columns_to_read(header, columns))
    parts, total = [scan.head(0).collect()], 0
    for part in scan.collect_batches(maintain_order=True):
        total += int(part.estimated_size())
        if total > limits.unpacked:
            raise make_error(TooLarge, "file_unpacks_too_large", file=path.name, limit=limits.unpacked)
        parts.append(part)
    frame = pl.concat(parts)
    return header, frame.with_columns(_json(name) for name, dtype in frame.schema.items() if dtype.is_nested())


def _json(name: str) -> pl.Expr:
    """Return a nested column as JSON text; null stays null."""
    text = pl.struct(pl.col(name).alias("")).struct.json_encode().str.strip_prefix('{"":').str.strip_suffix("}")
    return pl.when(pl.col(name).is_not_null()).then(text).alias(name)
