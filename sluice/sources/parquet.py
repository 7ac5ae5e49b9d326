"""Reads Parquet: its columns keep their types; nested ones become JSON text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from sluice.config import Limits
from sluice.errors import TooLarge
from sluice.sources.inspect import kept


def read(path: Path, limits: Limits, wanted: Sequence[str] | None = None) -> tuple[tuple[str, ...], pl.DataFrame]:
    """The names of all columns, and the wanted ones.

    A footer may admit a thousandth of what a dictionary unfolds to; so the rows are counted as they come.

    Raises:
        TooLarge: There are more columns, or more bytes once unpacked, than the limits allow.
    """
    scan = pl.scan_parquet(path, glob=False)
    columns = tuple(scan.collect_schema())
    if len(columns) > limits.columns:
        raise TooLarge(f"{path.name}: {len(columns):,} columns, more than {limits.columns:,}; raise limits.columns or send fewer")
    scan = scan.select(kept(columns, wanted))
    parts, total = [scan.head(0).collect()], 0
    for part in scan.collect_batches(maintain_order=True):
        total += int(part.estimated_size())
        if total > limits.unpacked:
            raise TooLarge(f"{path.name}: holds more than {limits.unpacked:,} bytes once unpacked; raise limits.unpacked or send smaller files")
        parts.append(part)
    frame = pl.concat(parts)
    return columns, frame.with_columns(_json(name) for name, dtype in frame.schema.items() if dtype.is_nested())


def _json(name: str) -> pl.Expr:
    """A nested column as JSON text; null stays null."""
    text = pl.struct(pl.col(name).alias("")).struct.json_encode().str.strip_prefix('{"":').str.strip_suffix("}")
    return pl.when(pl.col(name).is_not_null()).then(text).alias(name)
