"""A batch is named by the day on which it ends."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sluice.rules.profiles import newest_of_day


def test_the_newest_batch_that_ends_on_a_day_is_chosen() -> None:
    ends = {"a": datetime(2026, 3, 14, tzinfo=UTC), "b": datetime(2026, 3, 14, 12, tzinfo=UTC), "c": datetime(2026, 3, 15, tzinfo=UTC)}
    assert newest_of_day(ends, date(2026, 3, 13)) == "a"  # it ends with the day
    assert newest_of_day(ends, date(2026, 3, 14)) == "c"
    assert newest_of_day(ends, date(2026, 3, 15)) is None
    assert newest_of_day({}, None) is None
