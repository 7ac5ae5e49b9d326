"""Record what a job does while it runs, and end it where a person cancels it."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from sluice.domain import JobKind, Message, RunningJob
from sluice.errors import Cancelled, StoreError
from sluice.messages import make_error
from sluice.store.running_jobs import RunningJobs
from sluice.worker.client import Worker

_LOOK = 1.0  # seconds between two looks whether somebody cancels
_BEAT = 5.0  # seconds after which a job that goes on as before says that it lives


class JobWatch:
    """Watch one job: a short one leaves no record, and costs no transaction."""

    def __init__(self, records: RunningJobs, job: RunningJob, seconds: Callable[[], float] = time.monotonic) -> None:
        """Start to watch.

        Args:
            records: Where it is recorded.
            job: The job as it starts.
            seconds: Returns seconds that only grow.
        """
        self._records, self._job, self._seconds = records, job, seconds
        self._looked, self._saved = seconds(), 0.0
        self._recorded: RunningJob | None = None
        self._cancelled_by = ""

    def begin(self, dataset: str, file: str = "") -> None:
        """Note on what the job works now."""
        self._job = replace(self._job, dataset=dataset, file=file, stage="", done=0, total=None)

    def report(self, what: Message, done: int, total: int | None) -> None:
        """Note what the job does now, as a `Progress`."""
        self._job = replace(self._job, stage=str(what.params["stage"]) if what.code == "stage" else what.dumps(), done=done, total=total)

    def look(self, *, may_cancel: bool = True) -> None:
        """Record how far the job is, at most once a second, and see whether somebody cancels it.

        Args:
            may_cancel: Whether it can be ended here; where it publishes, it is ended afterwards.

        Raises:
            Cancelled: Somebody does.
        """
        if self._seconds() - self._looked >= _LOOK:
            self._looked = self._seconds()
            self._record()
        if may_cancel and self._cancelled_by:
            raise make_error(Cancelled, "job_cancelled", by=self._cancelled_by)

    def close(self) -> None:
        """Forget the job."""
        if self._recorded is not None:
            self._records.finish(self._job.id)

    def _record(self) -> None:
        try:
            if self._job != self._recorded or self._looked - self._saved >= _BEAT:
                self._cancelled_by = self._records.save(self._job) or self._cancelled_by
                self._recorded, self._saved = self._job, self._looked
            else:
                self._cancelled_by = self._records.cancelled_by(self._job.id) or self._cancelled_by
        except StoreError:  # a busy database is asked again a second later
            return


@contextmanager
def watched(records: RunningJobs, worker: Worker, kind: JobKind, now: datetime, dataset: str = "") -> Iterator[JobWatch]:
    """Watch a job while the context lasts, whatever the worker process does for it; within a watched job, go on watching that."""
    if isinstance(worker.watch, JobWatch):
        yield worker.watch
        return
    watch = JobWatch(records, RunningJob(f"{kind}-{uuid.uuid4().hex[:6]}", kind, dataset, "", "", 0, None, now, ""))
    former, worker.watch = worker.watch, watch
    try:
        yield watch
    finally:
        worker.watch = former
        watch.close()
