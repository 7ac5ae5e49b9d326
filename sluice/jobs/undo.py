"""Take repairs back: the cells get their old values, and the rows are judged again."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from sluice.domain import ROW, Message, Request, Run, UndoPreview
from sluice.errors import UsageError
from sluice.messages import make_error
from sluice.ports import QuarantineStore, RepairUndoer
from sluice.rules import with_later


def undo(request: Request, store: QuarantineStore, worker: RepairUndoer, *, now: datetime) -> Message:
    """Take repairs back in one run, with every later repair of the same cells; rows that then fail move to the quarantine.

    Repairs that were undone before, or whose rows are not published, are left out.

    Args:
        request: Ids of repairs, as `sluice repairs list` shows them.
        store: Where the repairs are recorded.
        worker: Restores, judges and stages the rows.
        now: Time of the run.

    Returns:
        The answer to the request.

    Raises:
        UsageError: None of the repairs can be undone.
    """
    batch_id = f"undo-{request.id}"
    with store.lease(request.dataset) as lease:
        run = next((run for run in store.snapshot().runs(request.dataset) if run.id == batch_id), None)
        if run is None:  # else of a worker that died before it answered
            ids = _standing(request, store)["repair_id"].to_list()
            run = store.publish(lease, worker.undo(request.dataset, batch_id, ids, store.snapshot().id, now))
        undone = store.quarantine.undone_by(request.dataset, batch_id)
    return _answer(run, len(undone), left=len(set(request.rows) - set(undone)))


def preview_undo(request: Request, store: QuarantineStore, worker: RepairUndoer, *, now: datetime) -> UndoPreview:
    """Take repairs back as `undo` does, and publish nothing.

    Args:
        request: Ids of repairs.
        store: Where the repairs are recorded.
        worker: Restores and judges the rows.
        now: Time of the run.

    Raises:
        UsageError: None of the repairs can be undone.
    """
    with store.lease(request.dataset):  # whoever holds it may drop stages that are not promised
        named = _standing(request, store)
        run = worker.preview(worker.undo(request.dataset, f"undo-{request.id}", named["repair_id"].to_list(), store.snapshot().id, now))
        of_rows = store.quarantine.repairs(request.dataset, matching=pl.col(ROW).is_in(named[ROW].unique().implode()))
    repairs = with_later(of_rows, named["repair_id"].to_list())
    cells, left = repairs.select(ROW, "column").n_unique(), len(set(request.rows)) - named.height
    return UndoPreview(request.dataset, repairs.height, cells, run.rows, run.bad, left)


def unpublished(repairs: pl.DataFrame, published: pl.LazyFrame) -> list[str]:
    """Return the ids of those repairs whose rows are not published."""
    if not published.collect_schema():
        return repairs["repair_id"].to_list()
    present = published.filter(pl.col(ROW).is_in(repairs[ROW].implode())).select(ROW).collect()
    return repairs.join(present, on=ROW, how="anti", maintain_order="left")["repair_id"].to_list()


def _standing(request: Request, store: QuarantineStore) -> pl.DataFrame:
    """Return the named repairs that can be undone; raise why none can."""
    repairs = store.quarantine.repairs(request.dataset, ids=request.rows)
    if repairs.is_empty():
        raise make_error(UsageError, "undo_unknown_repair", dataset=request.dataset, repair=request.rows[0])
    absent = unpublished(repairs, store.snapshot().published(request.dataset))
    if len(absent) == repairs.height:
        raise make_error(UsageError, "undo_row_not_published", dataset=request.dataset, repair=absent[0])
    return repairs.filter(~pl.col("repair_id").is_in(absent))


def _answer(run: Run, repairs: int, left: int) -> Message:
    done = Message.of("repairs_undone_held", rows=run.rows, held=run.bad) if run.bad else Message.of("repairs_undone", rows=run.rows)
    answer = [done, *([Message.of("repairs_taken_back", repairs=repairs)] if repairs > run.rows else [])]
    return Message.join([*answer, *([Message.of("repairs_left", repairs=left)] if left else [])])
