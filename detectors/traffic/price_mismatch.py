"""Prices against the catalog's at the time of the event.

The catalog is seen now and then. A price that was first seen in one snapshot may have been in force since the one before, and one that
was last seen in a snapshot until the next; a price is held against all that may have been in force. Nothing is known of the time before an
item was seen first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

import polars as pl
from numpy.typing import NDArray

from detectors.traffic.frames import FINDINGS, make_findings, pack_table, unpack_table
from sluice.domain import Message, message_column

NAME, NEEDS = "price_mismatch", ("item", "time", "price")
MESSAGE = Message.of("traffic_price_mismatch")
LIMIT = 200_000  # prices that are remembered, those in force and the newest others
TOLERANCE = 0.005  # relative difference that rounding explains
_PRICES = pl.Schema(
    {"item": pl.String(), "price": pl.Float64(), "since": pl.Datetime("us", "UTC"), "seen": pl.Datetime("us", "UTC"), "until": pl.Datetime("us", "UTC")}
)
_OPEN = datetime.fromisoformat("2200-01-01T00:00:00+00:00")


@dataclass(frozen=True, slots=True, eq=False)
class PriceHistory:
    """Remember past prices, a bounded number of them.

    Attributes:
        versions: Columns `item`, `price`, `since` (not in force before), `seen` (when it was last seen in force) and `until` (not in force after).
    """

    versions: pl.DataFrame

    @classmethod
    def none(cls) -> Self:
        """Nothing yet."""
        return cls(_PRICES.to_frame())

    def after(self, catalog: pl.DataFrame, at: datetime, *, limit: int = LIMIT) -> Self:
        """Return the state after an accepted catalog.

        Args:
            catalog: Columns `item` (text) and `price`.
            at: The time that the catalog was judged at; an older one than was seen before changes nothing.
            limit: The most prices to remember.
        """
        newest = self.versions["seen"].max()
        if newest is not None and at <= newest:  # type: ignore[operator]  # a time
            return self
        now = catalog.drop_nulls().unique("item", keep="last", maintain_order=True).select(pl.col("item"), current=pl.col("price").cast(pl.Float64))
        open_, closed = (self.versions.filter(condition) for condition in (pl.col("until") == _OPEN, pl.col("until") != _OPEN))
        both = open_.join(now, on="item", how="left", maintain_order="left")
        same = both["current"].is_null() | ((both["current"] - both["price"]).abs() <= 1e-9)
        unchanged = both.filter(same).with_columns(seen=pl.when(pl.col("current").is_null()).then("seen").otherwise(pl.lit(at)))
        ended = both.filter(~same).with_columns(until=pl.lit(at))
        began = now.join(both.filter(same), on="item", how="anti").join(both.select("item", "seen"), on="item", how="left")
        new = began.select("item", price="current", since=pl.col("seen").fill_null(pl.lit(at)), seen=pl.lit(at), until=pl.lit(_OPEN))
        every = [part.select(_PRICES.names()).cast(_PRICES) for part in (closed, ended, unchanged, new)]
        return type(self)(pl.concat(every).sort("until", "seen", "item").tail(limit))

    def pack(self) -> dict[str, NDArray[Any]]:
        """Convert to arrays."""
        return pack_table("prices", self.versions)

    @classmethod
    def unpack(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Restore from arrays."""
        return cls(unpack_table("prices", _PRICES, arrays))


def find_price_mismatches(rows: pl.DataFrame, learned: PriceHistory) -> pl.DataFrame:
    """Events whose price the catalog did not have at their time.

    Events after the newest catalog are not judged, nor items that it does not hold.

    Args:
        rows: Visits: `_row_id`, `item`, `time`, `price`.
        learned: The catalog's prices, those of the newest one among them.
    """
    newest = learned.versions["seen"].max()
    if newest is None:
        return FINDINGS.to_frame()
    judged = rows.drop_nulls(NEEDS).filter(pl.col("time") <= newest).select("_row_id", "item", "time", paid="price")
    versions = judged.join(learned.versions, on="item", how="inner", maintain_order="left")
    near = (pl.col("paid") - pl.col("price")).abs() <= TOLERANCE * pl.col("price").abs()
    held = pl.col("time").is_between("since", "until")
    every = versions.group_by("_row_id", maintain_order=True).agg(held=held.any(), right=(held & near).any(), once=near.any())
    wrong = every.filter(pl.col("held") & ~pl.col("right"))
    message = pl.when("once").then(message_column("price_of_another_time")).otherwise(message_column("price_not_in_catalog"))
    return make_findings(wrong, pl.lit(None, dtype=pl.Float64), message)
