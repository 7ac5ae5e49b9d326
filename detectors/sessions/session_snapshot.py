"""Present a snapshot with sessions as rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from detectors.sessions.session_features import SessionAggregator
from sluice.domain import ROW, RUN, Artifact, Run
from sluice.ports import Snapshot

EVENTS_A_SESSION = 25  # read for each session that is wanted: most have fewer


@dataclass(frozen=True, slots=True, eq=False)
class SessionSnapshot:
    """Present the published rows of a snapshot as sessions; all else is passed through.

    Attributes:
        snapshot: The snapshot of events.
        aggregates: How events become sessions.
        sessions: How many are wanted; of the events, the newest are read, a bounded number.
    """

    snapshot: Snapshot
    aggregates: SessionAggregator
    sessions: int

    @property
    def id(self) -> str:
        """Names the snapshot."""
        return self.snapshot.id

    def published(self, dataset: str) -> pl.LazyFrame:
        """Return the sessions of the newest accepted events; without columns where nothing is published or a column is missing."""
        events = self.snapshot.published(dataset)
        present = events.collect_schema().names()
        if not set(self.aggregates.columns) <= set(present):
            return pl.LazyFrame()
        columns = [*self.aggregates.columns, *(name for name in (ROW, RUN) if name in present)]
        newest = events.select(columns).sort(self.aggregates.time, ROW, nulls_last=False).tail(EVENTS_A_SESSION * self.sessions)
        return self.aggregates.of(newest.drop(ROW).collect()).lazy()

    def repairs(self, dataset: str) -> pl.LazyFrame:
        """Return the repairs of the runs."""
        return self.snapshot.repairs(dataset)

    def quarantine(self, dataset: str) -> pl.LazyFrame:
        """Return every row that was ever held."""
        return self.snapshot.quarantine(dataset)

    def runs(self, dataset: str) -> Sequence[Run]:
        """Return the published runs, the oldest first."""
        return self.snapshot.runs(dataset)

    def metrics(self, dataset: str) -> pl.DataFrame:
        """Return one row per run, phase and rule."""
        return self.snapshot.metrics(dataset)

    def model(self, name: str) -> Artifact | None:
        """Return the champion of a name."""
        return self.snapshot.model(name)

    def without(self, batch_id: str) -> SessionSnapshot:
        """Return the snapshot without one batch."""
        return SessionSnapshot(self.snapshot.without(batch_id), self.aggregates, self.sessions)
