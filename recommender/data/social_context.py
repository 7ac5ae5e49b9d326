"""What the people around a user had met before he came: one more thing that is known of him, before he has met anything himself."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from recommender.data.published import has_columns, keep_trusted_runs
from recommender.data.sequences import MAX_SOCIAL_ITEMS
from sluice.config import Recommender
from sluice.ports import Snapshot


def load_relations(snapshot: Snapshot, config: Recommender, runs: Sequence[str] | None = None) -> pl.DataFrame:
    """Who knows whom, in both directions.

    Args:
        snapshot: What was published.
        config: Names the dataset and its columns.
        runs: The runs that are trusted whatever their own decision was, beside those that were open; None trusts every run.

    Returns:
        Columns `user` and `other`; empty where no relations are configured or published.

    Raises:
        ModelError: The published rows lack a configured column.
    """
    told = config.relations
    rows = snapshot.published(told.dataset) if told else pl.LazyFrame()
    if told is None or not has_columns(rows, told.dataset, [told.user, told.related_user], "recommender.relations"):
        return pl.DataFrame(schema={"user": pl.String, "other": pl.String})
    trusted = keep_trusted_runs(rows, snapshot, told.dataset, runs)
    pairs = trusted.select(user=pl.col(told.user).cast(pl.String), other=pl.col(told.related_user).cast(pl.String))
    there = pairs.drop_nulls().collect()
    return pl.concat([there, there.select(user="other", other="user")]).filter(pl.col("user") != pl.col("other")).unique().sort("user", "other")


def collect_social_interactions(events: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """The newest interactions of the people around each user from before his own first: nothing of it can tell what he took later.

    Args:
        events: Schema INTERACTIONS.
        pairs: Of `relations`.

    Returns:
        Rows of the same schema in the user's name, with weight 0 and of unknown order, so that nothing takes them for his own.
    """
    first = events.group_by("user").agg(first=pl.col("time").min())
    met = pairs.join(events.rename({"user": "other"}), on="other").join(first, on="user", how="left")
    before = met.filter(pl.col("first").is_null() | (pl.col("time") < pl.col("first"))).sort("user", "time", "other", "item")
    newest = before.unique(["user", "item"], keep="last", maintain_order=True).group_by("user", maintain_order=True).tail(MAX_SOCIAL_ITEMS)
    light = {"weight": pl.lit(0.0), "ordered": pl.lit(value=False), "kind": pl.lit(None, dtype=pl.String)}
    return newest.with_columns(**light).select(events.columns)
