"""Run cleaners one after the other, as one cleaner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from cleaning import CLEANERS
from sluice.domain import ACTION, REPAIRS, ROW, Batch, Cleaned, Verdict, repair_id
from sluice.ports import Cleaner, Needs, Snapshot, needs_of


@dataclass(frozen=True)
class Chain:
    """Run cleaners in order on the same rows and set how far each row can be trusted.

    `_action` is `order_unknown` where a cleaner set it, else `repaired` where a repair was applied now or when the row
    was cleaned before, else `keep`. Repairs are numbered by cell, in the order in which they are proposed.

    Attributes:
        cleaners: Cleaners in the order in which they run; none leaves the rows as they are.
    """

    cleaners: Sequence[Cleaner] = ()

    @property
    def needs(self) -> Needs:
        """Return what its cleaners need."""
        names = {path: name for name, path in CLEANERS.items()}
        return Needs.join(needs_of(cleaner, names.get(f"{type(cleaner).__module__}:{type(cleaner).__name__}", "")) for cleaner in self.cleaners)

    def clean(self, batch: Batch, verdicts: Sequence[Verdict], snapshot: Snapshot) -> Cleaned:
        """Clean a batch; the verdicts of the cleaners are aligned with its rows."""
        repairs = [REPAIRS.to_frame()]
        held: list[Verdict] = []
        for cleaner in self.cleaners:
            cleaned = cleaner.clean(batch, verdicts, snapshot)
            batch = cleaned.batch
            repairs.append(cleaned.repairs)
            held.extend(cleaned.held)
        numbered = _number(pl.concat(repairs))
        return Cleaned(replace(batch, rows=_with_action(batch.rows, numbered)), numbered, held)


def _number(repairs: pl.DataFrame) -> pl.DataFrame:
    step = pl.int_range(1, pl.len() + 1).over(ROW, "column")
    return repairs.with_columns(repair_id(step))


def _with_action(rows: pl.DataFrame, repairs: pl.DataFrame) -> pl.DataFrame:
    applied = repairs.filter("applied")
    if applied.is_empty() and ACTION not in rows.columns:
        return rows.with_columns(pl.lit("keep").alias(ACTION))  # one value for all rows, which takes no memory
    action = pl.col(ACTION) if ACTION in rows.columns else pl.lit(None, dtype=pl.String)
    repaired = pl.col(ROW).is_in(applied[ROW].unique().implode())
    return rows.with_columns(
        pl.when(action == "order_unknown").then(action).when(repaired | (action == "repaired")).then(pl.lit("repaired")).otherwise(pl.lit("keep")).alias(ACTION)
    )
