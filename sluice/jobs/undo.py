"""Take repairs back: the cells get their old values, and the rows are judged again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import polars as pl

from sluice.domain import ROW, Run
from sluice.errors import UsageError
from sluice.messages import make_error
from sluice.ports import QuarantineStore, RepairUndoer


def undo(dataset: str, repair_ids: Sequence[str], store: QuarantineStore, worker: RepairUndoer, *, batch_id: str, now: datetime) -> Run:
    """Take repairs back, with every later repair of the same cells; rows that then fail move to the quarantine.

    Args:
        dataset: Name of the dataset.
        repair_ids: Ids as `sluice repairs list` shows them.
        store: Where the repairs are recorded.
        worker: Restores, judges and stages the rows.
        batch_id: Id of the run; where it is published already, by a worker that died before it answered, it is returned.
        now: Time of the run.

    Raises:
        UsageError: There is no such repair, it was undone before, or its row is not published.
    """
    with store.lease(dataset) as lease:
        if earlier := next((run for run in store.snapshot().runs(dataset) if run.id == batch_id), None):
            return earlier
        repairs, snapshot = store.quarantine.repairs(dataset, ids=repair_ids), store.snapshot()
        applied = set(repairs["repair_id"])
        unknown = [repair_id for repair_id in repair_ids if repair_id not in applied]
        if unknown:
            raise make_error(UsageError, "undo_unknown_repair", dataset=dataset, repair=unknown[0])
        if absent := unpublished(repairs, snapshot.published(dataset)):
            raise make_error(UsageError, "undo_row_not_published", dataset=dataset, repair=absent[0])
        return store.publish(lease, worker.undo(dataset, batch_id, repair_ids, snapshot.id, now))


def unpublished(repairs: pl.DataFrame, published: pl.LazyFrame) -> list[str]:
    """Return the ids of those repairs whose rows are not published."""
    if not published.collect_schema():
        return repairs["repair_id"].to_list()
    present = published.filter(pl.col(ROW).is_in(repairs[ROW].implode())).select(ROW).collect()
    return repairs.join(present, on=ROW, how="anti", maintain_order="left")["repair_id"].to_list()
