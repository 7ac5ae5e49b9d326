"""Present a snapshot with sessions as rows."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from detectors.sessions.session_features import SessionAggregator
from sluice.domain import ROW, RUN
from sluice.ports import SnapshotView

EVENTS_A_SESSION = 25  # read for each session that is requested: most have fewer


@dataclass(frozen=True, eq=False)
class SessionSnapshot(SnapshotView):
    """Present the published rows of a snapshot as sessions; all else is passed through.

    Attributes:
        aggregates: How events become sessions.
        sessions: Number of sessions to return; of the events, the newest are read, a bounded number.
    """

    aggregates: SessionAggregator
    sessions: int

    def published(self, dataset: str) -> pl.LazyFrame:
        """Return the sessions of the newest accepted events; without columns where nothing is published or a column is missing."""
        events = self.snapshot.published(dataset)
        present = events.collect_schema().names()
        if not set(self.aggregates.columns) <= set(present):
            return pl.LazyFrame()
        columns = [*self.aggregates.columns, *(name for name in (ROW, RUN) if name in present)]
        newest = events.select(columns).sort(self.aggregates.time, ROW, nulls_last=False).tail(EVENTS_A_SESSION * self.sessions)
        return self.aggregates.of(newest.drop(ROW).collect()).lazy()

    def without(self, batch_id: str) -> SessionSnapshot:
        """Return the snapshot without one batch."""
        return SessionSnapshot(self.snapshot.without(batch_id), self.aggregates, self.sessions)
