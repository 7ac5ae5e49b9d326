"""Puts events whose clock was wrong back to when they happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import cast

import polars as pl

from cleaning.repair import NEW, SURE, WHY, Proposal, mend, settle, untouched
from sluice.config import Duration
from sluice.domain import ACTION, ROW, Batch, Cleaned, Schema, Verdict
from sluice.ports import Snapshot

_SHIFTED = "the session's clock was off by one offset"
_IMPOSSIBLE = "later than it was received"
_OFF = "off from the rest of its session"


@dataclass(frozen=True)
class ClockSkew:
    """Compares the time that a device tells with the time that the server received the event.

    The latency of a row is `received - time`, the typical one the median over sessions. Rows off by more than the tolerance:
    a session whose rows are all off by one offset is shifted back by it and keeps its order; what was sent late (a device that
    was offline) shows as many latencies and one moment of receiving, and is left alone. Single rows off from their session, and
    rows later than they were received, get `received` less the typical latency, and `_action` order_unknown.
    A batch in which fewer than half of the sessions share the typical latency, such as a back-fill, is left alone: there the
    receiving tells nothing.

    Attributes:
        schema: The dataset's.
        time: The device's time; the schema's unless named.
        received_time: The server's time.
        session: The column that names a session, or a device; without it, each row stands alone.
        tolerance: How far from the typical latency a row may be.
        min_confidence: Lowest confidence that is applied.
    """

    schema: Schema
    received_time: str
    session: str | None = None
    time: str | None = None
    tolerance: Duration = timedelta(minutes=15)
    min_confidence: float = 0.8

    def __post_init__(self) -> None:
        """Refuse columns that the schema does not declare, or that are no timestamps."""
        stamps = [column.name for column in self.schema.columns if column.type == "timestamp"]
        wrong = [name for name in (self._time, self.received_time) if name not in stamps]
        if wrong:
            raise ValueError(f"time and received_time must name timestamps; {', '.join(map(str, wrong))} is not one of {', '.join(stamps) or 'none'}")
        if self.session is not None and self.session not in self.schema.names:
            raise ValueError(f"session must name a declared column; {self.session} is not one of {', '.join(self.schema.names)}")

    @property
    def _time(self) -> str:
        return self.time or self.schema.time or ""

    def clean(self, batch: Batch, verdicts: Sequence[Verdict], snapshot: Snapshot) -> Cleaned:
        """Shift sessions, then place single rows."""
        if not {self._time, self.received_time} <= set(batch.rows.columns):
            return untouched(batch)
        return settle(batch, self._once)

    def _once(self, batch: Batch) -> Cleaned:
        rows = self._measured(batch.rows)
        typical = self._typical(rows)
        if typical is None:
            return untouched(batch)
        cells = self._cells(rows, typical, batch)
        cleaned = mend(batch, [Proposal(self._time, cells.select(ROW, NEW, SURE, WHY))], "clock_skew", self.min_confidence)
        placed = cells.filter((pl.col(WHY) != _SHIFTED) & (pl.col(SURE) >= self.min_confidence))
        return replace(cleaned, batch=replace(cleaned.batch, rows=_unordered(cleaned.batch.rows, placed)))

    def _measured(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Rows with both times, in microseconds: `time`, `latency`, and for their session `size`, `middle` (latency) and `steady`."""
        session = pl.col(self.session).cast(pl.String) if self.session in rows.columns else pl.lit(None, dtype=pl.String)
        time = pl.col(self._time).dt.epoch("us")
        latency = pl.col(self.received_time).dt.epoch("us") - time
        told = rows.select(ROW, session.fill_null(pl.col(ROW)).alias("session"), time.alias("time"), latency.alias("latency")).drop_nulls()
        middle = pl.col("latency").median().over("session")
        spread = (pl.col("latency") - middle).abs().median().over("session")
        span = (pl.col("time") - pl.col("time").median().over("session")).abs().median().over("session")
        steady = pl.when(span > 0).then((1 - spread / span).clip(0, 1)).otherwise(0.0)
        return told.with_columns(size=pl.len().over("session"), middle=middle, steady=steady)

    def _typical(self, rows: pl.DataFrame) -> float | None:
        """The median latency over sessions, in microseconds; None where it is not that of most of them."""
        middles = rows.unique("session", keep="first", maintain_order=True)["middle"]
        typical = cast("float | None", middles.median())
        if typical is None or ((middles - typical).abs() <= self._limit).sum() * 2 <= middles.len():
            return None
        return typical

    @property
    def _limit(self) -> float:
        return self.tolerance / timedelta(microseconds=1)

    def _cells(self, rows: pl.DataFrame, typical: float, batch: Batch) -> pl.DataFrame:
        end, limit = pl.lit(batch.at).dt.epoch("us"), self._limit
        off, alone = pl.col("middle") - typical, pl.col("size") == 1
        shifted = (off.abs() > limit) & ~alone & (pl.col("steady") >= self.min_confidence)
        left = pl.col("latency") - pl.when(shifted).then("middle").otherwise(typical)  # latency that no shift explains
        early = left < -limit
        future = ~shifted & (pl.col("time") > end) & (pl.col("time") + pl.col("latency") <= end)
        late = (left > limit) & (shifted | alone | (off.abs() <= limit))
        placed = early | future | late
        told = rows.with_columns(
            pl.when(placed).then(pl.col("latency") - typical).when(shifted).then(off).alias("moved"),
            pl.when(late & alone).then(self._lateness(rows, typical)).when(placed).then(0.9).otherwise("steady").alias(SURE),
            pl.when(late).then(pl.lit(_OFF)).when(placed).then(pl.lit(_IMPOSSIBLE)).otherwise(pl.lit(_SHIFTED)).alias(WHY),
        ).drop_nulls("moved")
        moment = pl.from_epoch((pl.col("time") + pl.col("moved")).round().cast(pl.Int64), time_unit="us").dt.replace_time_zone("UTC")
        return told.select(ROW, moment.alias(NEW), SURE, WHY)

    def _lateness(self, rows: pl.DataFrame, typical: float) -> float:
        """How sure it is that a row by itself is late for its clock's sake and was not sent late: as often as among the late sessions that can tell."""
        late = rows.filter((pl.col("middle") - typical > self._limit) & (pl.col("size") > 1)).unique("session")
        return (int((late["steady"] >= self.min_confidence).sum()) + 1) / (late.height + 2)


def _unordered(rows: pl.DataFrame, placed: pl.DataFrame) -> pl.DataFrame:
    said = pl.col(ACTION) if ACTION in rows.columns else pl.lit("keep")
    return rows.with_columns(pl.when(pl.col(ROW).is_in(placed[ROW].implode())).then(pl.lit("order_unknown")).otherwise(said).alias(ACTION))
