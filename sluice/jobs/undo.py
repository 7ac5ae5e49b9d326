"""Take repairs back: the cells get their old values, and the rows are judged again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from sluice.domain import ROW, Message, Request, Run, UndoPreview
from sluice.errors import UsageError
from sluice.messages import make_error
from sluice.ports import QuarantineStore, RepairUndoer
from sluice.rules import with_later


@dataclass(frozen=True, slots=True)
class Undone:
    """State what became of repairs that were to be undone.

    Attributes:
        run: The run that restored their rows; None where none could be restored.
        repairs: Number of undone repairs, later ones of the same cells among them.
        left: Number of named repairs that are left: they were undone before, or their rows are not published.
    """

    run: Run | None
    repairs: int
    left: int


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
    undone = take_back(request, store, worker, now=now, before=lambda ids: _require_some(request, store, ids))
    return Message.join([*describe_restored(undone), *([Message.of("repairs_left", repairs=undone.left)] if undone.left else [])])


def take_back(request: Request, store: QuarantineStore, worker: RepairUndoer, *, now: datetime, before: Callable[[Sequence[str]], None]) -> Undone:
    """Take those of some repairs back that can be undone, and do something else with it: both, or neither.

    Args:
        request: Ids of repairs.
        store: Where the repairs are recorded.
        worker: Restores, judges and stages the rows.
        now: Time of the run.
        before: Called with the ids of the repairs that can be undone, once their rows are staged and before they are published; where it raises, no row
            changes. A worker that dies calls it again.
    """
    batch_id = f"undo-{request.id}"
    with store.lease(request.dataset) as lease:
        run = next((run for run in store.snapshot().runs(request.dataset) if run.id == batch_id), None)
        if run is None:  # else of a worker that died before it answered
            ids = _restorable(request, store)["repair_id"].to_list()
            staged = worker.undo(request.dataset, batch_id, ids, store.snapshot().id, now) if ids else None
            before(ids)
            run = store.publish(lease, staged) if staged else None
        undone = store.quarantine.undone_by(request.dataset, batch_id)
    return Undone(run, len(undone), left=len(set(request.rows) - set(undone)))


def describe_restored(undone: Undone) -> list[Message]:
    """Return how many rows were restored, and how many repairs were undone where they are more."""
    run = undone.run
    if run is None:
        return [Message.of("repairs_undone_none")]
    done = Message.of("repairs_undone_held", rows=run.rows, held=run.bad) if run.bad else Message.of("repairs_undone", rows=run.rows)
    return [done, *([Message.of("repairs_taken_back", repairs=undone.repairs)] if undone.repairs > run.rows else [])]


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
        named = _restorable(request, store)
        _require_some(request, store, named["repair_id"].to_list())
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


def _restorable(request: Request, store: QuarantineStore) -> pl.DataFrame:
    """Return the named repairs that were not undone and whose rows are published."""
    if not request.rows:
        return store.quarantine.repairs(request.dataset).clear()
    repairs = store.quarantine.repairs(request.dataset, ids=request.rows)
    absent = unpublished(repairs, store.snapshot().published(request.dataset))
    return repairs.filter(~pl.col("repair_id").is_in(absent))


def _require_some(request: Request, store: QuarantineStore, restorable: Sequence[str]) -> None:
    """Pass only where a named repair can be undone; else raise why none can."""
    if restorable:
        return
    applied_once = {*store.quarantine.repairs(request.dataset, ids=request.rows)["repair_id"], *store.quarantine.undone(request.dataset)}
    unknown = next((repair for repair in request.rows if repair not in applied_once), None)
    if unknown is not None:
        raise make_error(UsageError, "undo_unknown_repair", dataset=request.dataset, repair=unknown)
    raise make_error(UsageError, "undo_nothing_left", dataset=request.dataset, repairs=len(set(request.rows)))
