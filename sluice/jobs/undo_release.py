"""Take a release back: its rows leave the published ones, and are held again with the reasons that they had."""

from __future__ import annotations

from datetime import datetime

from sluice.domain import Request, Run
from sluice.errors import UsageError
from sluice.messages import make_error
from sluice.ports import QuarantineStore, ReleaseUndoer
from sluice.rules.releases import releases_of, undo_refusal


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
        releases = _releases(request, store)
        return [store.publish(lease, worker.undo_release(request.dataset, run.id, store.snapshot().id, now)) for run in releases]


def _releases(request: Request, store: QuarantineStore) -> list[Run]:
    """Return the runs to undo, the newest first; all of them can be undone, or none is."""
    runs = store.snapshot().runs(request.dataset)
    releases: list[Run] = []
    for name in request.rows:
        matches = releases_of(runs, name)
        if not matches:
            raise make_error(UsageError, "release_unknown", dataset=request.dataset, release=name)
        releases += [run for run in matches if run not in releases]
    for run in releases:
        if refused := undo_refusal(run, runs):
            raise make_error(UsageError, refused.code, **refused.params)
    return releases[::-1]
