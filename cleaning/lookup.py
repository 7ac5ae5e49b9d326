"""Sets cells from what another dataset says of the same key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from cleaning.history import published
from cleaning.repair import NEW, SURE, WHY, Proposal, mend, settle, untouched
from sluice.domain import ROW, Batch, Cleaned, Schema, Verdict
from sluice.ports import Snapshot

_MANY = 20  # rows that had both values before their agreement is believed in full


@dataclass(frozen=True)
class Lookup:
    """Fills a column, or sets it right, from the newest published value of another dataset for the same key.

    How sure that is: the share of the batch's rows that agree with the reference wherever both say something, times the
    share of the key's published rows that say the same. A reference that the batch contradicts often is none.

    Attributes:
        schema: The dataset's.
        column: The column that is mended.
        dataset: The dataset that knows better.
        key: The column, in both datasets, that says which rows belong together.
        reference_column: The other dataset's column; the same name unless given.
        when: `missing` fills empty cells alone, `differs` sets those that say something else too.
        min_confidence: Lowest confidence that is applied.
    """

    schema: Schema
    column: str
    dataset: str
    key: str
    reference_column: str | None = None
    when: Literal["missing", "differs"] = "differs"
    min_confidence: float = 0.9

    def __post_init__(self) -> None:
        """Refuse columns that the schema does not declare."""
        unknown = [name for name in (self.column, self.key) if name not in self.schema.names]
        if unknown:
            raise ValueError(f"column and key must name declared columns; {', '.join(unknown)} is not one of {', '.join(self.schema.names)}")

    def clean(self, batch: Batch, verdicts: Sequence[Verdict], snapshot: Snapshot) -> Cleaned:
        """Set what the reference is sure of; the rest are Candidates."""
        known = published(snapshot, self.dataset, [self.key, self.reference_column or self.column])
        if known is None or not {self.column, self.key} <= set(batch.rows.columns):
            return untouched(batch)

        def once(batch: Batch) -> Cleaned:
            return mend(batch, [Proposal(self.column, self._cells(self._beside(batch.rows, known)))], "lookup", self.min_confidence)

        return settle(batch, once)

    def _beside(self, rows: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
        """The rows' own value, the reference's newest (`said`), and the share of its key's rows that say so (`share`)."""
        dtype = rows.schema[self.column]
        said = known.select(
            pl.col(self.key).cast(rows.schema[self.key], strict=False), pl.col(known.columns[-1]).cast(dtype, strict=False).alias("said")
        ).drop_nulls()
        newest = said.group_by(self.key).agg(pl.col("said").last(), (pl.col("said") == pl.col("said").last()).mean().alias("share"))
        return rows.select(ROW, self.key, self.column).join(newest, on=self.key, how="inner", maintain_order="left")

    def _cells(self, rows: pl.DataFrame) -> pl.DataFrame:
        own = pl.col(self.column)
        agree = rows.select(own == pl.col("said")).drop_nulls().to_series()
        agreement = (int(agree.sum()) + _MANY) / (agree.len() + _MANY)
        wanted = own.is_null() if self.when == "missing" else own.ne_missing(pl.col("said"))
        why = pl.when(own.is_null()).then(pl.lit(f"missing; {self.dataset} knows it")).otherwise(pl.lit(f"not what {self.dataset} says"))
        return rows.filter(wanted).select(ROW, pl.col("said").alias(NEW), (pl.col("share") * agreement).alias(SURE), why.alias(WHY))
