"""Finds events that arrived more than once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import cast

import polars as pl

from cleaning.history import published
from cleaning.repair import untouched
from cleaning.repeats import KEPT, fingerprint, not_evaluated, repeats
from sluice.config import Duration
from sluice.domain import ROW, Batch, Cleaned, Schema, Verdict
from sluice.ports import Snapshot

_FOUND = pl.Schema({ROW: pl.String(), KEPT: pl.String()})


@dataclass(frozen=True)
class Deduplicate:
    """Holds copies back, naming the row that each repeats; the first by time, then by position, is kept.

    Three rules: `deduplicate:key` (the same key and content again), `deduplicate:conflict` (the same key with other
    content: not a copy, one of the two is wrong) and `deduplicate:near` (another key, but the same thing again within a
    moment, as double firing gives). In mode append, published rows of the schema's window count as seen before.

    Attributes:
        schema: The dataset's.
        key: The columns that name a row; the schema's unless named.
        subset: The columns that make two rows the same thing, such as user, item and kind of event. They also tell a copy from a
            conflict; where empty, all columns but the time do, and near repeats are not looked for.
        time: The column that says when; the schema's unless named.
        window: The longest time between a row and its near repeat.
    """

    schema: Schema
    key: tuple[str, ...] = ()
    subset: tuple[str, ...] = ()
    time: str | None = None
    window: Duration = timedelta(seconds=3)

    def __post_init__(self) -> None:
        """Refuse columns that the schema does not declare, and settings that leave nothing to look for."""
        unknown = sorted({*self.key, *self.subset, *filter(None, [self.time])} - set(self.schema.names))
        if unknown:
            raise ValueError(f"key, subset and time must name declared columns; {', '.join(unknown)} is not one of {', '.join(self.schema.names)}")
        if not (self.key or self.schema.key or self.subset):
            raise ValueError("name the columns of a key, or in `subset` those that make two rows the same")

    def clean(self, batch: Batch, verdicts: Sequence[Verdict], snapshot: Snapshot) -> Cleaned:
        """Say in `held` which rows repeat another; changes no cell."""
        rows = batch.rows
        key, time = self.key or self.schema.key, self.time or self.schema.time
        held: list[Verdict] = []
        copies = _FOUND.to_frame()
        if key and not set(key) <= set(rows.columns):
            held += [not_evaluated(f"deduplicate:{rule}", key, "a column of the key is missing", "quarantine") for rule in ("key", "conflict")]
        elif key:
            copies, conflicts = self._same_key(rows, key, time, snapshot)
            held += [
                self._verdict(rows, copies, "key", key, "a key arrives once"),
                self._verdict(rows, conflicts, "conflict", key, "a key names one thing"),
            ]
            copies = pl.concat([copies, conflicts])
        if self.subset and time and not {*self.subset, time} <= set(rows.columns):
            held.append(not_evaluated("deduplicate:near", (*self.subset, time), "a column is missing", "quarantine"))
        elif self.subset and time:
            near = self._near(rows.join(copies, on=ROW, how="anti", maintain_order="left"), time, snapshot)
            held.append(self._verdict(rows, near, "near", (*self.subset, time), "the same thing does not happen twice within a moment"))
        return replace(untouched(batch), held=held)

    def _verdict(self, rows: pl.DataFrame, found: pl.DataFrame, rule: str, columns: Sequence[str], message: str) -> Verdict:
        return repeats(rows, found, rule=f"deduplicate:{rule}", columns=columns, message=message, fingerprint=fingerprint(self), on_fail="quarantine")

    def _since(self, rows: pl.DataFrame, time: str | None, span: timedelta) -> datetime | None:
        first = cast("datetime | None", rows[time].min()) if time and time in rows.columns else None
        return first - span if first is not None else None

    def _same_key(self, rows: pl.DataFrame, key: Sequence[str], time: str | None, snapshot: Snapshot) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The copies, and the conflicts, among rows with a whole key."""
        content = [name for name in self.subset or self.schema.names if name in rows.columns and name not in key and name != time]
        order = [time] if time and time in rows.columns else []
        whole = rows.select([ROW, *key, *content, *order]).drop_nulls(key)
        here = (whole.sort(order, nulls_last=True, maintain_order=True) if order else whole).with_columns(pl.lit(value=True).alias("_here"))
        seen = None
        if self.schema.mode == "append":
            since = self._since(here, time, self.schema.window)
            seen = published(snapshot, self.schema.dataset, [ROW, *key, *content], time=time, since=since)
        everything = here if seen is None else pl.concat([seen.join(here, on=key, how="semi"), here], how="diagonal_relaxed")
        again = everything.filter(pl.struct(key).is_duplicated())  # most keys come once: the rest is little
        told = again.select(
            ROW,
            "_here",
            pl.col(ROW).first().over(key).alias(KEPT),
            pl.struct(content).eq_missing(pl.struct(content).first().over(key)).alias("_copy") if content else pl.lit(value=True).alias("_copy"),
        ).filter((pl.col(ROW) != pl.col(KEPT)) & pl.col("_here"))
        return told.filter("_copy").select(ROW, KEPT), told.filter(~pl.col("_copy")).select(ROW, KEPT)

    def _near(self, rows: pl.DataFrame, time: str, snapshot: Snapshot) -> pl.DataFrame:
        """Near repeats of published rows, then of rows of the batch."""
        here = rows.select(ROW, *self.subset, time).drop_nulls().sort(time, maintain_order=True)
        seen = (
            published(snapshot, self.schema.dataset, [ROW, *self.subset, time], time=time, since=self._since(here, time, self.window))
            if self.schema.mode == "append"
            else None
        )
        if seen is None or here.is_empty():
            return self._greedy(here, time)
        before = here.join_asof(
            seen.drop_nulls().rename({ROW: KEPT}).sort(time),
            on=time,
            by=list(self.subset),
            strategy="nearest",
            tolerance=self.window,
            check_sortedness=False,
        )
        repeated = before.filter(pl.col(KEPT) != pl.col(ROW)).select(ROW, KEPT)
        return pl.concat([repeated, self._greedy(here.join(repeated, on=ROW, how="anti", maintain_order="left"), time)])

    def _greedy(self, here: pl.DataFrame, time: str) -> pl.DataFrame:
        """Within the batch: a row is a repeat where the last kept row of its kind is no older than the window."""
        again = here.filter(pl.struct(self.subset).is_duplicated())  # most things happen once: the rest is little
        things = again.select(ROW, time, pl.struct(self.subset).rank("dense").alias("_thing"))
        kept: dict[int, tuple[str, datetime]] = {}
        found: list[tuple[str, str]] = []
        for row, moment, thing in things.iter_rows():
            if thing in kept and moment - kept[thing][1] <= self.window:
                found.append((row, kept[thing][0]))
            else:
                kept[thing] = (row, moment)
        return pl.DataFrame(found, schema=_FOUND, orient="row")
