"""Each firing once: missed ones are made up for, and an hour that comes twice counts once."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from sluice.errors import Claimed, UsageError
from sluice.schedule import once, slot_of, start, trigger


class Remembered:
    """Slots in memory."""

    def __init__(self) -> None:
        self.done: list[tuple[str, str]] = []
        self.busy: set[str] = set()

    @contextmanager
    def claim(self, name: str) -> Iterator[None]:
        if name in self.busy:
            raise Claimed(name)
        yield

    def finish_slot(self, job: str, slot: str) -> None:
        self.done.append((job, slot))

    def last_slot(self, job: str) -> str | None:
        return max((slot for name, slot in self.done if name == job), default=None)


def test_a_firing_happens_once_however_often_it_is_asked_for() -> None:
    slots, done = Remembered(), []
    made = trigger("30 2 * * *", "UTC")
    for minute in (30, 31, 45):
        once("audit", made, slots, lambda: done.append(1), lambda minute=minute: datetime(2026, 3, 1, 2, minute, tzinfo=UTC))  # type: ignore[misc]  # the lambda's default binds the minute
    assert (len(done), slots.done) == (1, [("audit", "2026-03-01 02:30")])


def test_what_was_missed_while_nothing_ran_is_made_up_for_once() -> None:
    slots, done = Remembered(), []
    made = trigger("0 4 * * *", "UTC")
    once("retrain", made, slots, lambda: done.append(1), lambda: datetime(2026, 3, 1, 5, tzinfo=UTC))
    once("retrain", made, slots, lambda: done.append(1), lambda: datetime(2026, 3, 9, 5, tzinfo=UTC))
    assert [slot for _, slot in slots.done] == ["2026-03-01 04:00", "2026-03-09 04:00"]


def test_a_firing_that_a_living_worker_is_at_is_left_to_it() -> None:
    slots, done = Remembered(), []
    slots.busy.add("job.retrain")
    assert not once("retrain", trigger("0 4 * * *", "UTC"), slots, lambda: done.append(1), lambda: datetime(2026, 3, 1, 5, tzinfo=UTC))
    assert done == []


def test_a_firing_whose_worker_died_or_failed_is_done_by_the_next() -> None:
    slots, done = Remembered(), []
    made, clock = trigger("0 4 * * *", "UTC"), lambda: datetime(2026, 3, 1, 5, tzinfo=UTC)
    with pytest.raises(ZeroDivisionError):
        once("ingest", made, slots, lambda: done.append(1 // 0), clock)
    assert once("ingest", made, slots, lambda: done.append(1), clock)
    assert not once("ingest", made, slots, lambda: done.append(2), clock)
    assert done == [1]


def test_the_hour_that_comes_twice_in_autumn_counts_once() -> None:
    made = trigger("30 2 * * *", "Europe/Berlin")
    summer, winter = datetime(2026, 10, 25, 0, 40, tzinfo=UTC), datetime(2026, 10, 25, 1, 40, tzinfo=UTC)
    assert slot_of(made, summer) == slot_of(made, winter) == "2026-10-25 02:30"


@pytest.mark.parametrize(
    ("cron", "zone", "told"),
    [
        ("0 4 * * 1", "UTC", "weekdays by name"),
        ("0 0 31 2 *", "UTC", "never fires"),
        ("61 * * * *", "UTC", "61"),
        ("nonsense", "UTC", "nonsense"),
        ("0 4 * * *", "Mars/Olympus", "no time zone"),
    ],
)
def test_a_wrong_schedule_is_told(cron: str, zone: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        trigger(cron, zone)


def test_a_run_tells_of_its_end_before_the_next_run_begins() -> None:
    told: queue.Queue[tuple[str, str]] = queue.Queue()
    runs = iter(range(100))
    stay = threading.Event()

    def action() -> None:
        told.put(("begins", str(next(runs))))

    def ended(job: str, error: BaseException | None) -> None:
        stay.wait(0.05)  # a slow listener: the next firing comes meanwhile
        told.put(("ended", job))

    ticking = start({}, "UTC", Remembered(), lambda: datetime(2026, 3, 1, tzinfo=UTC), every={"ingest": (0.01, action)}, ended=ended)
    heard = [told.get(timeout=10)[0] for _ in range(6)]
    ticking.shutdown(wait=True)
    assert heard == ["begins", "ended"] * 3
