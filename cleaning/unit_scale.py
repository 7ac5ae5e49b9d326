"""Divides numbers that are off by a known factor: a price in cents, a weight in kilograms."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import polars as pl

from cleaning.history import published
from cleaning.repair import NEW, SURE, WHY, Proposal, mend, untouched
from sluice.domain import ROW, Batch, Cleaned, Schema, Verdict
from sluice.ports import Snapshot

_MOST = 0.8  # share of a column's comparable cells that makes a factor the whole column's
_FEW = 5  # comparable cells below which nothing is said of the whole column


@dataclass(frozen=True)
class UnitScale:
    """Compares a number with what was published for the same key; where their ratio is a known factor, the number is divided.

    A number that merely changed stays: its ratio must lie within the tolerance of a factor, and nearer to it than to 1.
    Where most of a column is off by the same factor, its unit changed: cells without a reference are divided too.

    Attributes:
        schema: The dataset's.
        column: The number that is mended.
        key: The column, in both datasets, that says which rows belong together.
        dataset: The dataset that holds the reference; the own past unless named.
        reference_column: Its column; the same name unless given.
        factors: Each counts both ways: 100 stands for a hundred times too large and a hundred times too small.
        tolerance: How far the ratio may be from a factor, as a share of it.
        min_confidence: Lowest confidence that is applied.
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
        """Refuse columns that are no declared numbers, and factors near 1."""
        numbers = [each.name for each in self.schema.columns if each.type in ("number", "integer")]
        if self.column not in numbers:
            raise ValueError(f"column must name a number; {self.column} is not one of {', '.join(numbers)}")
        if self.key not in self.schema.names:
            raise ValueError(f"key must name a declared column; {self.key} is not one of {', '.join(self.schema.names)}")
        if not 0 < self.tolerance < 1 or any(factor <= 0 or abs(math.log(factor)) <= 2 * math.log1p(self.tolerance) for factor in self.factors):
            raise ValueError("factors must be positive and further from 1 than twice the tolerance, which is a share between 0 and 1")

    def clean(self, batch: Batch, verdicts: Sequence[Verdict], snapshot: Snapshot) -> Cleaned:
        """Divide what is off by a factor."""
        known = published(snapshot, self.dataset or self.schema.dataset, [self.key, self.reference_column or self.column])
        if known is None or not {self.column, self.key} <= set(batch.rows.columns):
            return untouched(batch)
        rows = self._measured(batch.rows, known)
        return mend(batch, [Proposal(self.column, self._cells(rows))], "unit_scale", self.min_confidence)

    def _measured(self, rows: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
        """The rows' number, and the factor that it is off by: 1 where it is not, null where there is nothing to compare with."""
        reference = pl.col(known.columns[-1]).cast(pl.Float64, strict=False)
        usual = (
            known.select(pl.col(self.key).cast(rows.schema[self.key], strict=False), reference.alias("usual"))
            .drop_nulls()
            .group_by(self.key)
            .agg(pl.col("usual").median())
        )
        ratio = (pl.col("own") / pl.col("usual")).log().alias("ratio")
        told = (
            rows.select(ROW, self.key, pl.col(self.column).cast(pl.Float64).alias("own"))
            .drop_nulls("own")
            .join(usual, on=self.key, how="left", maintain_order="left")
            .with_columns(pl.when((pl.col("own") > 0) & (pl.col("usual") > 0)).then(ratio))
        )
        steps = [(factor, sign) for factor in self.factors for sign in (1, -1)]
        near = [pl.when((pl.col("ratio") - sign * math.log(factor)).abs() <= math.log1p(self.tolerance)).then(factor**sign) for factor, sign in steps]
        return told.with_columns(pl.when(pl.col("ratio").is_not_null()).then(pl.coalesce(*near, pl.lit(1.0))).alias("factor"))

    def _cells(self, rows: pl.DataFrame) -> pl.DataFrame:
        whole, share = self._common(rows["factor"].drop_nulls())
        own = pl.col("factor") != 1
        factor = pl.when(own).then("factor").when(pl.col("factor").is_null() & (pl.col("own") != 0)).then(pl.lit(whole, dtype=pl.Float64))
        sure = pl.when(own).then(pl.when(pl.col("factor") == pl.lit(whole, dtype=pl.Float64)).then(0.99).otherwise(0.95)).otherwise(pl.lit(share))
        why = (
            pl.when(own)
            .then(pl.lit("off by a factor of ") + factor.cast(pl.String))
            .otherwise(pl.lit("most of the column is off by a factor of ") + factor.cast(pl.String))
        )
        divided = (pl.col("own") / factor).round_sig_figs(12)
        if self.schema.dtypes[self.column] == pl.Int64:
            divided = pl.when(divided == divided.round()).then(divided.cast(pl.Int64, strict=False))
        return rows.select(ROW, divided.alias(NEW), sure.alias(SURE), why.alias(WHY)).drop_nulls(NEW)

    def _common(self, factors: pl.Series) -> tuple[float | None, float]:
        """The factor that most of the column is off by, and the share of it that is; None where there is no such factor."""
        if factors.len() < _FEW:
            return None, 0.0
        factor = cast("float", factors.mode().sort()[0])
        share = float((factors == factor).sum()) / factors.len()
        return (factor, share) if factor != 1 and share >= _MOST else (None, 0.0)
