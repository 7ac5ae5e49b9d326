"""Store small tables as arrays: texts by their bytes, names by a hash that does not identify them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

FINDINGS = pl.Schema({"_row_id": pl.String(), "score": pl.Float64(), "message": pl.String()})
"""Schema of findings: the row, its p-value, and the evidence as a message."""
KINDS = 50  # kinds of events that are remembered, the most usual ones: an attacker may invent any number


def make_findings(rows: pl.DataFrame, score: pl.Expr, message: pl.Expr) -> pl.DataFrame:
    """Return findings as a frame of schema FINDINGS."""
    return rows.select("_row_id", score.clip(0.0, 1.0).alias("score"), message.alias("message")).cast(FINDINGS)


def shift_within(column: str, by: str, step: int = 1) -> pl.Expr:
    """Shift a column by so many rows within its group (after, where negative); null where there is none.

    The frame must be sorted by the group: to compare neighbours is many times quicker than a window over groups.
    """
    return pl.when(pl.col(by) == pl.col(by).shift(step)).then(pl.col(column).shift(step))


def hash_names(names: pl.Series) -> pl.Series:
    """Hash names to the first 64 bits of BLAKE2b, the same on every machine; null stays null."""
    unique = names.cast(pl.String).unique().drop_nulls()
    digests = b"".join(hashlib.blake2b(name.encode(), digest_size=8).digest() for name in unique)
    table = pl.DataFrame({"name": unique, "hash": np.frombuffer(digests, dtype=np.uint64)})
    return pl.DataFrame({"name": names.cast(pl.String)}).join(table, on="name", how="left", maintain_order="left")["hash"]


def pack_table(name: str, table: pl.DataFrame) -> dict[str, NDArray[Any]]:
    """Convert a table without nulls to arrays, one per column."""
    return {f"{name}.{column.name}": _array(column) for column in table}


def unpack_table(name: str, schema: pl.Schema, arrays: Mapping[str, NDArray[Any]]) -> pl.DataFrame:
    """Restore a table from arrays."""
    return pl.DataFrame({column: _series(arrays[f"{name}.{column}"], dtype) for column, dtype in schema.items()}, schema=schema)


def _array(column: pl.Series) -> NDArray[Any]:
    if column.dtype == pl.String:
        return np.frombuffer(json.dumps(column.to_list(), ensure_ascii=False).encode(), dtype=np.uint8)
    return (column.cast(pl.Int64) if column.dtype.is_temporal() else column).to_numpy()


def _series(array: NDArray[Any], dtype: pl.DataType) -> pl.Series:
    if dtype == pl.String:
        return pl.Series(json.loads(array.tobytes()), dtype=pl.String)
    return pl.Series(array).cast(dtype)


def add_counts(old: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    """Two tables of counts as one: the last column is added up over the others."""
    *by, count = old.columns
    return pl.concat([old, new.select(old.columns).cast(old.schema)]).group_by(by, maintain_order=True).agg(pl.col(count).sum()).sort(by)


def most_frequent_kinds(counts: pl.DataFrame, *, most: int = KINDS) -> pl.DataFrame:
    """Keep the counts of the `most` frequent kinds only.

    Args:
        counts: Columns `before`, `kind`, `events`; `before` is a kind, or empty.
        most: The kinds to keep.
    """
    kinds = counts.group_by("kind").agg(pl.col("events").sum()).sort(["events", "kind"], descending=[True, False]).head(most)["kind"].implode()
    return counts.filter(pl.col("kind").is_in(kinds) & ((pl.col("before") == "") | pl.col("before").is_in(kinds)))
