"""Say which past items an answer depends on: without any single one of them an item would not be shown."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

import polars as pl

from recommender.data.sequences import Bools
from recommender.explain.event_contributions import MAX_EVENTS
from recommender.serving.online_recommender import OnlineRecommender


def needed_items(
    recommender: OnlineRecommender,
    history: pl.DataFrame,
    k: int = 10,
    *,
    among: Collection[str] | Bools | None = None,
    at: datetime | None = None,
    side: Mapping[str, object] | None = None,
) -> dict[str, tuple[str, ...]]:
    """Return for each recommended item the past items without which it would not be among the best `k`, the newest first.

    Exact for every model: each past item is left out once with all its events, and the answer is computed again. A past item that is left out may be
    recommended itself, and take a place. Where no single one matters, since others say the same, there is none.

    Args:
        recommender: What recommends.
        history: The user's interactions, schema INTERACTIONS, the newest last; the newest `MAX_EVENTS` items are left out one at a time.
        k: Number of items of the answer, at most.
        among: The only items to recommend, as ids or as a mask of shape (items,); None: the whole catalog.
        at: The current time; by default that of the newest event.
        side: Attributes of the user and context of the request, by prefixed names of side columns.
    """
    newest = at or history["time"].max()
    now = newest if isinstance(newest, datetime) else None
    past = [item for item in history["item"].reverse().unique(maintain_order=True) if item in recommender.item_numbers][:MAX_EVENTS]
    needed: dict[str, list[str]] = {entry.item: [] for entry in recommender.recommend(history, k, among=among, at=now, side=side)}
    for item in past:
        answer = recommender.recommend(history.filter(pl.col("item") != item), k, among=among, at=now, side=side)
        for missing in needed.keys() - {entry.item for entry in answer}:
            needed[missing].append(item)
    return {item: tuple(items) for item, items in needed.items()}
