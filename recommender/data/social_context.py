"""Read what the people around a user interacted with before: a feature of users who have no interactions themselves yet."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from recommender.data.published import has_columns, keep_trusted_runs
from recommender.data.sequences import MAX_SOCIAL_ITEMS
from sluice.config import Recommender
from sluice.ports import Snapshot


def load_relations(snapshot: Snapshot, config: Recommender, runs: Sequence[str] | None = None) -> pl.DataFrame:
    """Load the pairs of users who know each other, in both directions.

    Args:
        snapshot: Snapshot to read.
        config: Names of the dataset and its columns.
        runs: Runs that are trusted whatever their own decision was, beside those that were open; None trusts every run.

    Returns:
        Columns `user` and `other`; empty where no relations are configured or published.

    Raises:
        ModelError: The published rows lack a configured column.
    """
    relations = config.relations
    rows = snapshot.published(relations.dataset) if relations else pl.LazyFrame()
    if relations is None or not has_columns(rows, relations.dataset, [relations.user, relations.related_user], "recommender.relations"):
        return pl.DataFrame(schema={"user": pl.String, "other": pl.String})
    trusted = keep_trusted_runs(rows, snapshot, relations.dataset, runs)
    pairs = trusted.select(user=pl.col(relations.user).cast(pl.String), other=pl.col(relations.related_user).cast(pl.String)).drop_nulls().collect()
    return pl.concat([pairs, pairs.select(user="other", other="user")]).filter(pl.col("user") != pl.col("other")).unique().sort("user", "other")


def collect_social_interactions(events: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Collect the newest interactions of the people around each user that precede the user's first: nothing of it can leak what came later.

    Args:
        events: Schema INTERACTIONS.
        pairs: Of `load_relations`.

    Returns:
        Rows of the same schema with the user's id, weight 0 and unknown order, which tell them from the user's own.
    """
    first = events.group_by("user").agg(first=pl.col("time").min())
    joined = pairs.join(events.rename({"user": "other"}), on="other").join(first, on="user", how="left")
    before = joined.filter(pl.col("first").is_null() | (pl.col("time") < pl.col("first"))).sort("user", "time", "other", "item")
    newest = before.unique(["user", "item"], keep="last", maintain_order=True).group_by("user", maintain_order=True).tail(MAX_SOCIAL_ITEMS)
    unweighted = {"weight": pl.lit(0.0), "ordered": pl.lit(value=False), "kind": pl.lit(None, dtype=pl.String)}
    return newest.with_columns(**unweighted).select(events.columns)
