"""Read a snapshot as if some rows had never been published."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from sluice.domain import ROW, WHOLE, Part, Rows
from sluice.ports import Snapshot, SnapshotView

_REPLACED = "replaced rows"


@dataclass(frozen=True, eq=False)
class PublishedWithout(SnapshotView):
    """Leave rows of one dataset out of a snapshot: those that the batch at hand replaces.

    Attributes:
        dataset: Dataset of the rows.
        rows: Ids of the rows that are left out.
        wait: Called before the published rows of the dataset are read; ends the run on a part that does not know `rows` yet.
    """

    dataset: str
    rows: pl.Series
    wait: Callable[[], None] = WHOLE.wait

    def published(self, dataset: str) -> pl.LazyFrame:
        """Return the published rows, without those that are left out."""
        rows = self.snapshot.published(dataset)
        if dataset != self.dataset or ROW not in rows.collect_schema().names():
            return rows
        self.wait()
        return rows.join(self.rows.to_frame(ROW).lazy(), on=ROW, how="anti", maintain_order="left")

    def without(self, batch_id: str) -> Snapshot:
        """Return the snapshot less the rows and runs of one batch."""
        return PublishedWithout(self.snapshot.without(batch_id), self.dataset, self.rows, self.wait)


def without_replaced(snapshot: Snapshot, dataset: str, rows: pl.Series, part: Part) -> Snapshot:
    """Leave the published rows that a batch replaces out of a snapshot, also those that other parts of it replace.

    A part that does not know those yet goes on until a step reads published rows of the dataset: most steps read none.

    Args:
        snapshot: Everything that was published before.
        dataset: Dataset of the batch.
        rows: Ids of the published rows that the rows of this part replace.
        part: Knows the whole batch.

    Returns:
        The snapshot as it is where the batch replaces none.

    Example:
        >>> from sluice.domain import Column, Schema
        >>> from sluice.testing import MemorySnapshot, make_rows
        >>> schema = Schema("items", "upsert", ("sku",), (Column("sku"),))
        >>> snapshot = MemorySnapshot({"items": make_rows(schema, {"sku": ["a", "b"]}, batch_id="old")})
        >>> without_replaced(snapshot, "items", pl.Series(["old.0"]), WHOLE).published("items").collect()["sku"].to_list()
        ['b']
    """
    replaced = part.total(_REPLACED, Rows(rows.to_frame(ROW))).frame[ROW]
    part.confirm("replaces published rows", not replaced.is_empty())  # a part that has read all of them took none for replaced
    if replaced.is_empty():
        return snapshot
    return PublishedWithout(snapshot, dataset, replaced) if part.knows(_REPLACED) else PublishedWithout(snapshot, dataset, replaced, part.wait)
