"""Machines that keep a beat: pauses between events that are far more alike than people's.

The logarithms of a person's pauses are roughly normal, with a spread that accepted sessions tell. So (n - 1) s² / σ² of a session follows a
chi-square distribution, and a beat is its far lower tail, from six events on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import stats

from detectors.traffic.frames import FINDINGS, make_findings, shift_within
from sluice.domain import Message, message_column

NAME, NEEDS = "regular_timing", ("user", "time")
MESSAGE = Message.of("traffic_regular_timing")
SHORTEST = 5  # pauses, below which no beat is told
FEWEST = 1000  # accepted pauses, below which nothing is known
LONGEST = 1800.0  # seconds: a longer pause is a new visit


@dataclass(frozen=True, slots=True, eq=False)
class PauseSpread:
    """Measure how much people's pauses differ: degrees of freedom, and the sum of squares of their logarithms around each visit's mean; [2]."""

    sums: NDArray[np.float64]

    @classmethod
    def none(cls) -> Self:
        """Nothing yet."""
        return cls(np.zeros(2))

    def after(self, rows: pl.DataFrame) -> Self:
        """Return the state after these accepted events."""
        visits = _visits(rows)
        return type(self)(self.sums + np.array([float(visits["freedom"].sum()), float(visits["squares"].sum())]))

    def pack(self) -> dict[str, NDArray[Any]]:
        """Convert to arrays."""
        return {"spread.sums": self.sums}

    @classmethod
    def unpack(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Restore from arrays."""
        return cls(arrays["spread.sums"])


def find_regular_timing(rows: pl.DataFrame, learned: PauseSpread, *, chance: float) -> pl.DataFrame:
    """Find the events of visits with regular timing.

    Args:
        rows: Visits: `_row_id`, `user`, `time` and, where known, `session`.
        learned: How far people's pauses differ.
        chance: How likely one visit may be found by chance.
    """
    visits = _visits(rows)
    if learned.sums[0] < FEWEST or visits.is_empty():
        return FINDINGS.to_frame()
    p = stats.chi2.cdf(visits["squares"].to_numpy() / (learned.sums[1] / learned.sums[0]), visits["freedom"].to_numpy())
    steady = visits.with_columns(p=pl.Series(p, dtype=pl.Float64)).filter(pl.col("p") * visits.height < chance)
    spread = (pl.col("squares") / pl.col("freedom")).sqrt().exp() - 1
    message = message_column("event_of_regular_timing", pauses=pl.col("freedom") + 1, pace=pl.col("pace"), spread=spread)
    return make_findings(_named(rows).join(steady, on="visit", how="inner"), pl.col("p"), message)


def _named(rows: pl.DataFrame) -> pl.DataFrame:
    """Events with the number of the `visit` that they belong to: what comes without a long pause, of one user and session."""
    session = pl.col("session").fill_null("") if "session" in rows.columns else pl.lit("")
    codes = [pl.col("user").hash(0), session.hash(0).alias("session")]  # to sort texts takes longer
    ordered = rows.drop_nulls(NEEDS).select("_row_id", "time", *codes).sort("user", "session", "time", "_row_id")
    pause = pl.col("time").diff().dt.total_microseconds() / 1e6
    starts = (pl.col("user") != pl.col("user").shift()) | (pl.col("session") != pl.col("session").shift()) | (pause > LONGEST)
    return ordered.select("_row_id", "time", visit=starts.fill_null(value=True).cum_sum())


def _visits(rows: pl.DataFrame) -> pl.DataFrame:
    """Return for each visit with enough pauses: degrees of `freedom`, sum of `squares` of the logarithms, and the median `pace` in seconds."""
    gaps = _named(rows).with_columns(gap=(pl.col("time") - shift_within("time", "visit")).dt.total_microseconds() / 1e6).filter(pl.col("gap") > 0)
    log = pl.col("gap").log()
    squares = ((log - log.mean()) ** 2).sum()
    by_visit = gaps.group_by("visit", maintain_order=True).agg(pauses=pl.len().cast(pl.Int64), squares=squares, pace=pl.col("gap").median())
    return by_visit.filter(pl.col("pauses") >= SHORTEST).with_columns(freedom=pl.col("pauses") - 1)
