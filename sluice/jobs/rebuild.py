"""Rebuild a dataset whose declaration changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import polars as pl

from sluice.domain import REASONS, ROW, RUN, Rejudge, Run
from sluice.jobs.release import by_batch
from sluice.ports import QuarantineStore, Rebuilder, RebuildingStore, Rejudger


def rebuild(dataset: str, store: RebuildingStore, worker: Rebuilder, *, now: datetime) -> Run | None:
    """Cast and rename a dataset's stored rows to its declaration; return None where they fit it already.

    Args:
        dataset: Name of the dataset.
        store: Store of its rows.
        worker: Casts the rows and stages the new tables.
        now: Time of the run.
    """
    with store.lease(dataset) as lease:  # finishes a rebuild that was interrupted
        if not store.layout_changes(dataset):
            return None
        basis = store.snapshot().id
        return store.publish(lease, worker.rebuild(dataset, f"rebuild-{dataset}-{basis}", basis, now))


def reread(rebuilt: Run, store: QuarantineStore, worker: Rejudger, *, now: datetime) -> Iterator[Run]:
    """Judge the rows again that a rebuild holds for cells which do not cast alone: the dataset's cleaners may read them, as they would on arrival.

    Args:
        rebuilt: The run of the rebuild.
        store: Where the rows are held.
        worker: Cleans and judges them.
        now: Time of the runs.
    """
    with store.lease(rebuilt.dataset) as lease:
        held = store.quarantine.held(rebuilt.dataset)
        cast_alone = pl.col(REASONS).list.eval(pl.element().struct.field("name").str.starts_with("cast:")).list.all()
        rows = tuple(held.filter(pl.col(RUN) == rebuilt.id, cast_alone)[ROW]) if rebuilt.bad else ()
        if not rows:
            return
        for part in by_batch(Rejudge("replay", rebuilt.dataset, f"replay-{rebuilt.id}", rows, now)):
            yield store.publish(lease, worker.rejudge(part, store.snapshot().id))
