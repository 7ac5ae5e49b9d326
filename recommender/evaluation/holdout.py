"""Split interactions in time: the newest part of the accepted events is the hold-out, on which no evaluated model was trained."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from recommender.data.interactions import collapse_repeats
from recommender.data.side_columns import side_columns


@dataclass(frozen=True, slots=True, eq=False)
class Holdout:
    """Hold interactions split at a moment.

    Attributes:
        cutoff: Moment at which training ends.
        train: Interactions before the cutoff, less excluded ones; repeats are collapsed.
        targets: One row per user with a new item since the cutoff: `user`, the newest such `item`, and `new_user` (True where the user
            has no interactions before the cutoff). Only items whose order is known are targets. Side columns are those of the target's event.
        histories: Interactions of each of these users before the target, in the order of `targets`. They may lie after the cutoff: they
            are the input of an evaluated model, not its training data.
    """

    cutoff: datetime
    train: pl.DataFrame
    targets: pl.DataFrame
    histories: pl.DataFrame


def split_holdout(events: pl.DataFrame, cutoff: datetime, *, excluded: pl.Expr | None = None) -> Holdout:
    """Split interactions at a moment; equal frames and moments give equal hold-outs.

    Args:
        events: Schema INTERACTIONS, and side columns, as `load_interactions` orders it.
        cutoff: Moment at which training ends.
        excluded: True for interactions that must not be learned from, such as those of an earlier hold-out; they stay part of the histories.
    """
    events = events.with_columns(position=pl.int_range(pl.len()).over("user"), earlier=pl.col("time") < cutoff, own=pl.col("weight") > 0)
    first_of_item = pl.col("own") & (pl.col("position") == pl.col("position").min().over("user", "item", "own"))
    usable = pl.col("ordered") | pl.col("earlier")
    new_items = events.filter(first_of_item & pl.col("ordered") & ~pl.col("earlier"))
    side = side_columns(events)
    targets = new_items.sort("user", "position").group_by("user", maintain_order=True).last().select("user", "item", *side, until="position")
    before = events.join(targets.select("user", "until"), on="user", maintain_order="left").filter((pl.col("position") < pl.col("until")) & usable)
    new_users = before.group_by("user").agg(new_user=~(pl.col("earlier") & pl.col("own")).any())
    return Holdout(
        cutoff=cutoff,
        train=collapse_repeats(events.filter(pl.col("earlier") & ~(pl.lit(value=False) if excluded is None else excluded))),
        targets=targets.join(new_users, on="user", maintain_order="left").select("user", "item", "new_user", *side),
        histories=collapse_repeats(before),
    )


def find_cutoff(events: pl.DataFrame, span: timedelta, until: datetime | None) -> datetime | None:
    """Return the moment at which the newest `span` of the events begins; None where there are none.

    Args:
        events: Schema INTERACTIONS.
        span: Length of the hold-out.
        until: Latest plausible time of an event; None where that is not known.
    """
    plausible = events if until is None else events.filter(pl.col("time") <= until)
    newest = plausible["time"].max()
    return newest - span if isinstance(newest, datetime) else None
