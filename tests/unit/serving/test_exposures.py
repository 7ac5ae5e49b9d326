"""What is shown is logged in the background, once, also while the database is away for a while."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from sluice.domain.exposures import ShownList
from sluice.errors import StoreError
from sluice.serving.exposures import ExposureWriter

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def a_list(number: int) -> ShownList:
    return ShownList(str(number), NOON, "ann", "home", 1, ("mug",))


class Log:
    """A log that may be away."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.away = False
        self.written = threading.Event()

    def __call__(self, lists: Sequence[ShownList]) -> None:
        if self.away:
            raise StoreError("the database does not answer")
        self.ids += [one.id for one in lists]
        self.written.set()


def test_lists_are_written_in_the_background_in_their_order() -> None:
    log = Log()
    writer = ExposureWriter(log, pause=0.001)
    for number in range(3):
        writer.add(a_list(number))
    assert log.written.wait(30)
    writer.close()
    assert log.ids == ["0", "1", "2"]


def test_closing_writes_what_waits_and_what_comes_later() -> None:
    log = Log()
    writer = ExposureWriter(log, pause=1e6)
    writer.add(a_list(1))
    writer.close()
    assert log.ids == ["1"]
    writer.add(a_list(2))
    assert log.ids == ["1", "2"]
    ExposureWriter(log).close()


def test_what_a_database_that_is_away_does_not_take_is_written_later_up_to_a_limit(caplog: pytest.LogCaptureFixture) -> None:
    log = Log()
    log.away = True
    writer = ExposureWriter(log, pause=1e6, most=2)
    for number in range(3):
        writer.add(a_list(number))
    writer.flush()
    assert "2 lists that were shown are not logged yet" in caplog.text
    log.away = False
    writer.close()
    assert log.ids == ["0", "1"]
