"""Count the distinct values of a column exactly where they are few, and estimate their number where they are many."""

from __future__ import annotations

import math
from dataclasses import dataclass

import polars as pl

from sluice.worker.profiling.limits import Limits, least_hashes, least_hashes_of


@dataclass(frozen=True, slots=True, eq=False)
class Distinct:
    """Summarise the distinct values of a column.

    What is kept follows from the values alone, not from how they are divided: their counts while they are few, then the least of their hashes (a
    bottom-k sketch: Bar-Yossef et al. 2002, "Counting distinct elements in a data stream"; Beyer et al. 2007 for its estimator and its error).

    Attributes:
        limits: How much is kept.
        hashes: The least hashes of distinct values, in order; of all where they are few.
        counts: Each distinct value, cut to its first characters, with its hash and its number of rows (`hash`, `value`, `count`); None where there
            are too many.
    """

    limits: Limits
    hashes: pl.Series
    counts: pl.DataFrame | None

    @classmethod
    def of(cls, cells: pl.Series, limits: Limits, *, values: bool = True, surely_many: bool = False) -> Distinct:
        """Summarise cells without nulls.

        Args:
            cells: The cells.
            limits: How much is kept.
            values: Whether values may be kept; otherwise a null stands for each.
            surely_many: Whether they are known to have too many distinct values to be counted.
        """
        if surely_many:
            return cls(limits, least_hashes_of(cells, limits.hashes), None)
        hashes = cells.hash().alias("hash")  # hashes are counted faster than texts
        counts = hashes.value_counts()
        if counts.height > limits.counted:
            return cls(limits, least_hashes(counts["hash"], limits.hashes), None)
        first = hashes.arg_unique()
        value = (cells.gather(first).str.head(limits.text) if cells.dtype == pl.String else cells.gather(first)) if values else pl.Series([None] * len(first))
        pairs = pl.DataFrame([hashes.gather(first), value.alias("value")]).join(counts, on="hash")
        return cls(limits, least_hashes(counts["hash"], limits.hashes), pairs.with_columns(pl.col("count").cast(pl.Int64)).sort("hash"))

    def merge(self, other: Distinct) -> Distinct:
        """Return the summary of both."""
        hashes = least_hashes(pl.concat([self.hashes, other.hashes]), self.limits.hashes)
        if self.counts is None or other.counts is None:
            return Distinct(self.limits, hashes, None)
        counts = pl.concat([self.counts, other.counts]).group_by("hash").agg(pl.col("value").first(), pl.col("count").sum()).sort("hash")
        return Distinct(self.limits, hashes, counts if counts.height <= self.limits.counted else None)

    @property
    def number(self) -> int:
        """Return the number of distinct values, or its estimate."""
        if self.counts is not None:
            return self.counts.height
        return round((len(self.hashes) - 1) * 2.0**64 / int(self.hashes[-1])) if self.error else len(self.hashes)

    @property
    def error(self) -> float:
        """Return the standard error of the number, as a share of it."""
        exact = self.counts is not None or len(self.hashes) < self.limits.hashes
        return 0.0 if exact else 1 / math.sqrt(max(self.limits.hashes - 2, 1))
