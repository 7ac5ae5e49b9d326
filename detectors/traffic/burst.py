"""Bursts: one user, address, session or item with far more events within a second, a minute or an hour than accepted ones have.

The counts of the windows in which something happened follow a negative binomial, since people and items differ; its moments are those of
accepted batches, so that a burst cannot raise its own limit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import stats

from detectors.traffic.frames import FINDINGS, add_counts, make_findings, pack_table, unpack_table
from sluice.domain import Message, message_column

NAME, NEEDS = "burst", ("time",)
MESSAGE = Message.of("traffic_burst")
BY = {"user": "visitor", "ip": "address", "session": "session", "item": "item"}
WINDOWS = {"second": 1, "minute": 60, "hour": 3600}
FEWEST = 1000  # windows, below which nothing is known
MOST = 10_000  # events of a window that are told apart
TRIM = 1e-4  # share of accepted windows, and at least three, whose counts set no limit: a burst may have been accepted once
_COUNTS = pl.Schema({"by": pl.String(), "window": pl.String(), "events": pl.Int64(), "windows": pl.Int64()})


@dataclass(frozen=True, slots=True, eq=False)
class WindowCounts:
    """Count windows: how many `windows` of a length had so many `events` of one `by`, such as one user."""

    table: pl.DataFrame

    @classmethod
    def none(cls) -> Self:
        """Nothing yet."""
        return cls(_COUNTS.to_frame())

    def after(self, rows: pl.DataFrame) -> Self:
        """Return the state after these accepted events."""
        new = [
            _windows(rows, by, window)
            .group_by(pl.col("events").clip(upper_bound=MOST))
            .agg(windows=pl.len())
            .select(pl.lit(by).alias("by"), pl.lit(window).alias("window"), "events", "windows")
            for by, window in _looked_at(rows)
        ]
        return type(self)(add_counts(self.table, pl.concat([_COUNTS.to_frame(), *(counts.cast(_COUNTS) for counts in new)])))

    def pack(self) -> dict[str, NDArray[Any]]:
        """Convert to arrays."""
        return pack_table("counts", self.table)

    @classmethod
    def unpack(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Restore from arrays."""
        return cls(unpack_table("counts", _COUNTS, arrays))


def find_bursts(rows: pl.DataFrame, learned: WindowCounts, *, chance: float) -> pl.DataFrame:
    """Find the events of windows that hold far more of them than is usual.

    Args:
        rows: Visits: `_row_id`, `time` and, where known, `user`, `ip`, `session`, `item`.
        learned: The counts of accepted windows.
        chance: How likely one window may be found by chance.
    """
    findings = [_find_windows(rows, by, window, learned, chance) for by, window in _looked_at(rows)]
    return pl.concat([FINDINGS.to_frame(), *findings]).sort("score", "message").unique("_row_id", keep="first", maintain_order=True)


def _find_windows(rows: pl.DataFrame, by: str, window: str, learned: WindowCounts, chance: float) -> pl.DataFrame:
    counts = learned.table.filter((pl.col("by") == by) & (pl.col("window") == window))
    if int(counts["windows"].sum()) < FEWEST:
        return FINDINGS.to_frame()
    counts, windows = _trimmed(counts), _windows(rows, by, window)
    sizes = windows["events"].unique().sort()
    by_size = pl.DataFrame({"events": sizes, "p": _tail(sizes.to_numpy(), counts)}, schema={"events": pl.Int64, "p": pl.Float64})
    rare = by_size.filter((pl.col("p") * windows.height < chance) & (pl.col("events") > counts["events"].max()))
    if rare.is_empty():
        return FINDINGS.to_frame()
    many = windows.join(rare, on="events", how="inner")
    hit = rows.filter(pl.col(by).is_not_null()).with_columns(_code(by), start=_start(window)).join(many, on=["code", "start"], how="inner")
    return make_findings(hit, pl.col("p"), message_column("event_of_burst", by=pl.lit(BY[by]), events=pl.col("events"), window=pl.lit(window)))


def _windows(rows: pl.DataFrame, by: str, window: str) -> pl.DataFrame:
    """Return the windows in which something happened to one thing: its `code`, `start`, `events`."""
    whole = rows.lazy().filter(pl.col(by).is_not_null()).select(_code(by), start=_start(window)).drop_nulls()
    return whole.group_by("code", "start").agg(events=pl.len().cast(pl.Int64)).collect()


def _code(by: str) -> pl.Expr:
    """Encode a name as a number, since grouping by text takes twice as long."""
    return pl.col(by).hash(0).alias("code")


def _start(window: str) -> pl.Expr:
    """Return the number of the window that a time lies in."""
    return pl.col("time").dt.epoch("s") // WINDOWS[window]


def _looked_at(rows: pl.DataFrame) -> list[tuple[str, str]]:
    return [(by, window) for by in BY if by in rows.columns for window in WINDOWS]


def _trimmed(counts: pl.DataFrame) -> pl.DataFrame:
    """Lower the highest counts to what enough windows reach."""
    reached = counts.sort("events", descending=True).filter(pl.col("windows").cum_sum() >= max(3.0, TRIM * int(counts["windows"].sum())))
    return counts.with_columns(pl.col("events").clip(upper_bound=int(reached["events"][0])))


def _tail(events: NDArray[np.int64], counts: pl.DataFrame) -> NDArray[np.float64]:
    """P(a window has at least so many), with the moments of accepted windows, which have at least one."""
    values, weights = counts["events"].to_numpy() - 1.0, counts["windows"].to_numpy().astype(np.float64)
    mean = max(float(np.average(values, weights=weights)), 1e-4)
    variance = float(np.average((values - mean) ** 2, weights=weights))
    if variance <= mean:
        return np.asarray(stats.poisson.sf(events - 2.0, mean))
    return np.asarray(stats.nbinom.sf(events - 2.0, mean**2 / (variance - mean), mean / variance))
