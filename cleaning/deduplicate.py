"""Detect events that arrived more than once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import polars as pl

from cleaning.history import read_published, scan_published
from cleaning.key_matches import first_time
from cleaning.repair import unchanged
from cleaning.repeats import ORIGINAL, duplicate_verdict, fingerprint_of, not_evaluated_verdict
from sluice.config import Duration
from sluice.domain import ROW, Batch, Cleaned, Message, Schema, Verdict, message_column
from sluice.errors import InvalidValue
from sluice.messages import make_error
from sluice.ports import Needs, Snapshot
from sluice.rules import repeated

_DUPLICATES = pl.Schema({ROW: pl.String(), ORIGINAL: pl.String()})


@dataclass(frozen=True)
class Deduplicate:
    """Hold duplicates and name the row that each repeats; the first row by time, then by position, is kept.

    Three rules: `deduplicate:key` (the same key and content again), `deduplicate:conflict` (the same key with other
    content: not a copy, one of the two is wrong) and `deduplicate:near` (another key, but the same event again within
    `window`, such as a double click). In mode append, published rows within the window of the schema are compared too.

    Attributes:
        schema: Schema of the dataset.
        key: Columns that identify a row; the key of the schema by default.
        subset: Columns by which two rows are the same event, such as user, item and kind of event. They also tell a copy from a
            conflict. Where empty, all columns but the time do, and near duplicates are not detected.
        time: Column with the time of the event; the `time` of the schema by default.
        window: Longest time between a row and its near duplicate (duration, such as `3s`).

    Example:
        >>> from sluice.domain import Column, Schema
        >>> from sluice.testing import MemorySnapshot, make_batch
        >>> schema = Schema("events", "append", ("id",), (Column("id"), Column("item")))
        >>> batch = make_batch(schema, {"id": ["a", "b", "a", "b"], "item": ["x", "y", "x", "z"]})
        >>> cleaned = Deduplicate(schema).clean(batch, [], MemorySnapshot())
        >>> {verdict.rule: verdict.failing.to_list() for verdict in cleaned.held}
        {'deduplicate:key': [False, False, True, False], 'deduplicate:conflict': [False, False, False, True]}
    """

    schema: Schema
    key: tuple[str, ...] = ()
    subset: tuple[str, ...] = ()
    time: str | None = None
    window: Duration = timedelta(seconds=3)

    def __post_init__(self) -> None:
        """Reject columns that the schema does not declare, and settings that leave nothing to compare."""
        unknown = sorted({*self.key, *self.subset, *filter(None, [self.time])} - set(self.schema.names))
        if unknown:
            raise make_error(InvalidValue, "deduplicate_undeclared", names=tuple(unknown), columns=tuple(self.schema.names))
        if not (self.key or self.schema.key or self.subset):
            raise make_error(InvalidValue, "deduplicate_by_nothing")

    @property
    def needs(self) -> Needs:
        """Return that rows of one key, and those of one event, must meet."""
        near = self.subset if self.time or self.schema.time else ()
        return Needs.join(Needs.rows(columns, "deduplicate") for columns in (self.key or self.schema.key, near))

    def clean(self, batch: Batch, verdicts: Sequence[Verdict], snapshot: Snapshot) -> Cleaned:
        """Report duplicates in `held`; no cell changes."""
        key, time = self.key or self.schema.key, self.time or self.schema.time
        held, duplicates = self._judge_key(batch, key, time, snapshot)
        if self.subset and time:
            held.append(self._judge_near(batch, duplicates, time, snapshot))
        return replace(unchanged(batch), held=held)

    def _judge_key(self, batch: Batch, key: Sequence[str], time: str | None, snapshot: Snapshot) -> tuple[list[Verdict], pl.DataFrame]:
        """Return the verdicts on rows with the same key, and those rows."""
        rows = batch.rows
        if not key:
            return [], _DUPLICATES.to_frame()
        if not set(key) <= set(rows.columns):
            missing = Message.of("column_needed", columns=tuple(name for name in key if name not in rows.columns))
            return [not_evaluated_verdict(f"deduplicate:{rule}", key, missing, "quarantine") for rule in ("key", "conflict")], _DUPLICATES.to_frame()
        copies, conflicts = self._by_key(batch, key, time, snapshot)
        columns, row = pl.lit(list(key), dtype=pl.List(pl.String)), pl.col(ORIGINAL)
        names = tuple(key)
        copy_messages = Message.of("duplicate_key", columns=names), message_column("duplicate_key_of", columns=columns, row=row)
        conflict_messages = Message.of("conflicting_key", columns=names), message_column("conflicting_key_of", columns=columns, row=row)
        verdicts = [self._verdict(batch, copies, "key", key, *copy_messages), self._verdict(batch, conflicts, "conflict", key, *conflict_messages)]
        return verdicts, pl.concat([copies, conflicts])

    def _judge_near(self, batch: Batch, duplicates: pl.DataFrame, time: str, snapshot: Snapshot) -> Verdict:
        """Return the verdict on near duplicates among the rows that are no duplicates by key."""
        rows, columns = batch.rows, (*self.subset, time)
        if missing := tuple(name for name in columns if name not in rows.columns):
            return not_evaluated_verdict("deduplicate:near", columns, Message.of("column_needed", columns=missing), "quarantine")
        near = self._near(replace(batch, rows=rows.join(duplicates, on=ROW, how="anti", maintain_order="left")), time, snapshot)
        names = pl.lit(list(self.subset), dtype=pl.List(pl.String))
        row_message = message_column("near_duplicate_of", columns=names, row=pl.col(ORIGINAL))
        return self._verdict(batch, near, "near", columns, Message.of("near_duplicate", columns=self.subset), row_message)

    def _verdict(self, batch: Batch, duplicates: pl.DataFrame, rule: str, columns: Sequence[str], message: Message, row_message: pl.Expr) -> Verdict:
        return duplicate_verdict(
            batch,
            duplicates,
            rule=f"deduplicate:{rule}",
            columns=columns,
            message=message,
            row_message=row_message,
            fingerprint=fingerprint_of(self, "deduplicate"),
            on_fail="quarantine",
        )

    def _since(self, batch: Batch, time: str | None, span: timedelta) -> datetime | None:
        first = first_time(batch, time) if time and time in batch.rows.columns else None
        return first - span if first is not None else None

    def _by_key(self, batch: Batch, key: Sequence[str], time: str | None, snapshot: Snapshot) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return the copies and the conflicts among rows with a complete key."""
        rows = batch.rows
        content = [name for name in self.subset or self.schema.names if name in rows.columns and name not in key and name != time]
        order = [time] if time and time in rows.columns and time not in key else []  # rows with one key have one time where the key holds it
        present = [pl.col(name).is_not_null() for name in key]
        has_key = pl.any_horizontal(present) if self.schema.blank_key else pl.all_horizontal(present)
        keyed = rows.select(ROW, *key, *content, *order).filter(has_key)
        published = self._published_with(replace(batch, rows=keyed), key, content, time, snapshot)
        keys = [frame.select(key) for frame in (published, keyed) if frame is not None]
        again = repeated(pl.concat(keys, how="vertical_relaxed"), key).tail(keyed.height)  # most keys occur once: few rows remain
        arrived = keyed.filter(again).with_columns(pl.lit(value=True).alias("_arrived"))
        arrived = arrived.sort(order, nulls_last=True, maintain_order=True) if order else arrived
        same_key = arrived if published is None else pl.concat([published, arrived], how="diagonal_relaxed")
        duplicates = same_key.select(
            ROW,
            "_arrived",
            pl.col(ROW).first().over(key).alias(ORIGINAL),
            pl.struct(content).eq_missing(pl.struct(content).first().over(key)).alias("_copy") if content else pl.lit(value=True).alias("_copy"),
        ).filter((pl.col(ROW) != pl.col(ORIGINAL)) & pl.col("_arrived"))
        return duplicates.filter("_copy").select(ROW, ORIGINAL), duplicates.filter(~pl.col("_copy")).select(ROW, ORIGINAL)

    def _published_with(self, keyed: Batch, key: Sequence[str], content: Sequence[str], time: str | None, snapshot: Snapshot) -> pl.DataFrame | None:
        """Return the published rows, in mode append, with the keys of some rows; None where there is nothing to compare."""
        columns = [ROW, *key, *content]
        if self.schema.mode != "append" or scan_published(snapshot, self.schema.dataset, columns) is None:
            return None
        since = self._since(keyed, time, self.schema.window)
        published = scan_published(snapshot, self.schema.dataset, columns, time=time, since=since)
        return None if published is None else published.join(keyed.rows.lazy().select(key), on=key, how="semi", nulls_equal=self.schema.blank_key).collect()

    def _near(self, batch: Batch, time: str, snapshot: Snapshot) -> pl.DataFrame:
        """Return near duplicates of published rows, then of rows of the batch."""
        arrived = batch.rows.select(ROW, *self.subset, time).drop_nulls()
        columns = [ROW, *self.subset, time]
        compares = self.schema.mode == "append" and scan_published(snapshot, self.schema.dataset, columns) is not None
        since = self._since(replace(batch, rows=arrived), time, self.window) if compares else None
        published = read_published(snapshot, self.schema.dataset, columns, time=time, since=since) if compares else None
        if published is None or arrived.is_empty():
            return self._near_in_batch(arrived, time)
        nearest = arrived.sort(time, maintain_order=True).join_asof(
            published.drop_nulls().rename({ROW: ORIGINAL}).sort(time),
            on=time,
            by=list(self.subset),
            strategy="nearest",
            tolerance=self.window,
            check_sortedness=False,
        )
        again = nearest.filter(pl.col(ORIGINAL) != pl.col(ROW)).select(ROW, ORIGINAL)
        return pl.concat([again, self._near_in_batch(arrived.join(again, on=ROW, how="anti", maintain_order="left"), time)])

    def _near_in_batch(self, rows: pl.DataFrame, time: str) -> pl.DataFrame:
        """Compare each row with the last original of its event: it is a duplicate where that is no older than the window."""
        again = rows.filter(repeated(rows, self.subset)).sort(time, maintain_order=True)  # most events occur once: few rows remain
        events = again.select(ROW, time, pl.struct(self.subset).rank("dense").alias("_event"))
        originals: dict[int, tuple[str, datetime]] = {}
        duplicates: list[tuple[str, str]] = []
        for row, moment, event in events.iter_rows():
            if event in originals and moment - originals[event][1] <= self.window:
                duplicates.append((row, originals[event][0]))
            else:
                originals[event] = (row, moment)
        return pl.DataFrame(duplicates, schema=_DUPLICATES, orient="row")
