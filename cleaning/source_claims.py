"""Weigh what sources claim, by how often they agree with the others."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from sluice.domain import ROW

_ROUNDS = 6  # of weighing the sources and counting their votes again
_OTHER_VALUES = 10.0  # wrong values that a claim could have instead of the right one
_MIN_WEIGHT = 0.01


def claims_of(rows: pl.DataFrame, source: str, thing: Sequence[str], columns: Sequence[str]) -> pl.DataFrame:
    """Return one row per cell: `_row_id`, `source`, `thing`, `column`, `value` (text; null where the source says nothing).

    Args:
        rows: Rows of the batch.
        source: Column that names the source.
        thing: Columns that identify what a row is about.
        columns: Columns to compare.
    """
    key = pl.concat_str([pl.col(name).cast(pl.String) for name in thing], separator="\x1f")
    texts = rows.select(ROW, pl.col(source).cast(pl.String).alias("source"), key.alias("thing"), *(pl.col(name).cast(pl.String) for name in columns))
    return texts.drop_nulls(["source", "thing"]).unpivot(columns, index=[ROW, "source", "thing"], variable_name="column", value_name="value")


def winners(claims: pl.DataFrame) -> pl.DataFrame:
    """Return for each thing and column its `winner`, with its `share` of the votes, the `sources` that claim it, and all `claims`.

    Args:
        claims: Cells, as `claims_of` returns them.
    """
    stated = claims.drop_nulls("value")
    weights = stated.select("source").unique(maintain_order=True).with_columns(weight=pl.lit(1.0))
    winning = _count(stated, weights)
    for _ in range(_ROUNDS):
        agreed = stated.join(winning.filter(pl.col("claims") > 1), on=["thing", "column"], maintain_order="left").group_by("source", maintain_order=True)
        rate = agreed.agg(rate=((pl.col("value") == pl.col("winner")).sum() + 1) / (pl.len() + 2))
        weight = (_OTHER_VALUES * pl.col("rate") / (1 - pl.col("rate"))).log().clip(_MIN_WEIGHT)
        winning = _count(stated, rate.select("source", weight.alias("weight")))
    return winning


def agreement_of_sources(claims: pl.DataFrame, winning: pl.DataFrame) -> pl.DataFrame:
    """Count for each source and column the values that it `stated`, and how many of them win (`wins`).

    Args:
        claims: Cells, as `claims_of` returns them.
        winning: Winners, as `winners` returns them.
    """
    compared = claims.join(winning, on=["thing", "column"], how="inner", maintain_order="left")
    return compared.group_by("source", "column", maintain_order=True).agg(
        pl.col("value").count().alias("stated"), (pl.col("value") == pl.col("winner")).sum().alias("wins")
    )


def _count(stated: pl.DataFrame, weights: pl.DataFrame) -> pl.DataFrame:
    weighted = stated.join(weights, on="source", how="left", maintain_order="left").with_columns(pl.col("weight").fill_null(1.0))
    values = weighted.group_by("thing", "column", "value", maintain_order=True).agg(
        pl.col("weight").sum(), pl.col("source").n_unique().alias("sources"), pl.len().alias("claims")
    )
    ordered = values.sort("weight", "sources", "value", descending=[True, True, False])
    return ordered.group_by("thing", "column", maintain_order=True).agg(
        pl.col("value").first().alias("winner"),
        (pl.col("weight").first() / pl.col("weight").sum()).alias("share"),
        pl.col("sources").first(),
        pl.col("claims").sum(),
    )
