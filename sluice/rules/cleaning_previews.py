"""Sum up what cleaners change in a batch."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from sluice.domain import MASK, CellChange, CleanerChanges


def sum_up_changes(repairs: pl.DataFrame, personal: Collection[str], samples: int) -> tuple[CleanerChanges, ...]:
    """Return what each cleaner changes in each column, the most repaired cells first.

    Args:
        repairs: Repairs and candidates of one batch (schema REPAIRS).
        personal: Personal columns, whose values are masked.
        samples: Number of changes shown for each cleaner and column at most.

    Example:
        >>> cells = {"column": ["brand"] * 3, "old": ["Nkie", "Nkie", "Adidsa"], "new": ["Nike", "Nike", "Adidas"], "cleaner": ["parse"] * 3}
        >>> repairs = pl.DataFrame({**cells, "applied": [True, True, False]})
        >>> (changes,) = sum_up_changes(repairs, (), 2)
        >>> changes.applied, changes.candidates, changes.samples
        (2, 1, (CellChange(old='Nkie', new='Nike', cells=2),))
    """
    masked = repairs.with_columns(
        pl.when(pl.col("column").is_in(list(personal)) & pl.col(name).is_not_null()).then(pl.lit(MASK)).otherwise(pl.col(name)).alias(name)
        for name in ("old", "new")
    )
    sums = masked.group_by("cleaner", "column").agg(pl.col("applied").sum().alias("repaired"), (~pl.col("applied")).sum().alias("candidates"))
    ordered = sums.sort(["repaired", "candidates", "cleaner", "column"], descending=[True, True, False, False])
    return tuple(
        CleanerChanges(cleaner, column, repaired, candidates, _samples(masked, cleaner, column, samples, applied=repaired > 0))
        for cleaner, column, repaired, candidates in ordered.iter_rows()
    )


def _samples(repairs: pl.DataFrame, cleaner: str, column: str, count: int, *, applied: bool) -> tuple[CellChange, ...]:
    """Return the most frequent changes of a cleaner in a column."""
    own = repairs.filter(pl.col("cleaner") == cleaner, pl.col("column") == column, pl.col("applied") == applied)
    changes = own.group_by("old", "new").len().sort(["len", "old", "new"], descending=[True, False, False]).head(count)
    return tuple(CellChange(*change) for change in changes.iter_rows())
