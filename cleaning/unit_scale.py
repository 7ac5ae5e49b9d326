"""Divide numbers that are off by a known factor: a price in cents, a weight in kilograms."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from cleaning.history import read_published
from cleaning.repair import CONFIDENCE, MESSAGE, NEW, Proposal, apply_proposals, unchanged
from cleaning.value_counts import count_rows
from sluice.domain import ROW, Batch, Cleaned, Part, Schema, Tally, Verdict, message_column
from sluice.errors import InvalidValue
from sluice.messages import make_error
from sluice.ports import Needs, Snapshot

_MIN_COLUMN_SHARE = 0.8  # share of the comparable cells of a column from which a factor applies to all of it
_EXACT = 2**53  # beyond it, a float names no single integer
_MIN_COMPARABLE = 5  # comparable cells below which no factor applies to a whole column


@dataclass(frozen=True)
class UnitScale:
    """Compare a number with the published numbers of the same key, and divide it where the ratio is a known factor.

    A number that merely changed stays: its ratio must lie within the tolerance of a factor, and nearer to it than to 1.
    Where most of a column is off by the same factor, its unit changed: cells without a reference are divided too.

    Attributes:
        schema: Schema of the dataset.
        column: Number column to repair.
        key: Column, in both datasets, by which rows are joined.
        dataset: Dataset that holds the reference; the published rows of the same dataset by default.
        reference_column: Column of the reference dataset; the same name as `column` by default.
        factors: Factors to look for. Each counts both ways: 100 means a hundred times too large or too small.
        tolerance: Largest relative difference of a ratio from a factor (0 to 1).
        min_confidence: Lowest confidence of a repair that is applied (0 to 1).

    Example:
        >>> import polars as pl
        >>> from sluice.domain import Column, Schema
        >>> from sluice.testing import MemorySnapshot, make_batch
        >>> schema = Schema("events", columns=(Column("item"), Column("price", "number")))
        >>> published = pl.DataFrame({"item": ["a", "b"], "price": [12.5, 8.0]})
        >>> batch = make_batch(schema, {"item": ["a", "b"], "price": [1250.0, 8.4]})
        >>> cleaned = UnitScale(schema, "price", "item").clean(batch, [], MemorySnapshot({"events": published}))
        >>> cleaned.batch.rows["price"].to_list()
        [12.5, 8.4]
    """

    schema: Schema
    column: str
    key: str
    dataset: str | None = None
    reference_column: str | None = None
    factors: tuple[float, ...] = (10.0, 100.0, 1000.0)
    tolerance: float = 0.02
    min_confidence: float = 0.9

    def __post_init__(self) -> None:
        """Reject columns that are not declared numbers, and factors near 1."""
        numbers = [column.name for column in self.schema.columns if column.type in ("number", "integer")]
        if self.column not in numbers:
            raise make_error(InvalidValue, "scaled_column_no_number", column=self.column, columns=tuple(numbers))
        if self.key not in self.schema.names:
            raise make_error(InvalidValue, "scale_key_undeclared", column=self.key, columns=tuple(self.schema.names))
        if not 0 < self.tolerance < 1 or any(factor <= 0 or abs(math.log(factor)) <= 2 * math.log1p(self.tolerance) for factor in self.factors):
            raise make_error(InvalidValue, "factors_unfit")

    @property
    def needs(self) -> Needs:
        """Return that it asks by which factor most of the column is off."""
        return Needs()

    def clean(self, batch: Batch, verdicts: Sequence[Verdict], snapshot: Snapshot) -> Cleaned:
        """Divide the numbers that are off by a factor."""
        reference = read_published(snapshot, self.dataset or self.schema.dataset, [self.key, self.reference_column or self.column])
        if reference is None or not {self.column, self.key} <= set(batch.rows.columns):
            return unchanged(batch)
        rows = self._with_factor(batch.rows, reference)
        return apply_proposals(batch, [Proposal(self.column, self._cells(rows, batch.part))], "unit_scale", self.min_confidence)

    def _with_factor(self, rows: pl.DataFrame, reference: pl.DataFrame) -> pl.DataFrame:
        """Return the number of each row (`own`) and the factor that it is off by: 1 where it is not, null without a reference."""
        numbers = pl.col(reference.columns[-1]).cast(pl.Float64, strict=False)
        reference_value = (
            reference.select(pl.col(self.key).cast(rows.schema[self.key], strict=False), numbers.alias("usual"))
            .drop_nulls()
            .group_by(self.key)
            .agg(pl.col("usual").median())
        )
        ratio = (pl.col("own") / pl.col("usual")).log().alias("ratio")
        compared = (
            rows.select(ROW, self.key, pl.col(self.column).cast(pl.Float64).alias("own"))
            .drop_nulls("own")
            .join(reference_value, on=self.key, how="left", maintain_order="left")
            .with_columns(pl.when((pl.col("own") > 0) & (pl.col("usual") > 0)).then(ratio))
        )
        signed = [(factor, sign) for factor in self.factors for sign in (1, -1)]
        near = [pl.when((pl.col("ratio") - sign * math.log(factor)).abs() <= math.log1p(self.tolerance)).then(factor**sign) for factor, sign in signed]
        return compared.with_columns(pl.when(pl.col("ratio").is_not_null()).then(pl.coalesce(*near, pl.lit(1.0))).alias("factor"))

    def _cells(self, rows: pl.DataFrame, part: Part) -> pl.DataFrame:
        column_factor, share = self._column_factor(part.total(f"factors of {self.column}", _count_factors(rows)).counts)
        part.confirm(f"factor of {self.column}", (column_factor, share))
        scaled = pl.col("factor") != 1
        unknown = pl.col("factor").is_null() & (pl.col("own") != 0)
        factor = pl.when(scaled).then("factor").when(unknown).then(pl.lit(column_factor, dtype=pl.Float64))
        confidence = (
            pl.when(scaled).then(pl.when(pl.col("factor") == pl.lit(column_factor, dtype=pl.Float64)).then(0.99).otherwise(0.95)).otherwise(pl.lit(share))
        )
        message = pl.when(scaled).then(message_column("off_by_factor", factor=factor)).otherwise(message_column("column_off_by_factor", factor=factor))
        divided = _divide(rows.select("own", factor.alias("factor")))
        if self.schema.dtypes[self.column] == pl.Int64:
            divided = divided.set((divided != divided.round()) | (divided.abs() > _EXACT), None).cast(pl.Int64)
        return rows.select(ROW, divided.alias(NEW), confidence.alias(CONFIDENCE), message.alias(MESSAGE)).drop_nulls(NEW)

    def _column_factor(self, counts: pl.DataFrame) -> tuple[float | None, float]:
        """Return the factor that most of the column is off by and the share of cells with it; None where there is no such factor."""
        comparable = int(counts["count"].sum())
        if comparable < _MIN_COMPARABLE:
            return None, 0.0
        factor, count = counts.sort("count", "factor", descending=[True, False]).row(0)
        share = count / comparable
        return (factor, share) if factor != 1 and share >= _MIN_COLUMN_SHARE else (None, 0.0)


def _count_factors(rows: pl.DataFrame) -> Tally:
    return Tally(count_rows(rows.drop_nulls("factor"), ["factor"], "count"), ("factor",))


def _divide(pairs: pl.DataFrame) -> pl.Series:
    """Divide `own` by `factor` as decimal numbers, so that 1999 by 100 is 19.99; null where either is missing.

    A number counts by its first 15 digits, which are all that every decimal number keeps as a float: 0.11900000000000001 is 0.119.
    """
    distinct = pairs.drop_nulls().unique(maintain_order=True)
    quotients = [_quotient(Decimal(f"{own:.15g}"), factor) for own, factor in distinct.iter_rows()]
    divided = distinct.with_columns(pl.Series("divided", quotients, dtype=pl.Float64))
    return pairs.join(divided, on=["own", "factor"], how="left", maintain_order="left")["divided"]


def _quotient(number: Decimal, factor: float) -> float:
    """Divide by a factor; one below 1 is the inverse of a configured one."""
    return float(number / Decimal(repr(factor)) if factor > 1 else number * Decimal(repr(1 / factor)))
