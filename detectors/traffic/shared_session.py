"""Sessions of several people or devices, and visitors with more sessions than people have.

What a session has only one of (a visitor, an address, a user agent, a country) is read off the accepted past.
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

NAME, NEEDS = "shared_session", ("user", "session")
MESSAGE = Message.of("traffic_shared_session")
ONCE = ("user", "ip", "agent", "country")
WORDS = {"user": "visitors", "ip": "addresses", "agent": "user agents", "country": "countries"}
SINGLE = 0.98  # share of accepted sessions that must have one value only, for several to be odd
FEWEST = 200  # accepted sessions, and visitors, below which nothing is known
MOST = 64  # sessions of a visitor and batch that are told apart
_SINGLE = pl.Schema({"column": pl.String(), "single": pl.Boolean(), "sessions": pl.Int64()})
_COUNTS = pl.Schema({"sessions": pl.Int64(), "visitors": pl.Int64()})


@dataclass(frozen=True, slots=True, eq=False)
class SessionCounts:
    """Hold what was learned about sessions.

    Attributes:
        single: How many accepted sessions had one value of a `column` (`single`), and how many several.
        counts: How many `visitors` had so many `sessions` in a batch.
    """

    single: pl.DataFrame
    counts: pl.DataFrame

    @classmethod
    def none(cls) -> Self:
        """Nothing yet."""
        return cls(_SINGLE.to_frame(), _COUNTS.to_frame())

    def after(self, rows: pl.DataFrame) -> Self:
        """Return the state after these accepted events of one batch."""
        values = rows.drop_nulls("session").group_by("session").agg(pl.col(_present_columns(rows)).drop_nulls().n_unique())
        long = values.unpivot(index="session", variable_name="column").filter(pl.col("value") > 0)
        single = long.group_by("column", single=pl.col("value") == 1).agg(sessions=pl.len())
        visitors = _visitors(rows).group_by(pl.col("sessions").clip(upper_bound=MOST)).agg(visitors=pl.len())
        return type(self)(add_counts(self.single, single), add_counts(self.counts, visitors))

    def pack(self) -> dict[str, NDArray[Any]]:
        """Convert to arrays."""
        return pack_table("single", self.single) | pack_table("sessions", self.counts)

    @classmethod
    def unpack(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Restore from arrays."""
        return cls(unpack_table("single", _SINGLE, arrays), unpack_table("sessions", _COUNTS, arrays))


def find_shared_sessions(rows: pl.DataFrame, learned: SessionCounts, *, chance: float) -> pl.DataFrame:
    """Events that stand in another one's session, and those of visitors with too many sessions.

    Args:
        rows: Visits of a whole batch: `_row_id`, `user`, `session` and, where known, `ip`, `agent`, `country`.
        learned: What was learned of sessions.
        chance: How likely one visitor may be found by chance.
    """
    every = [*(_strangers(rows, column, learned) for column in _present_columns(rows)), _restless(rows, learned, chance)]
    return pl.concat(every).sort("score").unique("_row_id", keep="first", maintain_order=True)


def _strangers(rows: pl.DataFrame, column: str, learned: SessionCounts) -> pl.DataFrame:
    """Events whose value is not the one that most of their session has; all of its events where none has more."""
    counts = learned.single.filter(pl.col("column") == column)
    total, single = int(counts["sessions"].sum()), int(counts.filter("single")["sessions"].sum())
    if total < FEWEST or single < SINGLE * total:
        return FINDINGS.to_frame()
    values = rows.drop_nulls(["session", column]).group_by("session", column).agg(events=pl.len())
    several = values.filter(pl.col("session").is_duplicated()).with_columns(
        values=pl.len().over("session"), most=pl.col("events").max().over("session"), leaders=(pl.col("events") == pl.col("events").max()).sum().over("session")
    )
    odd = several.filter((pl.col("values") > 1) & ((pl.col("events") < pl.col("most")) | (pl.col("leaders") > 1)))
    message = message_column("session_shared", values=pl.col("values"), things=pl.lit(WORDS[column]), several=pl.lit(total - single), total=pl.lit(total))
    return make_findings(rows.join(odd, on=["session", column], how="inner"), pl.lit((total - single + 1) / (total + 1)), message)


def _restless(rows: pl.DataFrame, learned: SessionCounts, chance: float) -> pl.DataFrame:
    visitors = _visitors(rows)
    if int(learned.counts["visitors"].sum()) < FEWEST or visitors.is_empty():
        return FINDINGS.to_frame()
    scored = visitors.with_columns(p=pl.Series(_tail(visitors["sessions"].to_numpy(), learned.counts), dtype=pl.Float64))
    odd = scored.filter((pl.col("p") * scored.height < chance) & (pl.col("sessions") > learned.counts["sessions"].max()))
    return make_findings(rows.join(odd, on="user", how="inner"), pl.col("p"), message_column("visitor_of_many_sessions", sessions=pl.col("sessions")))


def _tail(sessions: NDArray[np.int64], counts: pl.DataFrame) -> NDArray[np.float64]:
    """P(a visitor has at least so many), by a negative binomial (or Poisson) with the moments of accepted visitors, who have at least one."""
    values, weights = counts["sessions"].to_numpy() - 1.0, counts["visitors"].to_numpy().astype(np.float64)
    mean = max(float(np.average(values, weights=weights)), 1e-3)
    variance = float(np.average((values - mean) ** 2, weights=weights))
    above = sessions - 2.0
    if variance <= mean:
        return np.asarray(stats.poisson.sf(above, mean))
    return np.asarray(stats.nbinom.sf(above, mean**2 / (variance - mean), mean / variance))


def _visitors(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.drop_nulls(NEEDS).group_by("user").agg(sessions=pl.col("session").n_unique().cast(pl.Int64)).sort("user")


def _present_columns(rows: pl.DataFrame) -> list[str]:
    return [name for name in ONCE if name in rows.columns]
