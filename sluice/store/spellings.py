"""Count the values of a column over published and held rows."""

from __future__ import annotations

import polars as pl

from sluice.domain import ROW, Spelling
from sluice.rules.spellings import MOST_VALUES
from sluice.store.store import SqlStore


def spellings_of(store: SqlStore, dataset: str, column: str) -> list[Spelling] | None:
    """Return the distinct texts of a column with the published and the held rows that hold each, the most frequent first.

    Args:
        store: The records and rows.
        dataset: Name of the dataset.
        column: Name of one of its columns of type string.

    Returns:
        The texts; None where there are more than `MOST_VALUES` of them, as of no column of words.
    """
    published = store.snapshot().published(dataset)
    counted = _count(published, column).rename({"rows": "published"}).collect()
    held = _count(_held(store, dataset, column).lazy(), column).rename({"rows": "held"}).collect()
    both = counted.join(held, on="value", how="full", coalesce=True).fill_null(0)
    if both.height > MOST_VALUES:
        return None
    return [Spelling(*row) for row in both.sort(-(pl.col("published") + pl.col("held")), "value").select("value", "published", "held").iter_rows()]


def _held(store: SqlStore, dataset: str, column: str) -> pl.DataFrame:
    stored = store.snapshot().quarantine(dataset).collect_schema().names()
    return store.quarantine.held(dataset, columns=[column]) if column in stored else pl.DataFrame(schema={ROW: pl.String, column: pl.String})


def _count(rows: pl.LazyFrame, column: str) -> pl.LazyFrame:
    """Return the number of rows by value (`value`, `rows`); none where the rows lack the column."""
    if column not in rows.collect_schema().names():
        return pl.LazyFrame(schema={"value": pl.String, "rows": pl.Int64})
    texts = rows.select(pl.col(column).cast(pl.String).alias("value")).drop_nulls()
    return texts.group_by("value").agg(pl.len().cast(pl.Int64).alias("rows"))
