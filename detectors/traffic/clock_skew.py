"""Clocks that are wrong: hours off the server's, ahead of now, before their visitor was known, or stamping a whole session with one moment.

How long events take to the server is read off accepted ones; a device that is off by whole hours has its zone or summer time wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

import polars as pl
from numpy.typing import NDArray

from detectors.traffic.frames import FINDINGS, add_counts, make_findings, pack_table, unpack_table
from sluice.domain import Message, message_column

NAME, NEEDS = "clock_skew", ("time",)
MESSAGE = Message.of("traffic_clock_skew")
TOLERANCE = 900.0  # seconds that a clock may be off
SHARE = 0.001  # share of accepted events that take longer to the server than what is usual
FEWEST = 1000  # accepted events, below which nothing is known of delays and stamps
TOGETHER = 3  # events of one session and moment that make a stamp
_DELAYS = pl.Schema({"power": pl.Int64(), "events": pl.Int64()})
_STAMPS = pl.Schema({"together": pl.Int64(), "events": pl.Int64()})


@dataclass(frozen=True, slots=True, eq=False)
class ClockDelays:
    """Hold what was learned about clocks.

    Attributes:
        delays: How many accepted `events` took no longer than 2 to the `power` seconds to the server, and longer than half of it.
        stamps: How many accepted events share their moment with so many of their session (`together`, itself counted).
    """

    delays: pl.DataFrame
    stamps: pl.DataFrame

    @classmethod
    def none(cls) -> Self:
        """Nothing yet."""
        return cls(_DELAYS.to_frame(), _STAMPS.to_frame())

    def after(self, rows: pl.DataFrame) -> Self:
        """Return the state after these accepted events."""
        power = pl.col("delay").clip(lower_bound=1.0).log(2).ceil().cast(pl.Int64).clip(0, 40)
        delays = _delayed(rows).group_by(power=power).agg(events=pl.len())
        return type(self)(add_counts(self.delays, delays), add_counts(self.stamps, _stamped(rows).group_by("together").agg(events=pl.len())))

    @property
    def typical_delay(self) -> float:
        """Seconds within which nearly all accepted events reached the server; at least TOLERANCE."""
        total = int(self.delays["events"].sum())
        late = self.delays.sort("power").filter(pl.col("events").cum_sum() >= (1 - SHARE) * total)
        return max(TOLERANCE, 2.0 * 2.0 ** int(late["power"][0])) if total >= FEWEST else TOLERANCE

    def pack(self) -> dict[str, NDArray[Any]]:
        """Convert to arrays."""
        return pack_table("delays", self.delays) | pack_table("stamps", self.stamps)

    @classmethod
    def unpack(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Restore from arrays."""
        return cls(unpack_table("delays", _DELAYS, arrays), unpack_table("stamps", _STAMPS, arrays))


def find_clock_skew(rows: pl.DataFrame, learned: ClockDelays, *, now: datetime) -> pl.DataFrame:
    """Events whose time cannot be trusted.

    Args:
        rows: Visits: `_row_id`, `time` and, where known, `received`, `since`, `session`.
        learned: What was learned of clocks.
        now: The time that the batch is judged at.
    """
    never = pl.lit(None, dtype=pl.Float64)
    ahead = rows.filter(pl.col("time") > pl.lit(now).dt.offset_by(f"{TOLERANCE:.0f}s"))
    late = _delayed(rows).filter(~pl.col("delay").is_between(-TOLERANCE, learned.typical_delay))
    hours = (pl.col("delay") / 3600).round()
    whole = (hours.abs() >= 1) & ((pl.col("delay") - 3600 * hours).abs() < 120)
    minutes = (pl.col("delay") / 60).round().cast(pl.Int64)
    off = pl.when(whole).then(message_column("time_off_by_hours", minutes=minutes)).otherwise(message_column("time_off", minutes=minutes))
    findings = [
        make_findings(ahead, never, message_column("time_ahead_of_now")),
        make_findings(_unknown(rows), never, message_column("time_before_signup")),
        make_findings(late, never, off),
        _stamps(rows, learned),
    ]
    return pl.concat(findings).unique("_row_id", keep="first", maintain_order=True)


def _unknown(rows: pl.DataFrame) -> pl.DataFrame:
    """Events before the day on which their visitor was first known: such dates are often kept without a time."""
    return rows.filter(pl.col("time") < pl.col("since").dt.truncate("1d")) if "since" in rows.columns else rows.clear()


def _stamps(rows: pl.DataFrame, learned: ClockDelays) -> pl.DataFrame:
    total = int(learned.stamps["events"].sum())
    if total < FEWEST:
        return FINDINGS.to_frame()
    events = _stamped(rows).filter(pl.col("together") >= TOGETHER)
    more = learned.stamps.sort("together", descending=True).select("together", more=pl.col("events").cum_sum()).sort("together")
    share = events.sort("together").join_asof(more, on="together", strategy="forward").with_columns(p=(pl.col("more").fill_null(0) + 1) / (total + 1))
    return make_findings(
        share.filter(pl.col("p") < 2 * SHARE),
        pl.col("p"),
        message_column("time_shared", others=pl.col("together") - 1),
    )


def _stamped(rows: pl.DataFrame) -> pl.DataFrame:
    if "session" not in rows.columns:
        return pl.DataFrame(schema={"_row_id": pl.String, "together": pl.Int64})
    whole = rows.drop_nulls(["session", "time"])
    return whole.select("_row_id", together=pl.len().over("session", "time").cast(pl.Int64).clip(upper_bound=1000))


def _delayed(rows: pl.DataFrame) -> pl.DataFrame:
    if "received" not in rows.columns:
        return pl.DataFrame(schema={"_row_id": pl.String, "delay": pl.Float64})
    whole = rows.drop_nulls(["received", "time"])
    return whole.select("_row_id", delay=(pl.col("received") - pl.col("time")).dt.total_microseconds() / 1e6)
