"""Apply proposed cell values and record every change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from cleaning.exactness import CONFIDENCE, MESSAGE, NEW, TEXT, check_exactness
from sluice.domain import RAW, RAW_TYPE, REPAIRS, ROW, Batch, Cleaned, repair_id

__all__ = ["CONFIDENCE", "MESSAGE", "NEW", "Proposal", "apply_decided", "apply_proposals", "repeat_until_stable", "unchanged", "unparsed_cells"]


_LEAST = 1e-9  # confidence below which nothing is applied, whatever the settings: 0 is that of a refused value


@dataclass(frozen=True, slots=True, eq=False)
class Proposal:
    """Propose new values for some cells of one column.

    Attributes:
        column: Column to repair.
        cells: One row per cell: `_row_id`, `_new` (typed; null empties the cell), `_confidence` (0 to 1), `_message` (a Message as JSON,
            without cell values).
    """

    column: str
    cells: pl.DataFrame


def apply_proposals(batch: Batch, proposals: Sequence[Proposal], cleaner: str, min_confidence: float) -> Cleaned:
    """Apply the proposals with enough confidence and record all of them; the others stay Candidates.

    A value that is not exact (`check_exactness`) is never applied: it is recorded as a Candidate of confidence 0, with the reason. A
    cell whose text did not cast leaves `_raw` when it is repaired.

    Args:
        batch: Rows in the declared columns.
        proposals: At most one per column.
        cleaner: Name of the cleaner that proposes.
        min_confidence: Lowest confidence that is applied.
    """
    return _apply_checked(batch, proposals, cleaner, max(min_confidence, _LEAST), _check)


def apply_decided(batch: Batch, values: Mapping[str, pl.DataFrame], decider: str) -> Cleaned:
    """Apply values that a person decided, whatever stood there before; a cell that has its value already gets no record.

    Args:
        batch: Rows in the declared columns.
        values: By column: `_row_id` and `_new` (typed; null empties the cell).
        decider: Stands for the cleaner in the records.

    Example:
        >>> from sluice.domain import Column, Schema
        >>> from sluice.testing import make_batch
        >>> batch = make_batch(Schema("items", columns=(Column("price", "number"),)), {"price": [None]}, unparsed={0: {"price": "free"}})
        >>> decided = apply_decided(batch, {"price": pl.DataFrame({"_row_id": ["b.0"], "_new": [2.5]})}, "steward")
        >>> decided.batch.rows["price"].item(), decided.repairs.select("old", "new", "confidence").row(0)
        (2.5, ('free', '2.5', 1.0))
    """
    certain = (pl.lit(1.0).alias(CONFIDENCE), pl.lit(None, dtype=pl.String).alias(MESSAGE))
    proposals = [Proposal(column, cells.with_columns(*certain)) for column, cells in values.items()]
    return _apply_checked(batch, proposals, decider, _LEAST, _with_changes)


def _apply_checked(
    batch: Batch, proposals: Sequence[Proposal], cleaner: str, min_confidence: float, check: Callable[[pl.DataFrame, Proposal], Proposal]
) -> Cleaned:
    rows, records = batch.rows, [REPAIRS.to_frame()]
    for proposal in proposals:
        if proposal.cells.is_empty():
            continue
        checked = check(rows, proposal)
        record = _record(rows, checked, cleaner, min_confidence)
        records.append(record)
        rows = _apply(rows, checked, record.filter("applied").select(ROW))
    return Cleaned(replace(batch, rows=rows), pl.concat(records))


def repeat_until_stable(batch: Batch, clean_once: Callable[[Batch], Cleaned], max_rounds: int = 8) -> Cleaned:
    """Clean until a round applies nothing: repaired cells are evidence for the cells that are left.

    Cleaning a clean batch therefore changes nothing. The Candidates are those of the last round.

    Args:
        batch: Batch to clean.
        clean_once: Function that runs one round.
        max_rounds: Largest number of rounds.
    """
    applied = [REPAIRS.to_frame()]
    cleaned = clean_once(batch)
    while batch.part.total("applied", bool(cleaned.repairs["applied"].any())) and len(applied) < max_rounds:
        applied.append(cleaned.repairs.filter("applied"))
        cleaned = clean_once(cleaned.batch)
    return replace(cleaned, repairs=pl.concat([*applied, cleaned.repairs]))


def unchanged(batch: Batch) -> Cleaned:
    """Return the batch as it is, with no repairs."""
    return Cleaned(batch, REPAIRS.to_frame())


def unparsed_cells(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the cells that did not cast to their declared type: `_row_id`, `column`, `text`."""
    return rows.select(ROW, RAW).drop_nulls(RAW).explode(RAW, empty_as_null=False).unnest(RAW)


def _check(rows: pl.DataFrame, proposal: Proposal) -> Proposal:
    """Add the `text` that did not cast to each cell, and refuse values that are not exact."""
    cells = _with_texts(rows, proposal)
    return replace(proposal, cells=check_exactness(cells, rows.schema[proposal.column]))


def _with_changes(rows: pl.DataFrame, proposal: Proposal) -> Proposal:
    """Add the `text` that did not cast to each cell, and leave out the cells that have their value already."""
    present = rows.select(ROW, pl.col(proposal.column).alias("_present"))
    cells = _with_texts(rows, proposal).join(present, on=ROW, how="inner", maintain_order="left")
    changes = cells.filter(pl.col(TEXT).is_not_null() | ~pl.col(NEW).eq_missing(pl.col("_present")))
    return replace(proposal, cells=changes.drop("_present"))


def _with_texts(rows: pl.DataFrame, proposal: Proposal) -> pl.DataFrame:
    unparsed = unparsed_cells(rows).filter(pl.col("column") == proposal.column).select(ROW, TEXT)
    return proposal.cells.join(unparsed, on=ROW, how="left", maintain_order="left")


def _record(rows: pl.DataFrame, proposal: Proposal, cleaner: str, min_confidence: float) -> pl.DataFrame:
    column = pl.lit(proposal.column)
    return (
        rows.select(ROW, pl.col(proposal.column).cast(pl.String).alias("old"))
        .join(proposal.cells, on=ROW, how="inner", maintain_order="left")
        .select(
            repair_id(pl.lit("1"), column),
            ROW,
            column.alias("column"),
            pl.coalesce("old", TEXT).alias("old"),
            pl.col(NEW).cast(pl.String).alias("new"),
            pl.lit(cleaner).alias("cleaner"),
            pl.col(CONFIDENCE).cast(pl.Float64).alias("confidence"),
            (pl.col(CONFIDENCE) >= min_confidence).alias("applied"),
            pl.col(MESSAGE).cast(pl.String).alias("message"),
        )
    )


def _apply(rows: pl.DataFrame, proposal: Proposal, applied: pl.DataFrame) -> pl.DataFrame:
    name = proposal.column
    cells = proposal.cells.join(applied, on=ROW, how="semi").select(ROW, NEW, pl.lit(value=True).alias("_repaired"))
    other_cells = pl.col(RAW).list.filter(pl.element().struct.field("column") != name)
    remaining = pl.when(other_cells.list.len() > 0).then(other_cells).otherwise(pl.lit(None, dtype=RAW_TYPE))
    repaired = pl.col("_repaired")
    return (
        rows.join(cells, on=ROW, how="left", maintain_order="left")
        .with_columns(
            pl.when(repaired).then(pl.col(NEW).cast(rows.schema[name])).otherwise(pl.col(name)).alias(name),
            pl.when(repaired).then(remaining).otherwise(pl.col(RAW)).alias(RAW),
        )
        .drop(NEW, "_repaired")
    )
