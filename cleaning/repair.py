"""Turns what a cleaner proposes into changed rows and their record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import polars as pl

from sluice.domain import RAW, RAW_TYPE, REPAIRS, ROW, Batch, Cleaned

NEW, SURE, WHY = "_new", "_sure", "_why"


@dataclass(frozen=True, slots=True, eq=False)
class Proposal:
    """New values for some cells of one column.

    Attributes:
        column: The column.
        cells: One row a cell: `_row_id`, `_new` (typed; null empties the cell), `_sure` (0 to 1), `_why` (no cell values).
    """

    column: str
    cells: pl.DataFrame


def mend(batch: Batch, proposals: Sequence[Proposal], cleaner: str, min_confidence: float) -> Cleaned:
    """Apply the proposals that are sure enough, and record all of them; the others stay Candidates.

    A cell whose text did not cast leaves `_raw` when it is mended.

    Args:
        batch: Rows in the declared columns.
        proposals: At most one a column.
        cleaner: Who proposes.
        min_confidence: Lowest confidence that is applied.
    """
    rows, records = batch.rows, [REPAIRS.to_frame()]
    for proposal in proposals:
        if proposal.cells.is_empty():
            continue
        record = _record(rows, proposal, cleaner, min_confidence)
        records.append(record)
        rows = _apply(rows, proposal, record.filter("applied").select(ROW))
    return Cleaned(replace(batch, rows=rows), pl.concat(records))


def settle(batch: Batch, once: Callable[[Batch], Cleaned], rounds: int = 8) -> Cleaned:
    """Clean until nothing is left to apply: what was mended is evidence for what was not.

    So that cleaning a clean batch changes nothing. The Candidates are those of the last round.

    Args:
        batch: Where to begin.
        once: One round.
        rounds: The most that are made.
    """
    applied = [REPAIRS.to_frame()]
    cleaned = once(batch)
    while cleaned.repairs["applied"].any() and len(applied) < rounds:
        applied.append(cleaned.repairs.filter("applied"))
        cleaned = once(cleaned.batch)
    return replace(cleaned, repairs=pl.concat([*applied, cleaned.repairs]))


def untouched(batch: Batch) -> Cleaned:
    """The batch as it is, nothing repaired."""
    return Cleaned(batch, REPAIRS.to_frame())


def texts_of(rows: pl.DataFrame) -> pl.DataFrame:
    """The cells that did not cast: `_row_id`, `column`, `text`."""
    return rows.select(ROW, RAW).drop_nulls(RAW).explode(RAW, empty_as_null=False).unnest(RAW)


def _record(rows: pl.DataFrame, proposal: Proposal, cleaner: str, min_confidence: float) -> pl.DataFrame:
    column = pl.lit(proposal.column)
    uncast = texts_of(rows).filter(pl.col("column") == column).select(ROW, "text")
    return (
        rows.select(ROW, pl.col(proposal.column).cast(pl.String).alias("old"))
        .join(proposal.cells, on=ROW, how="inner", maintain_order="left")
        .join(uncast, on=ROW, how="left", maintain_order="left")
        .select(
            pl.concat_str(ROW, column, pl.lit("1"), separator="/").alias("repair_id"),
            ROW,
            column.alias("column"),
            pl.coalesce("old", "text").alias("old"),
            pl.col(NEW).cast(pl.String).alias("new"),
            pl.lit(cleaner).alias("cleaner"),
            pl.col(SURE).cast(pl.Float64).alias("confidence"),
            (pl.col(SURE) >= min_confidence).alias("applied"),
            pl.col(WHY).cast(pl.String).alias("message"),
        )
    )


def _apply(rows: pl.DataFrame, proposal: Proposal, applied: pl.DataFrame) -> pl.DataFrame:
    name = proposal.column
    cells = proposal.cells.join(applied, on=ROW, how="semi").select(ROW, NEW, pl.lit(value=True).alias("_touched"))
    others = pl.col(RAW).list.filter(pl.element().struct.field("column") != name)
    left = pl.when(others.list.len() > 0).then(others).otherwise(pl.lit(None, dtype=RAW_TYPE))
    touched = pl.col("_touched")
    return (
        rows.join(cells, on=ROW, how="left", maintain_order="left")
        .with_columns(
            pl.when(touched).then(pl.col(NEW).cast(rows.schema[name])).otherwise(pl.col(name)).alias(name),
            pl.when(touched).then(left).otherwise(pl.col(RAW)).alias(RAW),
        )
        .drop(NEW, "_touched")
    )
