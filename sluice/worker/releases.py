"""Take releases back in the worker process."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from sluice.domain import REASONS, REPAIRS, ROW, RUN, UNSCORED, Batch, Outcome, Split, Staged
from sluice.errors import UsageError
from sluice.messages import make_error
from sluice.rules.releases import undo_id
from sluice.worker.remaining import with_remaining
from sluice.worker.session import open_session, require_layout


def undo(path: str, dataset: str, release: str, snapshot_id: str, at: datetime) -> Staged:
    """Stage that the rows of a release are held again, as they were before it: cells, reasons, and without the repairs of the release.

    Args:
        path: Path of sluice.yaml.
        dataset: Name of the dataset.
        release: Id of the run that released the rows.
        snapshot_id: Snapshot that holds them.
        at: Time of the run.

    Raises:
        UsageError: Some of its rows were changed, replaced or held since.
    """
    store = open_session(path)[1]
    require_layout(path, dataset)
    snapshot = store.snapshot(snapshot_id)
    run = next(run for run in snapshot.runs(dataset) if run.id == release)
    published = snapshot.published(dataset).filter(pl.col(RUN) == release).select(ROW).collect()[ROW]
    held = snapshot.quarantine(dataset).filter(pl.col(ROW).is_in(published.implode())).drop(RUN).collect()
    if published.len() != run.good or held.height != run.good:
        raise make_error(UsageError, "release_rows_changed", release=release, rows=run.good - min(published.len(), held.height))
    repairs = snapshot.repairs(dataset).filter(pl.col(RUN) == release, pl.col("applied")).select(*REPAIRS).collect()
    name = undo_id(release)
    split = Split(Batch(dataset, name, held.drop(REASONS).clear(), at, whole=False), Batch(dataset, name, held, at, whole=False))
    return store.stage(with_remaining(path, Outcome("undo_release", UNSCORED, UNSCORED, split, repairs, {}, snapshot_id), snapshot))
