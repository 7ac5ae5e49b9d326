"""A batch of events as visits: who looked at what, and when."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True, slots=True, eq=False)
class Visits:
    """Events with a known user: columns `user`, `item` and `kind` (text) and `time` (UTC), null where unknown, by user and time."""

    rows: pl.DataFrame

    @classmethod
    def of(cls, rows: pl.DataFrame, user: str, item: str, time: str, *, kind: str = "") -> Visits:
        """Read them off a batch; a time column of another nature counts as unknown."""
        moments = pl.col(time) if isinstance(rows.schema[time], pl.Datetime) else pl.lit(None, dtype=pl.Datetime("us", "UTC"))
        done = pl.col(kind) if kind in rows.columns else pl.lit(None)
        texts = [cells.cast(pl.String).alias(name) for name, cells in (("user", pl.col(user)), ("item", pl.col(item)), ("kind", done))]
        events = rows.select(*texts, moments.alias("time"))
        return cls(events.filter(pl.col("user").is_not_null()).sort("user", "time", "item"))


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """The users that were found: columns `user`, `score` (p-value, or null) and `message` (one sentence)."""

    users: pl.DataFrame

    @classmethod
    def none(cls) -> Found:
        """Nobody."""
        return cls(pl.DataFrame(schema={"user": pl.String, "score": pl.Float64, "message": pl.String}))
