"""Suggests cleaners for a dataset from its data: which columns another one determines, nearly always."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from sluice.config import Step
from sluice.domain import Schema

ROWS_EACH = 4  # rows of an average value of the determining column: fewer would prove nothing
AGREE = 0.9  # share of rows that agree with the most frequent value beside theirs
TRIVIAL = 0.8  # a column of which one value makes up more is agreed upon by chance
SAMPLE = 50_000


def suggest_dependencies(schema: Schema, rows: pl.DataFrame) -> list[tuple[Step, str]]:
    """Approximate functional dependencies, as settings of the cleaner `functional_dependency`: for each column its best determining one.

    The measure is the share of rows to keep (g3 of Kivinen and Mannila, "Approximate inference of functional dependencies from relations",
    1995), over values that come more than once.

    Args:
        schema: The dataset's.
        rows: Some of its rows, in the declared types.
    """
    texts = [column.name for column in schema.columns if column.type == "string" and column.name in rows.columns and column.name not in schema.key]
    sample = rows.head(SAMPLE).select(texts)
    determining = [name for name in texts if 1 < sample[name].n_unique() <= sample.height / ROWS_EACH]
    made = [_best(sample, name, determining) for name in texts]
    return [each for each in made if each is not None]


def _best(rows: pl.DataFrame, column: str, determining: Sequence[str]) -> tuple[Step, str] | None:
    counts = rows[column].drop_nulls().value_counts()["count"].to_list()
    if not counts or max(counts) / sum(counts) > TRIVIAL:
        return None
    shares = {by: _agreement(rows, by, column) for by in determining if by != column}
    found = max(shares, key=lambda by: (round(shares[by], 2), -rows[by].n_unique()), default=None)
    if found is None or shares[found] < AGREE:
        return None
    return Step(
        name="functional_dependency", settings={"determinant": found, "dependent": column}
    ), f"{shares[found]:.1%} of the rows agree: one {found} has one {column}"


def _agreement(rows: pl.DataFrame, by: str, column: str) -> float:
    """The share of rows, among those whose `by` comes again, that have the most frequent value of `column` beside it."""
    pairs = rows.select(by, column).drop_nulls().group_by(by, column).len()
    groups = pairs.group_by(by).agg(pl.col("len").sum().alias("rows"), pl.col("len").max().alias("most")).filter(pl.col("rows") > 1)
    total = int(groups["rows"].sum())
    return int(groups["most"].sum()) / total if total >= rows.height / 2 else 0.0
