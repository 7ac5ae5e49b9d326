"""Correct the time of events that were recorded by a device with a wrong clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import cast

import polars as pl

from cleaning.all_rows import find_in_all_rows
from cleaning.repair import CONFIDENCE, MESSAGE, NEW, Proposal, apply_proposals, repeat_until_stable, unchanged
from sluice.config import Duration
from sluice.domain import ACTION, ROW, Batch, Cleaned, Message, Schema, Verdict
from sluice.errors import InvalidValue
from sluice.messages import make_error
from sluice.ports import Needs, Snapshot

_SHIFTED = Message.of("session_shifted").dumps()
_IMPOSSIBLE = Message.of("time_after_receipt").dumps()
_OFF = Message.of("time_off_session").dumps()


@dataclass(frozen=True)
class ClockSkew:
    """Compare the time that a device recorded with the time at which the server received the event.

    The latency of a row is `received_time - time`, the typical latency the median over sessions. A session whose rows are
    all off by one offset is shifted back by that offset and keeps its order. Events that were sent late (an offline device)
    have many latencies and one time of receipt, and are left alone. A single row that is off from its session, and a row later
    than it was received, gets `received_time` less the typical latency, and `_action` order_unknown.
    A batch in which fewer than half of the sessions share the typical latency, such as a back-fill, is left alone: its
    times of receipt carry no information.

    Attributes:
        schema: Schema of the dataset.
        received_time: Timestamp column set by the server.
        session: Column that identifies a session or a device. Without it, each row stands alone.
        time: Timestamp column set by the device; the `time` of the schema by default.
        tolerance: Largest difference of a row from the typical latency (duration, such as `15m`).
        min_confidence: Lowest confidence of a repair that is applied (0 to 1).

    Example:
        >>> from datetime import timedelta
        >>> from sluice.domain import Column, Schema
        >>> from sluice.testing import AT, MemorySnapshot, make_batch
        >>> schema = Schema("events", columns=(Column("session"), Column("ts", "timestamp"), Column("received", "timestamp")), time="ts")
        >>> received = [AT + timedelta(minutes=minute) for minute in range(9)]
        >>> skewed = [time + timedelta(hours=2) if row < 3 else time for row, time in enumerate(received)]
        >>> batch = make_batch(schema, {"session": list("aaabbbccc"), "ts": skewed, "received": received})
        >>> cleaned = ClockSkew(schema, received_time="received", session="session").clean(batch, [], MemorySnapshot())
        >>> cleaned.batch.rows["ts"].to_list() == received
        True
    """

    schema: Schema
    received_time: str
    session: str | None = None
    time: str | None = None
    tolerance: Duration = timedelta(minutes=15)
    min_confidence: float = 0.8

    def __post_init__(self) -> None:
        """Reject columns that the schema does not declare or that are not timestamps."""
        timestamps = [column.name for column in self.schema.columns if column.type == "timestamp"]
        wrong = [name for name in (self._time, self.received_time) if name not in timestamps]
        if wrong:
            names = ", ".join(map(str, wrong))
            raise make_error(InvalidValue, "clock_columns_no_times", names=names, columns=tuple(timestamps) or Message.of("nothing_named"))
        if self.session is not None and self.session not in self.schema.names:
            raise make_error(InvalidValue, "session_undeclared", session=self.session, columns=tuple(self.schema.names))

    @property
    def _time(self) -> str:
        return self.time or self.schema.time or ""

    def clean(self, batch: Batch, verdicts: Sequence[Verdict], snapshot: Snapshot) -> Cleaned:
        """Shift whole sessions, then correct single rows."""
        if not {self._time, self.received_time} <= set(batch.rows.columns):
            return unchanged(batch)
        return repeat_until_stable(batch, self._clean_once)

    def _clean_once(self, batch: Batch) -> Cleaned:
        columns = [self._time, self.received_time, *([self.session] if self.session and self.session in batch.rows.columns else [])]
        cells = find_in_all_rows(batch, "clock_skew", columns, lambda rows: self._cells(rows, batch))
        if cells.is_empty():
            return unchanged(batch)
        cleaned = apply_proposals(batch, [Proposal(self._time, cells.select(ROW, NEW, CONFIDENCE, MESSAGE))], "clock_skew", self.min_confidence)
        placed = cells.filter((pl.col(MESSAGE) != _SHIFTED) & (pl.col(CONFIDENCE) >= self.min_confidence))
        return replace(cleaned, batch=replace(cleaned.batch, rows=_mark_unordered(cleaned.batch.rows, placed)))

    @property
    def needs(self) -> Needs:
        """Return that one part takes the times of all rows."""
        return Needs()

    def _cells(self, rows: pl.DataFrame, batch: Batch) -> pl.DataFrame:
        """Return the corrected times (schema of `Proposal.cells`) of rows that are all there are."""
        latencies = self._latencies(rows)
        typical = self._typical_latency(latencies)
        corrections = self._corrections(latencies, 0.0 if typical is None else typical, batch)
        return corrections.clear() if typical is None else corrections

    def _latencies(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the rows with both times, in microseconds: `time`, `latency` and, of their session, `size`, `median_latency`, `steady` (0 to 1)."""
        session = pl.col(self.session).cast(pl.String) if self.session in rows.columns else pl.lit(None, dtype=pl.String)
        time = pl.col(self._time).dt.epoch("us")
        latency = pl.col(self.received_time).dt.epoch("us") - time
        events = rows.select(ROW, session.fill_null(pl.col(ROW)).alias("session"), time.alias("time"), latency.alias("latency")).drop_nulls()
        median = pl.col("latency").median().over("session")
        spread = (pl.col("latency") - median).abs().median().over("session")
        span = (pl.col("time") - pl.col("time").median().over("session")).abs().median().over("session")
        steady = pl.when(span > 0).then((1 - spread / span).clip(0, 1)).otherwise(0.0)
        return events.with_columns(size=pl.len().over("session"), median_latency=median, steady=steady)

    def _typical_latency(self, rows: pl.DataFrame) -> float | None:
        """Compute the median latency over sessions, in microseconds; None where most sessions do not share it."""
        medians = rows.unique("session", keep="first", maintain_order=True)["median_latency"]
        typical = cast("float | None", medians.median())
        if typical is None or ((medians - typical).abs() <= self._limit).sum() * 2 <= medians.len():
            return None
        return typical

    @property
    def _limit(self) -> float:
        return self.tolerance / timedelta(microseconds=1)

    def _corrections(self, rows: pl.DataFrame, typical: float, batch: Batch) -> pl.DataFrame:
        end, limit = pl.lit(batch.at).dt.epoch("us"), self._limit
        offset, alone = pl.col("median_latency") - typical, pl.col("size") == 1
        shifted = (offset.abs() > limit) & ~alone & (pl.col("steady") >= self.min_confidence)
        unexplained = pl.col("latency") - pl.when(shifted).then("median_latency").otherwise(typical)  # latency that no shift explains
        early = unexplained < -limit
        future = ~shifted & (pl.col("time") > end) & (pl.col("time") + pl.col("latency") <= end)
        late = (unexplained > limit) & (shifted | alone | (offset.abs() <= limit))
        placed = early | future | late
        corrections = rows.with_columns(
            pl.when(placed).then(pl.col("latency") - typical).when(shifted).then(offset).alias("correction"),
            pl.when(late & alone).then(self._late_clock_probability(rows, typical)).when(placed).then(0.9).otherwise("steady").alias(CONFIDENCE),
            pl.when(late).then(pl.lit(_OFF)).when(placed).then(pl.lit(_IMPOSSIBLE)).otherwise(pl.lit(_SHIFTED)).alias(MESSAGE),
        ).drop_nulls("correction")
        time = pl.from_epoch((pl.col("time") + pl.col("correction")).round().cast(pl.Int64), time_unit="us").dt.replace_time_zone("UTC")
        return corrections.select(ROW, time.alias(NEW), CONFIDENCE, MESSAGE)

    def _late_clock_probability(self, rows: pl.DataFrame, typical: float) -> float:
        """Estimate how often a late row has a wrong clock and was not sent late: the share of steady sessions among the late ones of several rows."""
        late = rows.filter((pl.col("median_latency") - typical > self._limit) & (pl.col("size") > 1)).unique("session")
        return (int((late["steady"] >= self.min_confidence).sum()) + 1) / (late.height + 2)


def _mark_unordered(rows: pl.DataFrame, placed: pl.DataFrame) -> pl.DataFrame:
    action = pl.col(ACTION) if ACTION in rows.columns else pl.lit("keep")
    return rows.with_columns(pl.when(pl.col(ROW).is_in(placed[ROW].implode())).then(pl.lit("order_unknown")).otherwise(action).alias(ACTION))
