"""Each firing once: missed ones are caught up once, and an hour that comes twice counts once."""

from __future__ import annotations

import inspect
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import polars as pl
import pytest

from sluice.cron import last_fire_time, next_fire_times, parse_cron
from sluice.errors import Cancelled, LeaseHeld, UsageError
from sluice.rules import Attempts
from sluice.schedule import RETRY_SECONDS, put_crons, run_once, start
from sluice.store.leases import Leases
from tests.patience import PATIENCE


class MemoryRuns:
    """Firings in memory."""

    def __init__(self) -> None:
        self.done: list[tuple[str, str]] = []
        self.tries: dict[tuple[str, str], Attempts] = {}

    def begin(self, job: str, fire_time: str, at: datetime) -> int:
        former = self.tries.get((job, fire_time))
        self.tries[job, fire_time] = Attempts(former.number + 1 if former else 1, at)
        return self.tries[job, fire_time].number

    def fail(self, job: str, fire_time: str, attempt: int, at: datetime) -> None:
        self.tries[job, fire_time] = Attempts(attempt, at)

    def finish(self, job: str, fire_time: str, attempt: int, at: datetime) -> None:
        self.done.append((job, fire_time))

    def cancel(self, job: str, fire_time: str, attempt: int, at: datetime) -> None:
        self.done.append((job, fire_time))

    def attempts(self, job: str, fire_time: str) -> Attempts | None:
        return self.tries.get((job, fire_time))

    def last_finished(self, job: str, until: str) -> str | None:
        return max((fire_time for name, fire_time in self.done if name == job and fire_time <= until), default=None)

    def of_the_future(self, now: datetime) -> dict[str, str]:
        return {job: fire_time for job, fire_time in self.done if fire_time > f"{now:%Y-%m-%d %H:%M}"}


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


def test_a_firing_that_failed_is_taken_up_by_whoever_asks_next_after_a_while() -> None:
    store, done = MemoryStore(), []
    trigger, begin = parse_cron("0 4 * * *", "UTC"), datetime(2026, 3, 1, 5, tzinfo=UTC)

    def fail() -> None:
        raise ZeroDivisionError

    def ask(seconds: float, action: Callable[[], None]) -> bool:
        return run_once("ingest", trigger, store, action, lambda: begin + timedelta(seconds=seconds))

    for seconds in (0, 10, 30):
        with pytest.raises(ZeroDivisionError):
            ask(seconds, fail)
    assert not ask(69, lambda: done.append(0))
    assert ask(70, lambda: done.append(1))
    assert not ask(9999, lambda: done.append(2))
    assert done == [1]


def test_a_firing_whose_worker_died_is_taken_up_long_before_the_next_one() -> None:
    store, done = MemoryStore(), []
    trigger, begin = parse_cron("0 4 * * *", "UTC"), datetime(2026, 3, 1, 4, tzinfo=UTC)
    store.scheduled_runs.begin("ingest", "2026-03-01 04:00", begin)  # and no word since
    assert run_once("ingest", trigger, store, lambda: done.append(1), lambda: begin + timedelta(seconds=10))
    assert (done, store.scheduled_runs.tries["ingest", "2026-03-01 04:00"].number) == ([1], 2)


def test_a_firing_that_a_clock_of_the_next_year_recorded_silences_none(caplog: pytest.LogCaptureFixture) -> None:
    store, done = MemoryStore(), []
    trigger = parse_cron("0 4 * * *", "UTC")
    for moment in (datetime(2027, 3, 1, 5, tzinfo=UTC), datetime(2026, 3, 1, 5, tzinfo=UTC)):
        run_once("ingest", trigger, store, lambda: done.append(1), lambda moment=moment: moment)  # type: ignore[misc]  # the lambda's default binds the moment
    assert (len(done), [fire_time for _, fire_time in store.scheduled_runs.done]) == (2, ["2027-03-01 04:00", "2026-03-01 04:00"])
    assert "ingest: a firing of 2027-03-01 04:00 UTC is recorded, which lies in the future" in caplog.text


@pytest.mark.parametrize(("former", "present"), [("Asia/Tokyo", "America/Los_Angeles"), ("America/Los_Angeles", "Asia/Tokyo")])
def test_another_time_zone_of_the_schedule_moves_its_next_firing_alone(former: str, present: str) -> None:
    store: MemoryStore = MemoryStore()
    done: list[datetime] = []
    begin = datetime(2026, 3, 2, 12, tzinfo=UTC)
    for hours in range(72):
        moment = begin + timedelta(hours=hours)
        trigger = parse_cron("0 4 * * *", former if hours < 24 else present)
        run_once("ingest", trigger, store, lambda moment=moment: done.append(moment), lambda moment=moment: moment)  # type: ignore[misc]  # as above
    assert max(later - earlier for earlier, later in pairwise(done)) <= timedelta(hours=41)
    assert len(done) in (4, 5)


def test_the_hour_that_comes_twice_in_autumn_counts_once() -> None:
    trigger = parse_cron("30 2 * * *", "Europe/Berlin")
    summer, winter = datetime(2026, 10, 25, 0, 40, tzinfo=UTC), datetime(2026, 10, 25, 1, 40, tzinfo=UTC)
    assert last_fire_time(trigger, summer) == last_fire_time(trigger, winter) == "2026-10-25 00:30"


