"""Count what is popular now in each region, for new visitors, where that foretells what people there choose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

import numpy as np
import polars as pl

from recommender.data.sequences import Floats
from recommender.models.popularity import HALF_LIFE

PRIOR = 20.0  # decayed users that the popularity everywhere counts for in a region, so that few events there decide little
NEWEST = 0.1  # share of the events, the newest, that say whether regions matter
BEST = 10  # items that are compared with what was chosen
CERTAIN = 1.645  # standard errors by which hits must be more: 95 %, one-sided


@dataclass(frozen=True, slots=True, eq=False)
class RegionalPopularity:
    """Hold the decayed number of users of each item by region.

    Attributes:
        counts: By region, shape (items,) each; none where regions foretell nothing.
        gained: Newest events that the popularity of their region foretold and that everywhere did not.
        lost: Those that it did not foretell and that everywhere did.
    """

    counts: Mapping[str, Floats] = field(default_factory=dict)
    gained: int = 0
    lost: int = 0

    @classmethod
    def build(cls, events: pl.DataFrame, item_numbers: Mapping[str, int]) -> Self:
        """Count the users of each region, and keep the counts only where they foretell the newest events better than those of all regions.

        Args:
            events: Columns `user`, `item`, `time`, `weight` and `region`, in any order.
            item_numbers: The number of each known item; other items are ignored.

        Example:
            >>> from datetime import datetime, timedelta
            >>> days = [datetime(2026, 3, 1) + timedelta(hours=hour) for hour in range(400)]
            >>> rows = {"user": [f"u{n}" for n in range(400)], "item": [f"i{n % 2 * 20 + n % 20}" for n in range(400)]}
            >>> events = pl.DataFrame({**rows, "time": days, "weight": 1.0, "region": ["north", "south"] * 200})
            >>> sorted(RegionalPopularity.build(events, {f"i{n}": n for n in range(40)}).counts)
            ['north', 'south']
        """
        numbers = pl.DataFrame({"item": list(item_numbers), "number": list(item_numbers.values())}, schema={"item": pl.String, "number": pl.Int64})
        counted = events.join(numbers, on="item").drop_nulls(["region"]).sort("time")
        newest = int(counted.height * NEWEST)
        early, late = counted.head(counted.height - newest), counted.tail(newest)
        gained, lost = _compare(_count(early, len(item_numbers)), late)
        matters = gained - lost > CERTAIN * np.sqrt(gained + lost)
        regional = {region: counts for region, counts in _count(counted, len(item_numbers)).items() if region is not None} if matters else {}
        return cls(regional, gained, lost)


def _count(events: pl.DataFrame, items: int) -> dict[str | None, Floats]:
    """Return the smoothed counts by region, and under None those of all; each user counts once per item."""
    age = (pl.col("time").max() - pl.col("time")).dt.total_seconds()
    decayed = events.with_columns(weight=pl.col("weight") * 0.5 ** (age / HALF_LIFE))
    users = decayed.group_by("region", "user", "number").agg(pl.col("weight").max())
    everywhere = _sum(users, items)
    share = everywhere / max(float(everywhere.sum()), 1e-9)
    counts: dict[str | None, Floats] = {str(name): _sum(rows, items) + PRIOR * share for (name,), rows in users.group_by("region")}
    return counts | {None: everywhere}


def _sum(users: pl.DataFrame, items: int) -> Floats:
    return np.bincount(users["number"].to_numpy(), weights=users["weight"].to_numpy(), minlength=items).astype(np.float32)


def _compare(counts: Mapping[str | None, Floats], late: pl.DataFrame) -> tuple[int, int]:
    """Return how many events only the best items of their region hold, and how many only those of all regions."""
    best = {region: {*np.argsort(-values, kind="stable")[:BEST].tolist()} for region, values in counts.items()}
    pairs = [(number in best.get(region, best[None]), number in best[None]) for number, region in late.select("number", "region").rows()]
    return sum(one and not other for one, other in pairs), sum(other and not one for one, other in pairs)
