"""Suggest cleaners for a dataset from its data: approximate functional dependencies."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from sluice.config import Step
from sluice.domain import Schema

MIN_ROWS_PER_VALUE = 4  # rows per value of the determinant, on average: fewer prove nothing
MIN_AGREEMENT = 0.9  # share of rows that hold the most frequent value of their group
MAX_MODE_SHARE = 0.8  # a column with a more frequent value agrees by chance
SAMPLE_ROWS = 50_000


def suggest_dependencies(schema: Schema, rows: pl.DataFrame) -> list[tuple[Step, str]]:
    """Find approximate functional dependencies and return settings of the cleaner `functional_dependency`, with a reason each.

    For each column the best determinant is suggested. The measure is the share of rows to keep (g3 of Kivinen and Mannila,
    "Approximate inference of functional dependencies from relations", 1995), over values that occur more than once.

    Args:
        schema: Schema of the dataset.
        rows: Some of its rows, in the declared types.
    """
    texts = [column.name for column in schema.columns if column.type == "string" and column.name in rows.columns and column.name not in schema.key]
    sample = rows.head(SAMPLE_ROWS).select(texts)
    determinants = [name for name in texts if 1 < sample[name].n_unique() <= sample.height / MIN_ROWS_PER_VALUE]
    suggestions = [_best_determinant(sample, name, determinants) for name in texts]
    return [suggestion for suggestion in suggestions if suggestion is not None]


def _best_determinant(rows: pl.DataFrame, dependent: str, determinants: Sequence[str]) -> tuple[Step, str] | None:
    counts = rows[dependent].drop_nulls().value_counts()["count"].to_list()
    if not counts or max(counts) / sum(counts) > MAX_MODE_SHARE:
        return None
    shares = {name: _agreement(rows, name, dependent) for name in determinants if name != dependent}
    best = max(shares, key=lambda name: (round(shares[name], 2), -rows[name].n_unique()), default=None)
    if best is None or shares[best] < MIN_AGREEMENT:
        return None
    step = Step(name="functional_dependency", settings={"determinant": best, "dependent": dependent})
    return step, f"{shares[best]:.1%} of the rows agree: one {best} has one {dependent}"


def _agreement(rows: pl.DataFrame, determinant: str, dependent: str) -> float:
    """Compute the share of rows that hold the most frequent value of their group, among groups of two rows or more."""
    pairs = rows.select(determinant, dependent).drop_nulls().group_by(determinant, dependent).len()
    groups = pairs.group_by(determinant).agg(pl.col("len").sum().alias("rows"), pl.col("len").max().alias("most")).filter(pl.col("rows") > 1)
    total = int(groups["rows"].sum())
    return int(groups["most"].sum()) / total if total >= rows.height / 2 else 0.0