@pytest.mark.parametrize(
    ("zone", "skipped", "fires"),
    [
        ("Europe/Berlin", datetime(2026, 3, 29, 1, tzinfo=UTC), "2026-03-29 01:30"),
        ("America/New_York", datetime(2026, 3, 8, 7, tzinfo=UTC), "2026-03-08 07:30"),
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


def test_a_job_that_was_not_due_tells_nothing() -> None:
    events: queue.Queue[str] = queue.Queue()

    def action() -> bool:
        events.put("asked")
        return False

    every: dict[str, tuple[float, Callable[[], object]]] = {"ingest": (0.01, action)}
    ticking = start({}, "UTC", MemoryStore(), lambda: datetime(2026, 3, 1, tzinfo=UTC), every=every, ended=lambda job, _: events.put("ended"))
    heard = [events.get(timeout=PATIENCE) for _ in range(4)]
    ticking.shutdown(wait=True)
    assert set(heard) == {"asked"}


def test_a_panic_of_a_library_is_reported_and_the_job_goes_on() -> None:
    events: queue.Queue[str] = queue.Queue()

    def action() -> None:
        raise pl.exceptions.PanicException("index out of bounds")

    def ended(job: str, error: BaseException | None) -> None:
        events.put(f"{job}: {error}")

    ticking = start({}, "UTC", MemoryStore(), lambda: datetime(2026, 3, 1, tzinfo=UTC), every={"ingest": (0.01, action)}, ended=ended)
    heard = [events.get(timeout=PATIENCE) for _ in range(3)]
    ticking.shutdown(wait=True)
    assert heard == ["ingest: a library panicked: index out of bounds"] * 3


@pytest.mark.parametrize(
    ("zone", "change"), [("Europe/Berlin", date(2026, 3, 29)), ("Europe/Berlin", date(2026, 10, 25)), ("America/New_York", date(2026, 3, 8))]
)
@pytest.mark.parametrize("at", ["0 0", "30 0", "59 0", "30 1", "30 2", "15 23"])
@pytest.mark.parametrize("hours", range(0, 48, 7))
def test_a_daily_job_fires_once_on_each_day_around_a_change_of_the_clock(zone: str, change: date, at: str, hours: int) -> None:
    since = datetime.combine(change - timedelta(days=2), time(), UTC) + timedelta(hours=hours)
    days = [moment.date() for moment in next_fire_times(parse_cron(f"{at} * * *", zone), since, 8)]
    assert days == [days[0] + timedelta(days=number) for number in range(8)]


def test_a_weekly_job_fires_on_the_day_after_a_change_of_the_clock() -> None:
    trigger = parse_cron("0 0 * * mon", "Europe/Berlin")
    assert [str(moment) for moment in next_fire_times(trigger, datetime(2026, 3, 24, tzinfo=UTC), 2)] == [
        "2026-03-30 00:00:00+02:00",
        "2026-04-06 00:00:00+02:00",
    ]
    assert last_fire_time(trigger, datetime(2026, 3, 29, 23, 30, tzinfo=UTC)) == "2026-03-29 22:00"


def test_a_firing_that_a_person_cancelled_is_not_tried_again() -> None:
    store, trigger = MemoryStore(), parse_cron("0 6 * * *", "UTC")

    def cancelled() -> None:
        raise Cancelled("cancelled by Ann")

    def run() -> bool:
        return run_once("ingest", trigger, store, cancelled, lambda: datetime(2026, 3, 2, tzinfo=UTC))

    with pytest.raises(Cancelled):
        run()
    assert run() is False


def test_a_job_of_a_machine_that_died_is_taken_over_within_half_a_minute() -> None:
    longest = inspect.signature(Leases).parameters["ttl"].default
    assert longest <= 15
    assert longest + RETRY_SECONDS < 30


def test_cron_lines_are_put_in_place_of_former_ones_and_a_wrong_one_changes_nothing() -> None:
    store, reports = MemoryStore(), list[str]()

    def ended(job: str, error: BaseException | None) -> None:
        reports.append(f"{job} {error}")

    def put(**crons: str) -> None:
        put_crons(scheduler, {job: (cron, lambda: None) for job, cron in crons.items()}, "UTC", store, clock, ended, former=("ingest", "audit"))

    def clock() -> datetime:
        return datetime(2026, 3, 1, 12, tzinfo=UTC)

    scheduler = start({"ingest": ("0 4 * * *", lambda: None)}, "UTC", store, clock, every={}, ended=ended)
    try:
        first = str(scheduler.get_job("ingest").trigger)
        put(ingest="30 5 * * *", retrain="0 6 * * *")
        assert str(scheduler.get_job("ingest").trigger) == str(parse_cron("30 5 * * *", "UTC")) != first
        assert scheduler.get_job("retrain")
        with pytest.raises(UsageError):
            put(ingest="no cron line")
        assert str(scheduler.get_job("ingest").trigger) == str(parse_cron("30 5 * * *", "UTC"))
        put(audit="0 7 * * *")
        assert not scheduler.get_job("ingest")
        assert not scheduler.get_job("ingest, unfinished")
    finally:
        scheduler.shutdown(wait=True)
