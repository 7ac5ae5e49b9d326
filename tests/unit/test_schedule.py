"""Each firing once: missed ones are trigger up for, and an hour that comes twice counts once."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from sluice.errors import LeaseHeld, UsageError
from sluice.schedule import last_fire_time, parse_cron, run_once, start
from tests.patience import PATIENCE


class MemoryRuns:
    """Firings in memory."""

    def __init__(self) -> None:
        self.done: list[tuple[str, str]] = []

    def finish(self, job: str, fire_time: str) -> None:
        self.done.append((job, fire_time))

    def last_finished(self, job: str) -> str | None:
        return max((fire_time for name, fire_time in self.done if name == job), default=None)


class MemoryStore:
    """Leases and firings in memory."""

    def __init__(self) -> None:
        self.scheduled_runs = MemoryRuns()
        self.busy: set[str] = set()

    @contextmanager
    def lease(self, name: str) -> Iterator[None]:
        if name in self.busy:
            raise LeaseHeld(name)
        yield


def test_a_firing_happens_once_however_often_it_is_asked_for() -> None:
    store, done = MemoryStore(), []
    trigger = parse_cron("30 2 * * *", "UTC")
    for minute in (30, 31, 45):
        run_once("audit", trigger, store, lambda: done.append(1), lambda minute=minute: datetime(2026, 3, 1, 2, minute, tzinfo=UTC))  # type: ignore[misc]  # the lambda's default binds the minute
    assert (len(done), store.scheduled_runs.done) == (1, [("audit", "2026-03-01 02:30")])


def test_what_was_missed_while_nothing_ran_is_made_up_for_once() -> None:
    store, done = MemoryStore(), []
    trigger = parse_cron("0 4 * * *", "UTC")
    run_once("retrain", trigger, store, lambda: done.append(1), lambda: datetime(2026, 3, 1, 5, tzinfo=UTC))
    run_once("retrain", trigger, store, lambda: done.append(1), lambda: datetime(2026, 3, 9, 5, tzinfo=UTC))
    assert [fire_time for _, fire_time in store.scheduled_runs.done] == ["2026-03-01 04:00", "2026-03-09 04:00"]


def test_a_firing_that_a_living_worker_is_at_is_left_to_it() -> None:
    store, done = MemoryStore(), []
    store.busy.add("job.retrain")
    assert not run_once("retrain", parse_cron("0 4 * * *", "UTC"), store, lambda: done.append(1), lambda: datetime(2026, 3, 1, 5, tzinfo=UTC))
    assert done == []


def test_a_firing_whose_worker_died_or_failed_is_done_by_the_next() -> None:
    store, done = MemoryStore(), []
    trigger, clock = parse_cron("0 4 * * *", "UTC"), lambda: datetime(2026, 3, 1, 5, tzinfo=UTC)
    with pytest.raises(ZeroDivisionError):
        run_once("ingest", trigger, store, lambda: done.append(1 // 0), clock)
    assert run_once("ingest", trigger, store, lambda: done.append(1), clock)
    assert not run_once("ingest", trigger, store, lambda: done.append(2), clock)
    assert done == [1]


def test_the_hour_that_comes_twice_in_autumn_counts_once() -> None:
    trigger = parse_cron("30 2 * * *", "Europe/Berlin")
    summer, winter = datetime(2026, 10, 25, 0, 40, tzinfo=UTC), datetime(2026, 10, 25, 1, 40, tzinfo=UTC)
    assert last_fire_time(trigger, summer) == last_fire_time(trigger, winter) == "2026-10-25 02:30"


@pytest.mark.parametrize(
    ("zone", "skipped", "fires"),
    [
        ("Europe/Berlin", datetime(2026, 3, 29, 1, tzinfo=UTC), "2026-03-29 03:30"),
        ("America/New_York", datetime(2026, 3, 8, 7, tzinfo=UTC), "2026-03-08 03:30"),
    ],
)
def test_a_firing_at_a_time_that_clocks_skip_comes_after_it(zone: str, skipped: datetime, fires: str) -> None:
    trigger = parse_cron("30 2 * * *", zone)
    assert last_fire_time(trigger, skipped + timedelta(minutes=29)) < fires  # type: ignore[operator]  # it fired the day before
    assert last_fire_time(trigger, skipped + timedelta(minutes=30)) == last_fire_time(trigger, skipped + timedelta(hours=9)) == fires


@pytest.mark.parametrize(
    ("zone", "night"), [("Europe/Berlin", datetime(2026, 10, 24, 22, tzinfo=UTC)), ("America/New_York", datetime(2026, 11, 1, 4, tzinfo=UTC))]
)
def test_hourly_firings_come_in_both_passes_of_the_hour_that_comes_twice(zone: str, night: datetime) -> None:
    trigger = parse_cron("15 * * * *", zone)
    fire_times = [last_fire_time(trigger, night + timedelta(hours=hours, minutes=20)) for hours in range(6)]
    assert fire_times == sorted({str(fire_time) for fire_time in fire_times})


@pytest.mark.parametrize(
    ("cron", "zone", "message"),
    [
        ("0 4 * * 1", "UTC", "weekdays by name"),
        ("0 0 31 2 *", "UTC", "never fires"),
        ("61 * * * *", "UTC", "61"),
        ("nonsense", "UTC", "nonsense"),
        ("0 4 * * *", "Mars/Olympus", "no time zone"),
    ],
)
def test_a_wrong_schedule_is_told(cron: str, zone: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        parse_cron(cron, zone)


def test_a_run_tells_of_its_end_before_the_next_run_begins() -> None:
    events: queue.Queue[tuple[str, str]] = queue.Queue()
    runs = iter(range(100))
    stay = threading.Event()

    def action() -> None:
        events.put(("begins", str(next(runs))))

    def ended(job: str, error: BaseException | None) -> None:
        stay.wait(0.05)  # a slow listener: the next firing comes meanwhile
        events.put(("ended", job))

    ticking = start({}, "UTC", MemoryStore(), lambda: datetime(2026, 3, 1, tzinfo=UTC), every={"ingest": (0.01, action)}, ended=ended)
    order = [events.get(timeout=PATIENCE)[0] for _ in range(6)]
    ticking.shutdown(wait=True)
    assert order == ["begins", "ended"] * 3
