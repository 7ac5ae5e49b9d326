"""Read a snapshot as if some rows had never been published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from sluice.domain import ROW, Artifact, Run
from sluice.ports import Snapshot


@dataclass(frozen=True, eq=False)
class PublishedWithout:
    """Leave rows of one dataset out of a snapshot: those that the batch at hand replaces.

    Attributes:
        snapshot: Snapshot to read from.
        dataset: Dataset of the rows.
        rows: Ids of the rows that are left out.
    """

    snapshot: Snapshot
    dataset: str
    rows: pl.Series

    @property
    def id(self) -> str:
        """Return the name of the snapshot."""
        return self.snapshot.id

    def published(self, dataset: str) -> pl.LazyFrame:
        """Return the published rows, without those that are left out."""
        rows = self.snapshot.published(dataset)
        if dataset != self.dataset or ROW not in rows.collect_schema().names():
            return rows
        return rows.join(self.rows.to_frame(ROW).lazy(), on=ROW, how="anti", maintain_order="left")

    def repairs(self, dataset: str) -> pl.LazyFrame:
        """Return the repairs of the runs."""
        return self.snapshot.repairs(dataset)

    def quarantine(self, dataset: str) -> pl.LazyFrame:
        """Return every row that was ever held."""
        return self.snapshot.quarantine(dataset)

    def runs(self, dataset: str) -> Sequence[Run]:
        """Return the published runs."""
        return self.snapshot.runs(dataset)

    def metrics(self, dataset: str) -> pl.DataFrame:
        """Return the verdicts of the runs."""
        return self.snapshot.metrics(dataset)

    def model(self, name: str) -> Artifact | None:
        """Return the champion of a name."""
        return self.snapshot.model(name)

    def without(self, batch_id: str) -> Snapshot:
        """Return the snapshot less the rows and runs of one batch."""
        return PublishedWithout(self.snapshot.without(batch_id), self.dataset, self.rows)
