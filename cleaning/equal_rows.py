"""Pair rows that are equal in every cell, as these are or as they arrived: the n-th of several equal ones with the n-th."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from cleaning.cells import as_arrived, as_text
from sluice.domain import OTHER, RAW, ROW, Schema
from sluice.ports import Snapshot

_OCCURRENCE = "_occurrence"


def pair_equal(rows: pl.DataFrame, others: pl.DataFrame, schema: Schema, snapshot: Snapshot, *, per: str | None = None) -> pl.DataFrame:
    """Return the rows that equal another one in every cell, as it is or as it arrived, each with one of its own (schema PAIRS).

    Args:
        rows: Rows with `_raw`.
        others: Rows that came before, with `_raw`.
        schema: Schema of the dataset.
        snapshot: Everything that was published before, the repairs among it.
        per: Column of the others; a row is paired with one of each of its values. None: with one in all.
    """
    names = declared_in(rows, schema)
    missing = [pl.lit(None, dtype=rows.schema[name]).alias(name) for name in names if name not in others.columns]
    others = others.with_columns(missing).sort(ROW)
    by = [] if per is None else [per]
    ours = rows.filter(pl.col(RAW).is_null()).select(ROW, *names)
    equal = _pair(ours, others.filter(pl.col(RAW).is_null()).select(ROW, *names, *by), names, by)
    left, rest = rows.join(equal, on=ROW, how="anti", maintain_order="left"), others.join(equal, left_on=ROW, right_on=OTHER, how="anti", maintain_order="left")
    if left.is_empty() or rest.is_empty():
        return equal
    repairs = snapshot.repairs(schema.dataset)
    applied = repairs.filter("applied").join(rest.lazy().select(ROW), on=ROW, how="semi").collect() if repairs.collect_schema() else None
    texts = as_arrived(rest, applied, names).join(rest.select(ROW, *by), on=ROW, how="left", maintain_order="left")
    return pl.concat([equal, _pair(as_text(left, names), texts, names, by)])


def declared_in(rows: pl.DataFrame, schema: Schema) -> list[str]:
    """Return the declared columns that some rows have."""
    return [name for name in schema.names if name in rows.columns]


def _pair(rows: pl.DataFrame, others: pl.DataFrame, names: Sequence[str], by: Sequence[str]) -> pl.DataFrame:
    """Pair the n-th of several equal rows with the n-th of the others that equal them."""
    ours = rows.with_columns(pl.int_range(pl.len()).over(names).alias(_OCCURRENCE))
    theirs = others.rename({ROW: OTHER}).with_columns(pl.int_range(pl.len()).over([*names, *by]).alias(_OCCURRENCE))
    return ours.join(theirs, on=[*names, _OCCURRENCE], how="inner", nulls_equal=True, maintain_order="left").select(ROW, OTHER)
