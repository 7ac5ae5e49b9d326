"""Jobs that run are listed while their workers live, and cancelled by name: the same on each database."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeAlias

import pytest
from sqlalchemy import update

from sluice.domain import Grant, People, Person, RunningJob
from sluice.errors import UsageError
from sluice.store.owners import this_process
from sluice.store.running_jobs import RunningJobs
from sluice.store.tables import RUNNING_JOBS

Shop: TypeAlias = Any  # the class stands in conftest.py, which tests do not import


def job(shop: Shop, number: str = "ingest-1") -> RunningJob:
    return RunningJob(number, "ingest", "events", "a.csv", "judge", 0, None, shop.now, this_process().worker)


def test_a_job_is_listed_as_it_was_saved_last_until_it_ends(shop: Shop) -> None:
    jobs = shop.store.running_jobs
    jobs.save(job(shop))
    jobs.save(replace(job(shop), stage="clean", done=2, total=3))
    assert jobs.list_living() == [replace(job(shop), stage="clean", done=2, total=3)]
    jobs.finish("ingest-1")
    assert jobs.list_living() == []


def test_a_job_of_a_dead_worker_is_not_listed_and_its_record_deleted_later(shop: Shop) -> None:
    jobs = shop.store.running_jobs
    ended = replace(this_process(), started="1")  # another process has its id now
    RunningJobs(shop.store.database, lambda: shop.now, People(), here=lambda: ended).save(job(shop))
    assert jobs.list_living() == []
    with shop.store.database.write() as connection:
        connection.execute(update(RUNNING_JOBS).values(heartbeat=0.0))
    jobs.save(job(shop, "audit-1"))
    with shop.store.database.read() as connection:
        assert [row.id for row in connection.execute(RUNNING_JOBS.select())] == ["audit-1"]


def test_who_cancels_is_recorded_once_with_the_reason_and_told_to_the_worker(shop: Shop) -> None:
    jobs = shop.store.running_jobs
    jobs.save(job(shop))
    assert jobs.cancel("ingest-1", by=" Ann ", note="wrong file").cancelled_by == "Ann"
    jobs.cancel("ingest-1", by="Bo")
    assert (jobs.save(job(shop)), jobs.cancelled_by("ingest-1")) == ("Ann", "Ann")
    entries = [entry for entry in shop.store.activity.entries() if entry.what == "cancel"]
    assert [(entry.who, entry.subject.code, entry.reason.params) for entry in entries] == [("Ann", "about_job", {"text": "wrong file"})]


@pytest.mark.parametrize(("number", "by", "answer"), [("ingest-1", " ", "needs the name"), ("audit-9", "Ann", "no job audit-9 runs")])
def test_without_a_name_or_a_job_nothing_is_cancelled(shop: Shop, number: str, by: str, answer: str) -> None:
    shop.store.running_jobs.save(job(shop))
    with pytest.raises(UsageError, match=answer):
        shop.store.running_jobs.cancel(number, by=by)
    assert shop.store.running_jobs.cancelled_by("ingest-1") == ""


def test_cancelling_needs_the_role_that_starting_needs(shop: Shop) -> None:
    people = People(sign_in=True, grants=(Grant("viewer", person="*"), Grant("steward", person="Sue")))
    jobs = RunningJobs(shop.store.database, lambda: shop.now, people)
    jobs.save(job(shop))
    jobs.save(replace(job(shop, "retrain-1"), kind="retrain"))
    with pytest.raises(UsageError, match="steward"):
        jobs.cancel("ingest-1", by="Vic", person=Person("Vic"))
    with pytest.raises(UsageError, match="author"):
        jobs.cancel("retrain-1", by="Sue", person=Person("Sue"))
    assert jobs.cancel("ingest-1", by="Sue", person=Person("Sue")).cancelled_by == "Sue"
