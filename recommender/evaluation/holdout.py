"""The hold-out: the newest part of the accepted events, which no evaluated model was trained on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from recommender.data.interactions import collapse_repeats


@dataclass(frozen=True, slots=True, eq=False)
class Holdout:
    """Interactions parted at a moment.

    Attributes:
        cut: Training ends before it.
        train: All interactions before the cut, but those that are sealed; repeats are collapsed.
        targets: One row a user who met something new since the cut: `user`, the newest such `item`, and `new_user`
            (True where he was never seen before the cut). Only items whose order is known are asked for.
        histories: What each of these users did before his target, in the order of `targets`; part of it may lie after
            the cut: it is what a model is told when it is asked, not what it learned from.
    """

    cut: datetime
    train: pl.DataFrame
    targets: pl.DataFrame
    histories: pl.DataFrame


def split_holdout(events: pl.DataFrame, cut: datetime, *, sealed: pl.Expr | None = None) -> Holdout:
    """Part interactions at a moment; the same frame and moment give the same hold-out for ever.

    Args:
        events: Schema INTERACTIONS, as `interactions` orders it.
        cut: Where training ends.
        sealed: True for interactions that nobody may learn from, such as those of an earlier hold-out; they stay part of the histories.
    """
    placed = events.with_columns(place=pl.int_range(pl.len()).over("user"), earlier=pl.col("time") < cut, own=pl.col("weight") > 0)
    first_met = pl.col("own") & (pl.col("place") == pl.col("place").min().over("user", "item", "own"))
    told = pl.col("ordered") | pl.col("earlier")
    fresh = placed.filter(first_met & pl.col("ordered") & ~pl.col("earlier"))
    targets = fresh.sort("user", "place").group_by("user", maintain_order=True).last().select("user", "item", until="place")
    before = placed.join(targets.select("user", "until"), on="user", maintain_order="left").filter((pl.col("place") < pl.col("until")) & told)
    seen = before.group_by("user").agg(new_user=~(pl.col("earlier") & pl.col("own")).any())
    return Holdout(
        cut=cut,
        train=collapse_repeats(placed.filter(pl.col("earlier") & ~(pl.lit(value=False) if sealed is None else sealed))),
        targets=targets.join(seen, on="user", maintain_order="left").select("user", "item", "new_user"),
        histories=collapse_repeats(before),
    )


def find_cutoff(events: pl.DataFrame, span: timedelta, until: datetime | None) -> datetime | None:
    """Where the newest `span` of the events begins; None where there are none.

    Args:
        events: Schema INTERACTIONS.
        span: The length of the hold-out.
        until: No event is believed to be newer; None where that is not known.
    """
    believed = events if until is None else events.filter(pl.col("time") <= until)
    newest = believed["time"].max()
    return newest - span if isinstance(newest, datetime) else None
