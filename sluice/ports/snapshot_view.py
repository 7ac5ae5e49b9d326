"""Read a snapshot with some of its answers changed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import polars as pl

from sluice.domain import Artifact, Run
from sluice.ports.judging import Snapshot


@dataclass(frozen=True, eq=False)
class SnapshotView:
    """Answer as another snapshot does; a subclass changes what it answers about published rows.

    Attributes:
        snapshot: Snapshot to read from.

    Example:
        >>> from sluice.testing import MemorySnapshot
        >>> list(SnapshotView(MemorySnapshot()).runs("items"))
        []
    """

    snapshot: Snapshot

    @property
    def id(self) -> str:
        """Return the name of the snapshot."""
        return self.snapshot.id

    def published(self, dataset: str) -> pl.LazyFrame:
        """Return the published rows."""
        return self.snapshot.published(dataset)

    def repairs(self, dataset: str) -> pl.LazyFrame:
        """Return the repairs of the runs."""
        return self.snapshot.repairs(dataset)

    def quarantine(self, dataset: str) -> pl.LazyFrame:
        """Return every row that was ever held."""
        return self.snapshot.quarantine(dataset)

    def runs(self, dataset: str) -> Sequence[Run]:
        """Return the published runs, the oldest first."""
        return self.snapshot.runs(dataset)

    def metrics(self, dataset: str, runs: Collection[str] | None = None) -> pl.DataFrame:
        """Return one row per run, phase and rule."""
        return self.snapshot.metrics(dataset, runs)

    def model(self, name: str) -> Artifact | None:
        """Return the champion of a name."""
        return self.snapshot.model(name)

    def without(self, batch_id: str) -> Snapshot:
        """Return the snapshot without one batch."""
        return self.snapshot.without(batch_id)
