"""Aggregate events to sessions, one row per session."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from sluice.domain import RAW, RAW_TYPE, ROW, RUN, Column, Schema

NIGHT = (0, 5)  # hours, in UTC
NUMBERS = ("events", "items", "breadth", "favourite", "minutes", "pause", "unevenness", "night", "other")


@dataclass(frozen=True)
class SessionAggregator:
    """Aggregate events to sessions.

    Attributes:
        session: The column that names a session.
        item: The column that names what was looked at.
        time: The column that says when.
        kind: The column that says what was done; empty where there is none.
        kinds: The kinds that are counted one by one; the rest counts as `other`.
    """

    session: str
    item: str
    time: str
    kind: str
    kinds: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns of events that are read."""
        return tuple(name for name in (self.session, self.item, self.time, self.kind) if name)

    def schema(self, dataset: str) -> Schema:
        """Return the schema of a frame of sessions."""
        names = [*NUMBERS, *(f"number of {kind}" for kind in self.kinds)]
        return Schema(dataset, time="began", columns=(Column("began", "timestamp"), *(Column(name, "number") for name in names)))

    def of(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return one row per session, ordered by name: `_row_id` is the session, `_run_id` the last run of its events."""
        done, run = (pl.col(name) if name in rows.columns else pl.lit("") for name in (self.kind, RUN))
        cells = {ROW: pl.col(self.session), "item": pl.col(self.item), "kind": done, RUN: run}
        events = rows.select(*(cell.cast(pl.String, strict=False).alias(name) for name, cell in cells.items()), self.moments(rows).alias("time"))
        events = events.drop_nulls(ROW).sort(ROW, "time", "item", "kind").with_columns(gap=pl.col("time").diff().over(ROW).dt.total_microseconds() / 1e6)
        sessions = events.group_by(ROW, maintain_order=True).agg(*self._features(), pl.col(RUN).max())
        return sessions.with_columns(pl.lit(None, dtype=RAW_TYPE).alias(RAW))

    def moments(self, rows: pl.DataFrame) -> pl.Expr:
        """Return the time of each event; null where the column holds no times."""
        return pl.col(self.time) if isinstance(rows.schema[self.time], pl.Datetime) else pl.lit(None, dtype=pl.Datetime("us", "UTC"))

    def _features(self) -> list[pl.Expr]:
        time, gap, item, kind = (pl.col(name) for name in ("time", "gap", "item", "kind"))
        return [
            time.min().alias("began"),
            pl.len().cast(pl.Float64).alias("events"),
            item.n_unique().cast(pl.Float64).alias("items"),
            (item.n_unique() / pl.len()).alias("breadth"),
            (item.unique_counts().max() / pl.len()).alias("favourite"),
            ((time.max() - time.min()).dt.total_microseconds() / 6e7).alias("minutes"),
            gap.median().alias("pause"),
            ((gap.quantile(0.75) - gap.quantile(0.25)) / (gap.median() + 1)).alias("unevenness"),
            time.dt.hour().is_between(*NIGHT).mean().alias("night"),
            (~kind.is_in(list(self.kinds))).sum().cast(pl.Float64).alias("other"),
            *((kind == kind_name).sum().cast(pl.Float64).alias(f"number of {kind_name}") for kind_name in self.kinds),
        ]
