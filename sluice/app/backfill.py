"""Judge the batches of a window again by the present suite."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sluice import jobs
from sluice.app.app import App
from sluice.domain import Message, Run
from sluice.errors import UsageError
from sluice.jobs import Backfilled
from sluice.messages import make_error
from sluice.ports import Progress, no_progress
from sluice.wiring.fingerprints import fingerprints


def suite_version(app: App, dataset: str) -> str:
    """Return the version of a dataset's suite: a hash of all that decides which of its rows are published."""
    return fingerprints(app.config, [app.require_dataset(dataset)])[dataset]


def batches_of_window(app: App, dataset: str, first: date, last: date) -> list[Run]:
    """Return the published arrivals of a dataset whose time lies on the days of a window, in the zone of the shop; the oldest first."""
    zone = ZoneInfo(app.config.shop_zone)
    runs = app.store.snapshot().runs(app.require_dataset(dataset))
    return sorted((run for run in runs if run.kind == "ingest" and first <= _day(run.at, zone) <= last), key=lambda run: run.at)


def _day(moment: datetime, zone: ZoneInfo) -> date:
    """Return the day of the end of a period: midnight ends the day before."""
    local = moment.astimezone(zone)
    return local.date() if local.time() > time() else date.fromordinal(local.date().toordinal() - 1)


def backfill(app: App, dataset: str, first: date, last: date, *, by: str, version: str = "", progress: Progress = no_progress) -> Iterator[Backfilled]:
    """Judge the batches of a window again, one after the other; yield what became of each.

    A batch that this version of the suite judged last stays as it is, so that a backfill that was interrupted goes on where it ended.

    Args:
        app: The application.
        dataset: Name of the dataset.
        first: First day of the window.
        last: Last day, which belongs to it.
        by: Who requests it.
        version: The version that the suite must have, or its beginning; any unless given.
        progress: Called after each batch.

    Raises:
        UsageError: The window ends before it begins, or the suite has another version.
        LeaseHeld: A worker is busy with the dataset.
        RebuildNeeded: The stored rows do not fit the declaration.
    """
    if last < first:
        raise make_error(UsageError, "backfill_backwards", first=str(first), last=str(last))
    present, batches = suite_version(app, dataset), batches_of_window(app, dataset, first, last)
    if not present.startswith(version):
        raise make_error(UsageError, "backfill_other_suite", dataset=dataset, version=present, named=version)
    app.store.require_layout(dataset)
    app.worker.validate_steps()
    logged = False
    for number, batch in enumerate(batches, start=1):
        judged = jobs.backfill(batch, present, app.store, app.worker, now=app.now())
        if judged.is_new and not logged:
            app.store.activity.log(who=by, what="backfill", subject=f"{dataset} {first}..{last} {present}", at=app.now())
            logged = True
        yield judged
        progress(Message.of("step_judging"), number, len(batches))
