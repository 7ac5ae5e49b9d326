"""Set cells from the value that another dataset holds for the same key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from cleaning.history import read_published
from cleaning.repair import CONFIDENCE, MESSAGE, NEW, Proposal, apply_proposals, repeat_until_stable, unchanged
from sluice.domain import ROW, Batch, Cleaned, Part, Schema, Verdict, message_column
from sluice.errors import InvalidValue
from sluice.messages import make_error
from sluice.ports import Needs, Snapshot

_PRIOR_AGREEMENTS = 20  # rows assumed to agree with the reference before any is compared


@dataclass(frozen=True)
class Lookup:
    """Fill or correct a column with the newest published value of another dataset for the same key.

    The confidence is the share of the rows of the batch that agree with the reference where both hold a value, times the
    share of the published rows of the key that hold the same value. A reference that the batch often contradicts is not applied.

    Attributes:
        schema: Schema of the dataset.
        column: Column to repair.
        dataset: Reference dataset.
        key: Column, in both datasets, by which rows are joined.
        reference_column: Column of the reference dataset; the same name as `column` by default.
        when: `missing` fills empty cells only, `differs` also replaces cells with another value.
        min_confidence: Lowest confidence of a repair that is applied (0 to 1).

    Example:
        >>> import polars as pl
        >>> from sluice.domain import Column, Schema
        >>> from sluice.testing import MemorySnapshot, make_batch
        >>> schema = Schema("events", columns=(Column("item"), Column("currency")))
        >>> catalog = pl.DataFrame({"item": ["a", "b"], "currency": ["EUR", "USD"]})
        >>> batch = make_batch(schema, {"item": ["a", "a", "b"], "currency": ["EUR", None, "USD"]})
        >>> cleaned = Lookup(schema, "currency", "catalog", "item").clean(batch, [], MemorySnapshot({"catalog": catalog}))
        >>> cleaned.batch.rows["currency"].to_list()
        ['EUR', 'EUR', 'USD']
    """

    schema: Schema
    column: str
    dataset: str
    key: str
    reference_column: str | None = None
    when: Literal["missing", "differs"] = "differs"
    min_confidence: float = 0.9

    def __post_init__(self) -> None:
        """Reject columns that the schema does not declare."""
        unknown = [name for name in (self.column, self.key) if name not in self.schema.names]
        if unknown:
            raise make_error(InvalidValue, "lookup_undeclared", names=tuple(unknown), columns=tuple(self.schema.names))

    @property
    def needs(self) -> Needs:
        """Return that it asks how many cells agree with the reference."""
        return Needs()

    def clean(self, batch: Batch, verdicts: Sequence[Verdict], snapshot: Snapshot) -> Cleaned:
        """Set cells where the reference is certain; the rest are Candidates."""
        reference = read_published(snapshot, self.dataset, [self.key, self.reference_column or self.column])
        if reference is None or not {self.column, self.key} <= set(batch.rows.columns):
            return unchanged(batch)

        def clean_once(batch: Batch) -> Cleaned:
            cells = self._cells(self._join_reference(batch.rows, reference), batch.part)
            return apply_proposals(batch, [Proposal(self.column, cells)], "lookup", self.min_confidence)

        return repeat_until_stable(batch, clean_once)

    def _join_reference(self, rows: pl.DataFrame, reference: pl.DataFrame) -> pl.DataFrame:
        """Join the newest value of the reference (`reference`) and the share of the rows of its key that hold it (`share`)."""
        dtype = rows.schema[self.column]
        values = reference.select(
            pl.col(self.key).cast(rows.schema[self.key], strict=False), pl.col(reference.columns[-1]).cast(dtype, strict=False).alias("reference")
        ).drop_nulls()
        newest = values.group_by(self.key).agg(pl.col("reference").last(), (pl.col("reference") == pl.col("reference").last()).mean().alias("share"))
        return rows.select(ROW, self.key, self.column).join(newest, on=self.key, how="inner", maintain_order="left")

    def _cells(self, rows: pl.DataFrame, part: Part) -> pl.DataFrame:
        own = pl.col(self.column)
        agree = rows.select(own == pl.col("reference")).drop_nulls().to_series()
        repairable = rows.filter(own.is_null() if self.when == "missing" else own.ne_missing(pl.col("reference")))
        agreeing, compared, proposing = part.total(f"agreement of {self.column}", (int(agree.sum()), agree.len(), not repairable.is_empty()))
        if proposing:
            part.wait()
        agreement = (agreeing + _PRIOR_AGREEMENTS) / (compared + _PRIOR_AGREEMENTS)
        message = (
            pl.when(own.is_null())
            .then(message_column("filled_from_dataset", dataset=pl.lit(self.dataset)))
            .otherwise(message_column("differs_from_dataset", dataset=pl.lit(self.dataset)))
        )
        confidence = pl.col("share") * agreement
        return repairable.select(ROW, pl.col("reference").alias(NEW), confidence.alias(CONFIDENCE), message.alias(MESSAGE))
