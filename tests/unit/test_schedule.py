"""Each firing once: missed ones are made up for, and an hour that comes twice counts once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sluice.errors import UsageError
from sluice.schedule import once, slot_of, trigger


class Remembered:
    """Slots in memory."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str]] = []
        self.done: list[tuple[str, str]] = []

    def take_slot(self, job: str, slot: str) -> bool:
        if (job, slot) in self.taken:
            return False
        self.taken.append((job, slot))
        return True

    def finish_slot(self, job: str, slot: str) -> None:
        self.done.append((job, slot))

    def last_slot(self, job: str) -> str | None:
        return max((slot for name, slot in self.taken if name == job), default=None)


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
