"""Load interactions of users with items from published events, and the catalog of items."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from recommender.data.published import has_columns, keep_trusted_runs
from recommender.data.side_columns import context_columns, load_users, required_columns, side_columns
from recommender.data.social_context import collect_social_interactions, load_relations
from sluice.config import Recommender
from sluice.domain import ACTION, ROW, RUN
from sluice.ports import Snapshot

INTERACTIONS = pl.Schema(
    {
        "user": pl.String(),
        "item": pl.String(),
        "kind": pl.String(),  # null where no kind is configured
        "time": pl.Datetime("us", "UTC"),
        "weight": pl.Float64(),
        "ordered": pl.Boolean(),  # False: the interaction is certain, its time is not
    }
)


def load_interactions(
    snapshot: Snapshot, config: Recommender, runs: Sequence[str] | None = None, *, user: str | None = None, side: bool = False
) -> pl.DataFrame:
    """Load the users' interactions, each user's together and in order; those of unknown order come first.

    Where relations are configured, earlier interactions of the people around a user precede the user's own, with weight 0.

    Args:
        snapshot: Snapshot to read.
        config: Names of the dataset and its columns.
        runs: Only rows that these runs published; None: all.
        user: Only this user's interactions; None: all users'.
        side: Read the side columns as well: attributes of the users, and context of the events.

    Returns:
        A frame of schema INTERACTIONS, and the side columns; empty where nothing is published.

    Raises:
        ModelError: The published rows lack a configured column.
    """
    rows = snapshot.published(config.events)
    needed = [config.user, config.item, config.time, *([config.kind] if config.kind else []), *(required_columns(config) if side else ())]
    if not has_columns(rows, config.events, needed):
        return pl.DataFrame(schema=INTERACTIONS)
    if runs is not None:
        rows = rows.filter(pl.col(RUN).is_in(list(runs)))
    pairs = load_relations(snapshot, config, runs)
    if user is not None:
        pairs = pairs.filter(pl.col("user") == user)
        rows = rows.filter(pl.col(config.user).cast(pl.String).is_in([user, *pairs["other"]]))
    own = _add_users(parse_interactions(rows, config, side=side), load_users(snapshot, config, runs, user=user) if side else None)
    if pairs.is_empty():
        return own
    combined = pl.concat([collect_social_interactions(own, pairs), own]).sort("user", pl.col("weight") > 0, maintain_order=True)
    return combined if user is None else combined.filter(pl.col("user") == user)


def load_regions(snapshot: Snapshot, config: Recommender) -> pl.DataFrame | None:
    """Load the events with the region of each: `user`, `item`, `time`, `weight` and `region`; None where none is configured or published.

    Args:
        snapshot: Snapshot to read.
        config: Names of the dataset and its columns.
    """
    if config.region is None:
        return None
    rows = snapshot.published(config.events)
    if not has_columns(rows, config.events, [config.user, config.item, config.time, config.region, *([config.kind] if config.kind else [])]):
        return None
    columns = {name: expression for name, expression in _columns(config).items() if name in ("user", "item", "time", "weight")}
    return rows.select(**columns, region=pl.col(config.region).cast(pl.String)).drop_nulls().filter(pl.col("weight") > 0).collect()


def parse_interactions(rows: pl.LazyFrame, config: Recommender, *, side: bool = False) -> pl.DataFrame:
    """Convert published rows to interactions of schema INTERACTIONS, and their context, each user's together and in order."""
    context = context_columns(rows.collect_schema(), config) if side else {}
    parsed = rows.select(**_columns(config), **context, row=ROW).drop_nulls(["user", "item", "time", "weight"]).filter(pl.col("weight") > 0)
    return parsed.sort("user", "ordered", "time", "row").select(*INTERACTIONS.names(), *context).collect()


def _add_users(events: pl.DataFrame, users: pl.DataFrame | None) -> pl.DataFrame:
    """Add the attributes of the users, where they are known."""
    return events if users is None else events.join(users, on="user", how="left", maintain_order="left")


def _columns(config: Recommender) -> dict[str, pl.Expr]:
    kind = pl.col(config.kind).cast(pl.String) if config.kind else pl.lit(None, dtype=pl.String)
    weight = pl.lit(1.0)
    if config.kind and config.weights:
        weight = kind.replace_strict(dict(config.weights), default=None, return_dtype=pl.Float64)
    return {
        "user": pl.col(config.user).cast(pl.String),
        "item": pl.col(config.item).cast(pl.String),
        "kind": kind,
        "time": pl.col(config.time).cast(pl.Datetime("us", "UTC")),
        "weight": weight,
        "ordered": pl.col(ACTION).ne_missing("order_unknown"),
    }


def collapse_repeats(events: pl.DataFrame) -> pl.DataFrame:
    """Merge consecutive interactions of a user with one item, such as a view, a cart and a purchase.

    The result has the strongest kind, and the time and context of the first. Without this, repeats cost co-occurrence a tenth of its Recall.
    """
    strongest = pl.col("kind", "weight").sort_by("weight", descending=True, maintain_order=True).first()
    runs = events.with_columns(run=pl.struct("user", "item", "ordered").rle_id())
    first, names = pl.col("user", "item", "time", "ordered", *side_columns(events)).first(), [*INTERACTIONS.names(), *side_columns(events)]
    return runs.group_by("run", maintain_order=True).agg(first, strongest).select(names)


def load_catalog(snapshot: Snapshot, config: Recommender, runs: Sequence[str] | None = None) -> pl.DataFrame:
    """Load the items with all configured columns, one row per item, sorted by id.

    Where an item has several rows, as one for each variant, picture or store view, each column has the value of the row with the fewest nulls, or
    else of the next one.

    Args:
        snapshot: Snapshot to read.
        config: Names of the dataset and its columns.
        runs: Runs that are trusted whatever their own decision was; None trusts every run. Rows of other runs
            count only where the run's decision was open: rows of a catalog may be older than the training window.

    Returns:
        Columns `item` (text), and `config.item_columns` by their own names; only `item` where nothing is published.

    Raises:
        ModelError: The published rows lack a configured column.
    """
    rows = snapshot.published(config.items)
    if not has_columns(rows, config.items, [config.catalog_item, *config.item_columns]):
        return pl.DataFrame(schema={"item": pl.String})
    columns = [pl.col(config.catalog_item).cast(pl.String).alias("item"), *map(pl.col, config.item_columns)]
    return (
        keep_trusted_runs(rows, snapshot, config.items, runs)
        .sort(pl.sum_horizontal(pl.col(config.item_columns).is_not_null()) if config.item_columns else pl.lit(0), ROW)
        .select(columns)
        .drop_nulls("item")
        .group_by("item")
        .agg(pl.col(config.item_columns).drop_nulls().last())
        .sort("item")
        .collect()
    )
