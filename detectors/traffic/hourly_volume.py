"""Volume and mix by hour of the week: hours with too many or too few visits, and kinds, or parts of the visitors, that are too usual or too rare.

Parts are the visitors of one country or user agent: where the clocks of one part are put forward or back, an hour of it is skipped or doubled
that all others have as always.

Each hour's events are compared with the median of the same hour of the week, of as many weeks as are remembered; before there are three
of these, with that of the same hour of the day. How far clean hours stray is learned as well: events come in visits, so counts spread
more widely than chance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self, cast

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import stats

from detectors.traffic.frames import hash_names, pack_table, unpack_table
from sluice.domain import Message

NAME, NEEDS = "hourly_volume", ("time",)
MESSAGE = Message.of("traffic_odd_hours")
HOURS = 24 * 7 * 8  # hours that are remembered: eight weeks
DAYS = 5  # accepted days, below which nothing is known
EDGE = 0.01  # share of a batch's events that lie before, and after, the hours that are judged: a few may be of other days
LEVEL = 1.25  # how much busier or calmer than usual a day may be
ALL, SESSIONS = "", "*"  # what is counted beside the kinds: all events, and sessions
PART = "\x1f"  # begins the name of a part, which is hashed
PARTED = ("country", "agent")
KINDS = 20  # kinds, and parts, that are told apart, the most usual ones
_HOURS = pl.Schema({"hour": pl.Datetime("us", "UTC"), "kind": pl.String(), "events": pl.Int64()})


@dataclass(frozen=True, slots=True, eq=False)
class HourlyCounts:
    """Count the events of the newest HOURS accepted hours: `hour`, `kind` (or ALL, SESSIONS, a part) and `events`, of at most KINDS kinds and parts."""

    table: pl.DataFrame

    @classmethod
    def none(cls) -> Self:
        """Nothing yet."""
        return cls(_HOURS.to_frame())

    def after(self, rows: pl.DataFrame) -> Self:
        """Return the state after these accepted events."""
        both = pl.concat([self.table, _counts(_core(rows, timedelta(days=1)))]).group_by("hour", "kind").agg(pl.col("events").sum())
        both = both.filter(pl.col("hour") > pl.col("hour").max() - timedelta(hours=HOURS))
        by_kind = both.group_by("kind").agg(pl.col("events").sum()).sort(["events", "kind"], descending=[True, False])
        part = by_kind["kind"].str.starts_with(PART)
        frequent = pl.concat([by_kind.filter(~part).head(KINDS + 2), by_kind.filter(part).head(KINDS)])["kind"]
        return type(self)(both.filter(pl.col("kind").is_in(frequent.implode())).sort("hour", "kind"))

    def pack(self) -> dict[str, NDArray[Any]]:
        """Convert to arrays."""
        return pack_table("hours", self.table)

    @classmethod
    def unpack(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Restore from arrays."""
        return cls(unpack_table("hours", _HOURS, arrays))


def find_odd_hours(rows: pl.DataFrame, learned: HourlyCounts, *, chance: float) -> pl.DataFrame:
    """Find the hours of a whole batch with too few or too many events: `hour`, `kind` (or ALL, SESSIONS, a part), `events`, `expected` and `p`.

    Only the hours in which nearly all of the batch lies are judged; the first and the last of them may be cut, and are not said to have too few.

    Args:
        rows: Visits: `time` and, where known, `kind`, `session`, `country`, `agent`.
        learned: The events of accepted hours.
        chance: How likely one hour may be found by chance.
    """
    earlier = learned.table.filter(pl.col("kind").is_in(_kinds(learned).implode()))
    counts = _filled(_counts(_core(rows)), earlier["kind"].unique())
    if earlier["hour"].dt.date().n_unique() < DAYS or counts.is_empty():
        return counts.with_columns(expected=pl.lit(0.0), p=pl.lit(1.0)).clear()
    scored = _against(counts, earlier).join(_spread(earlier), on="kind", how="left", maintain_order="left")
    z = scored.select(2 * (pl.col("events").sqrt() - pl.col("expected").sqrt()) / pl.col("sd")).to_series().to_numpy()
    inner = pl.col("hour").is_between(pl.col("hour").min(), pl.col("hour").max(), closed="none")
    judged = scored.drop("sd").with_columns(p=pl.Series(2 * stats.norm.sf(np.abs(z)), dtype=pl.Float64)).filter(inner | (pl.col("events") > pl.col("expected")))
    return judged.filter(pl.col("p") * max(judged.height, 1) < chance).sort("p", "hour", "kind")


def code_of(kind: str) -> str:
    """Return the code of the message about an hour's count; it names no kind, country or agent."""
    if kind.startswith(PART):
        return "odd_hour_of_country" if kind.startswith(PART + "country") else "odd_hour_of_agent"
    return {ALL: "odd_hour", SESSIONS: "odd_hour_of_sessions"}.get(kind, "odd_hour_of_kind")


