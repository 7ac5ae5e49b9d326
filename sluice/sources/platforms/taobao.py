"""Describe Taobao's UserBehavior set: no header, five columns."""

from __future__ import annotations

import polars as pl

from sluice.sources.platforms.platform import ColumnFacts, Platform

_NAMES = ("user_id", "item_id", "category_id", "behavior", "timestamp")


def _has_behaviors(frame: pl.DataFrame) -> bool:
    """Return True where the fourth column holds Taobao's kinds of events, and the others digits."""
    if frame.width != len(_NAMES):
        return False
    kinds = frame.to_series(3).drop_nulls()
    digits = (frame.to_series(index).drop_nulls().str.contains(r"^-?\d+$").all() for index in (0, 1, 2, 4))
    return kinds.len() > 0 and bool(kinds.is_in(["pv", "buy", "cart", "fav"]).all()) and all(digits)


TABLES = (
    Platform(
        title="Taobao's UserBehavior",
        headers=(_NAMES,),
        matches=_has_behaviors,
        names=_NAMES,
        columns=(
            ColumnFacts(r"user_id|item_id|category_id|behavior", "string", personal=False),
            ColumnFacts(r"timestamp", "timestamp"),
        ),
        no_key=True,
        time=("timestamp",),
        mode="append",
        remarks=(
            "times count seconds",
            "days are those of UTC+8",
        ),
    ),
)
