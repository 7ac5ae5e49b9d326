"""Set cells from the value that another dataset holds for the same key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from cleaning.history import read_published
from cleaning.repair import CONFIDENCE, MESSAGE, NEW, Proposal, apply_proposals, repeat_until_stable, unchanged
from sluice.domain import ROW, Batch, Cleaned, Part, Schema, Verdict, message_column
from sluice.errors import InvalidValue
from sluice.messages import make_error
from sluice.ports import Needs, Snapshot

_TELLING = 3  # rows of a key, from which it tells whether the reference or a row is wrong
_SCATTERED = 10  # contradicting rows beside agreeing ones of their key, and as many as others, from which rows are wrong and not the reference
_PRIOR_AGREEMENTS = 20  # rows assumed to agree with the reference before any is compared


@dataclass(frozen=True)
class Lookup:
    """Fill or correct a column with the newest published value of another dataset for the same key.

    The confidence is the share of the rows of the batch that agree with the reference where both hold a value, times the
    share of the published rows of the key that hold the same value. A reference that the batch often contradicts is not applied, unless its
    own rows show that they are wrong: where other rows of the same key agree with the reference, it is no older value. The share is then that of the
    published rows.

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
            cells = self._cells(self._join_reference(batch.rows, reference), batch.part, lambda: self._past_agreement(snapshot, reference))
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

    def _past_agreement(self, snapshot: Snapshot, reference: pl.DataFrame) -> tuple[int, int]:
        """Return how many published rows agree with the reference, and how many can be compared."""
        published = read_published(snapshot, self.schema.dataset, [self.key, self.column])
        return (0, 0) if published is None else _agreeing(self._join_reference(published.with_columns(pl.lit("").alias(ROW)), reference), self.column)

    def _cells(self, rows: pl.DataFrame, part: Part, past: Callable[[], tuple[int, int]]) -> pl.DataFrame:
        own = pl.col(self.column)
        repairable = rows.filter(own.is_null() if self.when == "missing" else own.ne_missing(pl.col("reference")))
        counts = (*_agreeing(rows, self.column), *_contradicting(rows, self.key, self.column), not repairable.is_empty())
        agreeing, compared, whole, scattered, proposing = part.total(f"agreement of {self.column}", counts)
        if proposing:
            part.wait()
        if proposing and agreeing * 2 > compared and scattered >= max(_SCATTERED, whole):
            past_agreeing, past_compared = past()
            if past_agreeing * compared > agreeing * past_compared:
                agreeing, compared = past_agreeing, past_compared
        agreement = (agreeing + _PRIOR_AGREEMENTS) / (compared + _PRIOR_AGREEMENTS)
        message = (
            pl.when(own.is_null())
            .then(message_column("filled_from_dataset", dataset=pl.lit(self.dataset)))
            .otherwise(message_column("differs_from_dataset", dataset=pl.lit(self.dataset)))
        )
        confidence = pl.col("share") * agreement
        return repairable.select(ROW, pl.col("reference").alias(NEW), confidence.alias(CONFIDENCE), message.alias(MESSAGE))


def _agreeing(rows: pl.DataFrame, column: str) -> tuple[int, int]:
    agree = rows.select(pl.col(column) == pl.col("reference")).drop_nulls().to_series()
    return int(agree.sum()), agree.len()


def _contradicting(rows: pl.DataFrame, key: str, column: str) -> tuple[int, int]:
    """Return how many rows contradict the reference, of keys of which all rows do, and of those of which some agree; keys of few rows say neither."""
    judged = rows.select(key, wrong=pl.col(column) != pl.col("reference")).drop_nulls()
    keys = judged.group_by(key).agg(rows=pl.len(), wrong=pl.col("wrong").sum()).filter(pl.col("rows") >= _TELLING)
    whole = keys.filter(pl.col("wrong") == pl.col("rows"))
    return int(whole["wrong"].sum()), int(keys["wrong"].sum()) - int(whole["wrong"].sum())
