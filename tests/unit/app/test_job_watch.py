"""A job is recorded once it has run for a second, says that it lives, and ends where somebody cancels it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from sluice.app.job_watch import JobWatch
from sluice.domain import Message, RunningJob
from sluice.errors import Cancelled, StoreError

JOB = RunningJob("ingest-1", "ingest", "", "", "", 0, None, datetime(2026, 3, 1, tzinfo=UTC), "")


class FakeRecords:
    """Records in memory."""

    def __init__(self) -> None:
        self.saved: list[RunningJob] = []
        self.by = ""
        self.finished: list[str] = []
        self.busy = False

    def save(self, job: RunningJob) -> str:
        if self.busy:
            raise StoreError("busy")
        self.saved.append(job)
        return self.by

    def cancelled_by(self, job_id: str) -> str:
        return self.by

    def finish(self, job_id: str) -> None:
        self.finished.append(job_id)


class Seconds:
    """A clock that stands until it is moved."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def records() -> FakeRecords:
    return FakeRecords()


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def watch(records: FakeRecords, seconds: Seconds) -> JobWatch:
    return JobWatch(records, JOB, seconds)  # type: ignore[arg-type]  # a fake


def test_a_job_shorter_than_a_second_leaves_no_record(watch: JobWatch, records: FakeRecords, seconds: Seconds) -> None:
    watch.begin("events", "a.csv")
    seconds.now = 0.9
    watch.look()
    watch.close()
    assert (records.saved, records.finished) == ([], [])


def test_what_it_is_at_is_recorded_once_a_second_and_forgotten_at_its_end(watch: JobWatch, records: FakeRecords, seconds: Seconds) -> None:
    for moment, stage in ((1.0, "read"), (1.5, "cast"), (2.0, "judge"), (3.0, "judge"), (7.0, "judge")):
        watch.begin("events", "a.csv")
        watch.report(Message.of("stage", stage=stage), 0, None)
        seconds.now = moment
        watch.look()
    assert [job.stage for job in records.saved] == ["read", "judge", "judge"]  # the last one says that it lives
    assert records.saved[0] == replace(JOB, dataset="events", file="a.csv", stage="read")
    watch.close()
    assert records.finished == ["ingest-1"]


def test_a_step_that_is_no_stage_is_recorded_as_a_message(watch: JobWatch, records: FakeRecords, seconds: Seconds) -> None:
    watch.report(Message.of("step_training"), 1, 4)
    seconds.now = 1.0
    watch.look()
    assert Message.loads(records.saved[0].stage) == Message.of("step_training")


def test_it_ends_within_a_second_of_being_cancelled_but_not_where_it_publishes(watch: JobWatch, records: FakeRecords, seconds: Seconds) -> None:
    seconds.now = 1.0
    watch.look()
    records.by = "Ann"
    seconds.now = 2.0
    watch.look(may_cancel=False)
    with pytest.raises(Cancelled, match="Ann"):
        watch.look()


def test_a_busy_database_is_asked_again(watch: JobWatch, records: FakeRecords, seconds: Seconds) -> None:
    records.busy = True
    seconds.now = 1.0
    watch.look()
    records.busy = False
    seconds.now = 2.0
    watch.look()
    assert len(records.saved) == 1
