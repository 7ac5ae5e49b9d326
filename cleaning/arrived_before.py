"""Read the rows that were published or held before, by their times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias, cast

import polars as pl

from sluice.domain import RAW, ROW, Schema
from sluice.ports import Snapshot

Ends: TypeAlias = tuple[date, date] | tuple[datetime, datetime]  # the first and the last


@dataclass(frozen=True)
class ArrivedBefore:
    """Read the rows of a dataset that were ever published or held.

    Attributes:
        schema: Schema of the dataset.
        snapshot: Everything that was published before.
        clock: Column with the time or date of a row.
    """

    schema: Schema
    snapshot: Snapshot
    clock: str

    def ends(self, within: Ends) -> Ends | None:
        """Return the first and the last time of the rows within a period; None where there is no row."""
        ends = [rows.select(pl.col(self.clock).min().alias("first"), pl.col(self.clock).max().alias("last")) for rows in self._stored(within)]
        if not ends:
            return None
        both = pl.concat(ends).collect()
        first, last = both["first"].min(), both["last"].max()
        return None if first is None else cast("Ends", (first, last))

    def between(self, ends: Ends, times: pl.DataFrame | None = None) -> pl.DataFrame:
        """Return the ids and cells of the rows of a period, or of some times of it."""
        frames = []
        for rows in self._stored(ends):
            stored = rows.collect_schema().names()
            cells = rows.select(name for name in (ROW, RAW, *self.schema.names) if name in stored)
            frames.append((cells if times is None else cells.join(times.lazy(), on=self.clock, how="semi")).collect())
        return pl.concat(frames, how="diagonal_relaxed").unique(ROW, keep="first", maintain_order=True)  # a released row was held before

    def at_times_of(self, rows: pl.DataFrame, ends: Ends) -> pl.DataFrame:
        """Return the ids and cells of the rows that have a time of some other rows.

        The times alone are read of all rows: one event of a wrong day in a batch makes these reach far back.
        """
        own = rows.lazy().select(self.clock).unique()
        shared = [stored.select(self.clock).join(own, on=self.clock, how="semi").unique().collect() for stored in self._stored(ends)]
        times = pl.concat(shared).unique()
        return self.between(cast("Ends", (times[self.clock].min(), times[self.clock].max())), times)

    def _stored(self, ends: Ends) -> list[pl.LazyFrame]:
        frames = (self.snapshot.published(self.schema.dataset), self.snapshot.quarantine(self.schema.dataset))
        inside = pl.col(self.clock).is_between(*ends)
        return [frame.filter(inside) for frame in frames if {ROW, self.clock} <= {*frame.collect_schema().names()}]
