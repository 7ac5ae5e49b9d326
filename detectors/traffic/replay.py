"""Replays: blocks of events that come again after one common time, under new keys.

People do repeat themselves, each after a time of their own. So every event is compared with the last ones that are equal to it in all but
key and time, and a lag that far more pairs share than lags of its length do is a log that was read twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import stats

from detectors.traffic.frames import FINDINGS, hash_names, make_findings, pack_table, shift_within, unpack_table
from sluice.domain import Message, message_column

NAME, NEEDS = "replay", ("user", "item", "time")
MESSAGE = Message.of("traffic_replay")
RECENT = 100_000  # events of earlier batches that are remembered, the newest
BACK = 3  # equal events that one is compared with, the last ones
STEP = 1.0  # seconds: lags that differ by less are one
SHORTEST = 10.0  # seconds: what comes again sooner is a double click
FEWEST = 8  # pairs, and different visitors among them a third as many, that make a block
_EQUAL = ("user", "item", "kind", "session", "price", "quantity")
_RECENT = pl.Schema({"sign": pl.UInt64(), "time": pl.Datetime("us", "UTC")})


@dataclass(frozen=True, slots=True, eq=False)
class RecentEvents:
    """Remember the newest events of earlier batches: `sign` (a hash of all but key and time) and `time`; at most RECENT."""

    events: pl.DataFrame

    @classmethod
    def none(cls) -> Self:
        """Nothing yet."""
        return cls(_RECENT.to_frame())

    def after(self, rows: pl.DataFrame, *, most: int = RECENT) -> Self:
        """Return the state after these accepted events; only the newest `most` are remembered."""
        new = _signed(rows).select(_RECENT.names()).cast(_RECENT)
        return type(self)(pl.concat([self.events, new]).sort("time", "sign").tail(most))

    def pack(self) -> dict[str, NDArray[Any]]:
        """Convert to arrays."""
        return pack_table("recent", self.events)

    @classmethod
    def unpack(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Restore from arrays."""
        return cls(unpack_table("recent", _RECENT, arrays))


def find_replays(rows: pl.DataFrame, learned: RecentEvents, *, chance: float) -> pl.DataFrame:
    """Events that repeat others after a lag which too many share.

    Args:
        rows: Visits: `_row_id`, `user`, `item`, `time`, and what else there is to be equal in.
        learned: The newest events of earlier batches.
        chance: How likely one lag may be found by chance.
    """
    pairs = _pairs(rows, learned)
    if pairs.height < FEWEST:
        return FINDINGS.to_frame()
    lags = pairs.group_by("lag").agg(pairs=pl.len(), visitors=pl.col("user").n_unique()).sort("lag")
    p = stats.poisson.sf(lags["pairs"].to_numpy() - 1, _expected_pairs(lags))
    common = lags.with_columns(p=pl.Series(p, dtype=pl.Float64)).filter(
        (pl.col("pairs") >= FEWEST) & (pl.col("visitors") * 3 >= FEWEST) & (pl.col("p") * lags.height < chance)
    )
    again = pairs.join(common, on="lag", how="inner").sort("p", "_row_id").unique("_row_id", keep="first", maintain_order=True)
    return make_findings(again, pl.col("p"), message_column("event_of_replay", lag=pl.col("lag"), events=pl.col("pairs"), visitors=pl.col("visitors")))


def _pairs(rows: pl.DataFrame, learned: RecentEvents) -> pl.DataFrame:
    """Events with their `lag` behind each of the last ones that equal them."""
    signed = _signed(rows)
    earlier = learned.events.join(signed, on="sign", how="semi")
    events = pl.concat([earlier, signed], how="diagonal").filter(pl.col("sign").is_duplicated()).sort("sign", "time", "_row_id")
    lags = [(pl.col("time") - shift_within("time", "sign", back)).dt.total_microseconds() / 1e6 for back in range(1, BACK + 1)]
    with_lags = events.with_columns(lag=pl.concat_list([(lag / STEP).round() * STEP for lag in lags])).filter(pl.col("_row_id").is_not_null())
    return with_lags.select("_row_id", "user", "lag").explode("lag").drop_nulls("lag").filter(pl.col("lag") >= SHORTEST)


def _signed(rows: pl.DataFrame) -> pl.DataFrame:
    whole = rows.drop_nulls(NEEDS)
    text = pl.concat_str([pl.col(name).cast(pl.String).fill_null("") for name in _EQUAL if name in rows.columns], separator="\0")
    return whole.select("_row_id", "user", "time", sign=hash_names(whole.select(text).to_series()))


def _expected_pairs(lags: pl.DataFrame) -> NDArray[np.float64]:
    """Estimate how many pairs a lag has by chance: the mean over lags from two thirds of it to one and a half, itself left out."""
    lag, count = lags["lag"].to_numpy(), lags["pairs"].to_numpy().astype(np.float64)
    sums = np.concatenate([[0.0], np.cumsum(np.minimum(count, np.quantile(count, 0.99)))])
    low, high = np.searchsorted(lag, lag / 1.5 - 5 * STEP), np.searchsorted(lag, lag * 1.5 + 5 * STEP, side="right")
    width = (lag * 1.5 - lag / 1.5) / STEP + 10
    return np.asarray(np.maximum((sums[high] - sums[low]) / width, 1e-3))
