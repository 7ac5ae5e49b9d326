"""Read a snapshot as if some rows had never been published."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from sluice.domain import ROW
from sluice.ports import Snapshot, SnapshotView


@dataclass(frozen=True, eq=False)
class PublishedWithout(SnapshotView):
    """Leave rows of one dataset out of a snapshot: those that the batch at hand replaces.

    Attributes:
        dataset: Dataset of the rows.
        rows: Ids of the rows that are left out.
    """

    dataset: str
    rows: pl.Series

    def published(self, dataset: str) -> pl.LazyFrame:
        """Return the published rows, without those that are left out."""
        rows = self.snapshot.published(dataset)
        if dataset != self.dataset or ROW not in rows.collect_schema().names():
            return rows
        return rows.join(self.rows.to_frame(ROW).lazy(), on=ROW, how="anti", maintain_order="left")

    def without(self, batch_id: str) -> Snapshot:
        """Return the snapshot less the rows and runs of one batch."""
        return PublishedWithout(self.snapshot.without(batch_id), self.dataset, self.rows)
