"""Match the rows of a batch with the published rows of the same keys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast

import polars as pl

from cleaning.cells import as_text, equal_rows, equal_texts
from sluice.domain import OTHER, RAW, REPAIRS, ROW, Batch, Least, Schema
from sluice.ports import Snapshot
from sluice.rules import repeated

FIRST_TIME = "first time"
PAIRS = pl.Schema({ROW: pl.String(), OTHER: pl.String()})


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """Hold the rows whose key is published (schema PAIRS: the row, and the published one).

    Attributes:
        copies: Rows that equal a published row in every cell.
        changed: The others; a row is paired with every published row of its key.
    """

    copies: pl.DataFrame
    changed: pl.DataFrame


def match_published(batch: Batch, schema: Schema, snapshot: Snapshot) -> Matches:
    """Compare rows with the published ones of their keys.

    The keys alone are read of all published rows, the other cells of the matching ones only. In mode append, rows published longer than
    the `window` before the first event of the batch are not read.

    Args:
        batch: The batch, with the columns of the key.
        schema: Schema of the dataset.
        snapshot: Everything that was published before.
    """
    published = _published(batch, schema, snapshot)
    return Matches(PAIRS.to_frame(), PAIRS.to_frame()) if published is None else match_rows(batch.rows, published, schema, snapshot)


def first_time(batch: Batch, time: str) -> datetime | None:
    """Return the earliest time of the events of a whole batch; None where no row has one.

    Args:
        batch: The batch.
        time: Column with the time of an event.
    """
    first = batch.part.total(FIRST_TIME, Least(batch.rows[time].min())).value
    batch.part.confirm(FIRST_TIME, first)
    return cast("datetime | None", first)


def match_rows(rows: pl.DataFrame, others: pl.LazyFrame, schema: Schema, snapshot: Snapshot) -> Matches:
    """Compare rows with others of their keys, as these are and as they were before their repairs.

    Args:
        rows: Rows of a batch, with the columns of the key.
        others: Rows that came before, with `_row_id`, `_raw` and the columns of the key.
        schema: Schema of the dataset.
        snapshot: Everything that was published before, the repairs among it.
    """
    keys = rows.lazy().filter(has_key(schema)).select(ROW, *schema.key)
    keyed = others.select(pl.col(ROW).alias(OTHER), *schema.key)
    joined = keys.join(keyed, on=list(schema.key), how="inner", nulls_equal=schema.blank_key, maintain_order="left_right")  # the same pairs first each time
    pairs = joined.filter(pl.col(ROW) != pl.col(OTHER)).select(ROW, OTHER).collect(engine="streaming")
    if pairs.is_empty():
        return Matches(pairs, pairs)
    equal = pairs.filter(_equal(pairs, rows, others, schema, snapshot))
    return Matches(equal.unique(ROW, keep="first", maintain_order=True), pairs.join(equal, on=ROW, how="anti", maintain_order="left"))


def has_key(schema: Schema) -> pl.Expr:
    """Return an expression that is True for rows with a key: with no part blank, or not all where parts may be blank.

    Args:
        schema: Schema of the dataset.
    """
    parts = [pl.col(name).is_not_null() for name in schema.key]
    return pl.any_horizontal(parts) if schema.blank_key else pl.all_horizontal(parts)


def copies_within(rows: pl.DataFrame, schema: Schema) -> pl.DataFrame:
    """Return the rows that equal an earlier row of the batch in every cell (schema PAIRS); a row without a complete key equals none.

    Args:
        rows: Rows of a batch, with the columns of the key.
        schema: Schema of the dataset.
    """
    names = [name for name in schema.names if name in rows.columns]
    again = rows.filter(repeated(rows, schema.key)).filter(has_key(schema))
    if again.is_empty():
        return PAIRS.to_frame()
    firsts = as_text(again, names).select(ROW, pl.col(ROW).first().over(names).alias(OTHER))
    return firsts.filter(pl.col(ROW) != pl.col(OTHER))


def _published(batch: Batch, schema: Schema, snapshot: Snapshot) -> pl.LazyFrame | None:
    rows, published, time = batch.rows, snapshot.published(schema.dataset), schema.time
    if not {ROW, *schema.key} <= set(published.collect_schema().names()):
        return None
    first = first_time(batch, time) if time and time in rows.columns and schema.mode == "append" else None
    return published if time is None or first is None else published.filter((pl.col(time) >= first - schema.window) | pl.col(time).is_null())


def _equal(pairs: pl.DataFrame, rows: pl.DataFrame, published: pl.LazyFrame, schema: Schema, snapshot: Snapshot) -> pl.Series:
    """Return for each pair whether both rows hold the same cells; where they differ, what the published row held before its repairs counts.

    A column that came after the published rows is empty in them: a row with a value there is another one.
    """
    stored = set(published.collect_schema().names())
    names = [name for name in schema.names if name in rows.columns]
    cells = [pl.col(name) if name in stored else pl.lit(None, dtype=rows.schema[name]).alias(name) for name in names]
    arrived = pairs.select(ROW).join(rows.select(ROW, *names, RAW), on=ROW, how="left", maintain_order="left")
    others = pairs.select(pl.col(OTHER).alias(ROW))
    others = others.join(_of_rows(published.select(ROW, *cells, RAW), others), on=ROW, how="left", maintain_order="left")
    differ = ~equal_rows(arrived, others, names)
    if not differ.any():
        return ~differ
    repairs = snapshot.repairs(schema.dataset)
    applied = _of_rows(repairs.filter("applied"), others.filter(differ)) if repairs.collect_schema() else REPAIRS.to_frame()
    same = pl.Series("same", differ.arg_true().filter(equal_texts(arrived.filter(differ), others.filter(differ), applied, names)))
    return pl.select(~pl.lit(differ) | pl.int_range(differ.len(), dtype=pl.UInt32).is_in(same.implode())).to_series()


def _of_rows(frame: pl.LazyFrame, rows: pl.DataFrame) -> pl.DataFrame:
    return frame.join(rows.lazy().select(ROW).unique(), on=ROW, how="semi").collect()
