"""What the page of the schedule reads of firings, leases and waiting requests: the same on each database."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, TypeAlias

import pytest

from sluice.domain import Grant, People, Person, Request
from sluice.errors import UsageError
from sluice.store.requests import Requests

Shop: TypeAlias = Any  # the class stands in conftest.py, which tests do not import


def ask(shop: Shop, number: str) -> Request:
    request: Request = shop.store.requests.submit(Request(number, "run", "events", "Ann", "", shop.now))
    return request


def test_the_newest_firing_whose_time_has_come_is_read_with_its_attempts(shop: Shop) -> None:
    firings, now = shop.store.scheduled_runs, shop.now
    assert firings.newest("audit", now) is None
    for hours in (5, 1, -30):  # the last one is of a clock that was ahead
        firings.begin("audit", (now - timedelta(hours=hours)).strftime("%Y-%m-%d %H:%M"), now)
    firings.begin("audit", (now - timedelta(hours=1)).strftime("%Y-%m-%d %H:%M"), now)
    newest = firings.newest("audit", now)
    assert newest is not None
    assert (newest.fire_time, newest.state, newest.attempts, newest.finished) == (now - timedelta(hours=1), "begun", 2, None)
    assert firings.newest("ingest", now) is None


def test_who_holds_a_lease_is_named_while_it_lasts(shop: Shop) -> None:
    assert shop.store.leases.worker_of("job.audit") == ""
    with shop.store.lease("job.audit"):
        host, _, process = shop.store.leases.worker_of("job.audit").rpartition("/")
        assert host
        assert process.isdecimal()
    assert shop.store.leases.worker_of("job.audit") == ""


def test_a_request_is_cancelled_while_it_waits_and_not_once_it_is_in_progress(shop: Shop) -> None:
    ask(shop, "q1")
    assert shop.store.requests.cancel("q1", by="Bo").state == "refused"
    with shop.store.take(ask(shop, "q2")) as taken, pytest.raises(UsageError, match="neither waits nor is a trial"):
        shop.store.requests.cancel(taken.id, by="Bo")
    (entry, *_) = [entry for entry in shop.store.activity.entries() if entry.what == "cancel"]
    assert entry.who == "Bo"


def test_cancelling_needs_the_role_of_the_request(shop: Shop) -> None:
    ask(shop, "q1")
    people = People(sign_in=True, grants=(Grant("viewer", person="*"),))
    requests = Requests(shop.store.database, shop.store.schemas, lambda: shop.now, people)
    with pytest.raises(UsageError, match="steward"):
        requests.cancel("q1", by="Vic", person=Person("Vic"))