def _core(rows: pl.DataFrame, margin: timedelta = timedelta(0)) -> pl.DataFrame:
    """Select the visits of the hours in which nearly all of a batch lies, and a margin around them; no more than the last HOURS.

    One event of a wrong clock would stretch a batch over centuries.
    """
    times = rows["time"].drop_nulls()
    if times.is_empty():
        return rows.clear()
    first, last = (cast("datetime", times.quantile(share, "nearest")) for share in (EDGE, 1 - EDGE))
    start = max(first - margin, last - timedelta(hours=HOURS))
    return rows.filter(pl.col("time").dt.truncate("1h").is_between(pl.lit(start).dt.truncate("1h"), last + margin))


def _counts(rows: pl.DataFrame) -> pl.DataFrame:
    """Events by hour and kind, and of all kinds."""
    timed = rows.drop_nulls("time").select(
        hour=pl.col("time").dt.truncate("1h"), kind=pl.col("kind") if "kind" in rows.columns else pl.lit(None, dtype=pl.String)
    )
    every = pl.concat([timed.with_columns(kind=pl.lit(ALL)), timed.drop_nulls("kind")]).group_by("hour", "kind").agg(events=pl.len())
    return pl.concat([every.cast(_HOURS), _sessions(rows), *(_parts(rows, by) for by in PARTED if by in rows.columns)]).sort("hour", "kind")


def _parts(rows: pl.DataFrame, by: str) -> pl.DataFrame:
    """Sessions by hour of each part of the visitors; events where there are no sessions."""
    counted, count = (["session"], pl.col("session").n_unique()) if "session" in rows.columns else ([], pl.len())
    timed = rows.lazy().select(by, *counted, hour=pl.col("time").dt.truncate("1h")).drop_nulls().group_by("hour", by).agg(events=count).collect()
    names = pl.concat_str(pl.lit(f"{PART}{by} "), hash_names(timed[by]).cast(pl.String))
    return timed.select("hour", names.alias("kind"), "events").cast(_HOURS)


def _sessions(rows: pl.DataFrame) -> pl.DataFrame:
    """Sessions by hour, where they are known: people come in sessions, so that these are counted more surely than events."""
    if "session" not in rows.columns:
        return _HOURS.to_frame()
    timed = rows.drop_nulls(["time", "session"]).group_by(hour=pl.col("time").dt.truncate("1h")).agg(events=pl.col("session").n_unique())
    return timed.select("hour", pl.lit(SESSIONS).alias("kind"), "events").cast(_HOURS)


def _filled(counts: pl.DataFrame, kinds: pl.Series) -> pl.DataFrame:
    """Count each kind in every hour from the first to the last, 0 where there is none."""
    if counts.is_empty():
        return counts
    first, last = counts["hour"].min(), counts["hour"].max()
    hours = pl.select(hour=pl.datetime_range(first, last, "1h").cast(_HOURS["hour"]))  # type: ignore[arg-type]  # times
    grid = hours.join(kinds.to_frame("kind"), how="cross")
    return grid.join(counts, on=["hour", "kind"], how="left").with_columns(pl.col("events").fill_null(0)).sort("hour", "kind")


def _against(counts: pl.DataFrame, earlier: pl.DataFrame) -> pl.DataFrame:
    """Join the counts with what is `expected`: the median of the same hour of the week where three are remembered, else of the hour of the day.

    It is scaled to how busy the day is, within limits: a day may be a busy one, and no hour of it stray.
    """
    full = _filled(earlier, earlier["kind"].unique())
    week, day = ([pl.col("hour").dt.weekday().alias("weekday"), pl.col("hour").dt.hour().alias("of_day")][start:] for start in (0, 1))
    weekly = full.group_by(*week, "kind").agg(weekly=pl.col("events").median(), weeks=pl.len())
    daily = full.group_by(*day, "kind").agg(daily=pl.col("events").median())
    joined = counts.with_columns(week).join(weekly, on=["weekday", "of_day", "kind"], how="left").join(daily, on=["of_day", "kind"], how="left")
    expected = pl.when(pl.col("weeks") >= 3).then("weekly").otherwise("daily").fill_null(0.0)
    matched = joined.select("hour", "kind", "events", expected=expected)
    busy = pl.when(pl.col("expected") >= 1).then(pl.col("events") / pl.col("expected"))
    level = busy.median().over(pl.col("hour").dt.date(), "kind").fill_null(1.0).clip(1 / LEVEL, LEVEL)
    return matched.with_columns(pl.col("expected") * level).sort("hour", "kind")


def _spread(earlier: pl.DataFrame) -> pl.DataFrame:
    """By kind: the `sd` of 2 (√events - √expected) over accepted hours, 1 for a Poisson count; robust, by the median of its size."""
    deviations = _against(_filled(earlier, earlier["kind"].unique()), earlier)
    off = (2 * (pl.col("events").sqrt() - pl.col("expected").sqrt())).abs()
    return deviations.group_by("kind").agg(sd=pl.max_horizontal(1.4826 * off.median(), off.quantile(0.99) / 2.0, pl.lit(1.0)))


def _kinds(learned: HourlyCounts) -> pl.Series:
    """Return ALL and the kinds that at least one accepted hour has."""
    hours = max(learned.table["hour"].n_unique(), 1)
    return learned.table.group_by("kind").agg(pl.col("events").sum()).filter(pl.col("kind").is_in([ALL, SESSIONS]) | (pl.col("events") >= hours))["kind"]
