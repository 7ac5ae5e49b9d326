"""Keep cells that a person decided from being cleaned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from sluice.domain import RAW, ROW, Batch, Cleaned, Verdict
from sluice.ports import Cleaner, Snapshot


@dataclass(frozen=True, eq=False)
class KeepDecided:
    """Run a cleaner, and put back what it would change in decided cells; what it makes of other cells stays.

    Attributes:
        cleaner: The cleaner.
        cells: The decided cells: `_row_id`, `column`.
    """

    cleaner: Cleaner
    cells: pl.DataFrame

    def clean(self, batch: Batch, verdicts: Sequence[Verdict], snapshot: Snapshot) -> Cleaned:
        """Clean the other cells."""
        cleaned = self.cleaner.clean(batch, verdicts, snapshot)
        rows = cleaned.batch.rows
        for (name,), cells in self.cells.partition_by("column", as_dict=True).items():
            rows = _restore(rows, batch.rows, str(name), cells[ROW])
        repairs = cleaned.repairs.join(self.cells, on=[ROW, "column"], how="anti", maintain_order="left")
        return replace(cleaned, batch=replace(cleaned.batch, rows=rows), repairs=repairs)


def _restore(rows: pl.DataFrame, before: pl.DataFrame, name: str, ids: pl.Series) -> pl.DataFrame:
    """Return the rows with the decided cells of a column as they were; none of them has a text that did not cast."""
    decided = pl.col(ROW).is_in(ids.implode())
    others = pl.col(RAW).list.filter(pl.element().struct.field("column") != name)
    unread = pl.when(decided & (others.list.len() > 0)).then(others).when(~decided).then(pl.col(RAW))
    return rows.with_columns(pl.when(decided).then(before[name]).otherwise(pl.col(name)).alias(name), unread.alias(RAW))
