"""Take releases back in the worker process."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import polars as pl

from sluice.domain import REASONS, REPAIRS, ROW, RUN, UNSCORED, Batch, Outcome, Run, Split, Staged
from sluice.errors import UsageError
from sluice.messages import make_error
from sluice.rules.releases import undo_id
from sluice.store import SqlStore
from sluice.worker.remaining import with_remaining
from sluice.worker.session import open_session, require_layout
from sluice.worker.stage_times import with_stages


@with_stages
def undo(path: str, dataset: str, release: str, snapshot_id: str, at: datetime) -> Staged:
    """Stage that the rows of a release are held again, as they were before it: cells, reasons, and without the repairs since.

    Rows that it found to be copies are held again too. Rows that are held again already, since a repair of theirs was undone, are no longer its own.

    Args:
        path: Path of sluice.yaml.
        dataset: Name of the dataset.
        release: Id of the run that released the rows.
        snapshot_id: Snapshot that holds them.
        at: Time of the run.

    Raises:
        UsageError: Some of its rows were replaced since, or all are held again.
    """
    config, store = open_session(path)
    require_layout(path, dataset)
    snapshot, settled = store.snapshot(snapshot_id), store.quarantine.settled_by(dataset, release)
    if config.datasets[dataset].mode == "snapshot":  # a newer table stands in the place of superseded rows, and stays
        settled = {row: state for row, state in settled.items() if state != "superseded"}
    rows = pl.Series(list(settled), dtype=pl.String)
    released = pl.Series([row for row, state in settled.items() if state == "released"], dtype=pl.String)
    if rows.is_empty():
        raise make_error(UsageError, "release_undone_already", release=release)
    published = released if released.is_empty() else snapshot.published(dataset).filter(pl.col(ROW).is_in(released.implode())).select(ROW).collect()[ROW]
    held = snapshot.quarantine(dataset).filter(pl.col(ROW).is_in(rows.implode())).drop(RUN).collect()
    if changed := max(released.len() - published.len(), rows.len() - held.height):
        raise make_error(UsageError, "release_rows_changed", release=release, rows=changed)
    name = undo_id(release)
    split = Split(Batch(dataset, name, held.drop(REASONS).clear(), at, whole=False), Batch(dataset, name, held, at, whole=False))
    repairs = _repairs_since(store, snapshot.runs(dataset), dataset, release, rows)
    return store.stage(with_remaining(path, Outcome("undo_release", UNSCORED, UNSCORED, split, repairs, {}, snapshot_id), snapshot))


def _repairs_since(store: SqlStore, runs: Sequence[Run], dataset: str, release: str, rows: pl.Series) -> pl.DataFrame:
    """Return the repairs of some rows by a release and by later runs."""
    since = [run.id for run in runs][[run.id for run in runs].index(release) :]
    return store.quarantine.repairs(dataset, matching=pl.col(ROW).is_in(rows.implode()) & pl.col(RUN).is_in(since)).select(*REPAIRS)
