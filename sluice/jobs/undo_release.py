"""Take a release back: its rows leave the published ones, and are held again with the reasons that they had."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sluice.domain import Request, Run
from sluice.errors import UsageError
from sluice.messages import make_error
from sluice.ports import QuarantineStore, ReleaseUndoer
from sluice.rules.releases import releases_of, undo_id, undo_refusal


def undo_release(request: Request, store: QuarantineStore, worker: ReleaseUndoer, *, now: datetime) -> list[Run]:
    """Undo the releases that a request names; a new version of the table lacks their rows, the older ones stay readable.

    Args:
        request: Ids of releases: of their runs, or of the requests that they carried out.
        store: Where the rows are published.
        worker: Finds the rows, and stages the outcome.
        now: Time of the run.

    Raises:
        UsageError: There is no such release, it was undone before, it replaced other rows, or its rows were changed since.
    """
    with store.lease(request.dataset) as lease:
        runs = store.snapshot().runs(request.dataset)
        releases = _releases(request, runs)
        earlier = [run for run in runs if request.retaken and run.id in map(undo_id, (release.id for release in releases))]
        done = {run.id for run in earlier}  # by a worker that died before it answered
        left = [run for run in releases if undo_id(run.id) not in done]
        _require_undoable(left, runs)
        return [*earlier, *(store.publish(lease, worker.undo_release(request.dataset, run.id, store.snapshot().id, now)) for run in left)]


def _releases(request: Request, runs: Sequence[Run]) -> list[Run]:
    """Return the runs to undo, the newest first."""
    releases: list[Run] = []
    for name in request.rows:
        matches = releases_of(runs, name)
        if not matches:
            raise make_error(UsageError, "release_unknown", dataset=request.dataset, release=name)
        releases += [run for run in matches if run not in releases]
    return releases[::-1]


def _require_undoable(releases: Sequence[Run], runs: Sequence[Run]) -> None:
    """Pass only where all releases can be undone."""
    for run in releases:
        if refused := undo_refusal(run, runs):
            raise make_error(UsageError, refused)
