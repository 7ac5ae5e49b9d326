"""Recorded events outlive the process, count once each, and leave the database in the end."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from sluice.domain import MAX_EVENT_AGE, RecordedEvent
from sluice.errors import UsageError
from sluice.rules.keyed_digests import KeyedDigests
from sluice.store.event_ids import is_new
from sluice.store.recorded_events import EMPTY_SECONDS, GRACE, MAX_OF_USER, RecordedEvents
from sluice.store.tables import EVENT_IDS
from tests.contract.store.conftest import NOW

HOUR = timedelta(hours=1)


@dataclass
class Clock:
    """A clock that goes when it is set."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


def event(item: str = "mug", *, user: str = "ann", event_id: str | None = None, time: datetime = NOW) -> RecordedEvent:
    return RecordedEvent(user, item, "view", time, event_id)


def items(events: Any, user: str = "ann") -> list[str]:
    return [one.item for one in events.of(user)]


def test_another_process_reads_what_was_recorded_with_the_snapshot_of_then(shop: Any) -> None:
    shop.store.recorded_events.add(event("mug", event_id="e1"))
    shop.publish("b1", ["b1.1"])
    shop.store.recorded_events.add(event("cup", time=NOW - HOUR))
    shop.store.recorded_events.add(event("bowl", user="bob"))
    others = shop.reopen().recorded_events
    assert others.of("ann") == [replace(event("mug", event_id="e1"), snapshot=0), replace(event("cup", time=NOW - HOUR), snapshot=1)]
    assert items(others, "nobody") == []


def test_an_event_that_is_sent_again_counts_once(shop: Any) -> None:
    events = shop.store.recorded_events
    events.add(event(event_id="e1"))
    events.add(event(event_id="e1"))
    events.add(event(event_id="e1", time=NOW + HOUR), timed=False)
    assert items(events) == ["mug"]
    for other in (event("cup", event_id="e1"), event(user="bob", event_id="e1"), event(event_id="e1", time=NOW + HOUR)):
        with pytest.raises(UsageError, match="another event has the id e1"):
            events.add(other)
    events.add(event())
    events.add(event())
    assert items(events) == ["mug"] * 3, "without an id each is one"


def test_of_several_who_send_an_event_at_once_one_records_it(shop: Any) -> None:
    stores = [shop.reopen() for _ in range(4)]
    with ThreadPoolExecutor(len(stores)) as threads:
        list(threads.map(lambda store: store.recorded_events.add(event(event_id="e1")), stores))
    assert items(shop.store.recorded_events) == ["mug"]


def test_where_nobody_records_events_the_database_is_read_once_a_second(shop: Any) -> None:
    seconds = [0.0]
    here = RecordedEvents(shop.store.database, lambda: NOW, timer=lambda: seconds[-1])
    assert items(here) == []
    shop.reopen().recorded_events.add(event())
    assert items(here) == [], "another process may take a second"
    seconds.append(EMPTY_SECONDS)
    assert items(here) == ["mug"]
    assert items(here, "bob") == []
    here.add(event("cup"))
    assert items(here) == ["mug", "cup"]


def test_an_event_that_was_added_here_is_read_as_soon_as_it_is_committed(shop: Any) -> None:
    here = RecordedEvents(shop.store.database, lambda: NOW, timer=lambda: 0.0)
    with shop.store.database.transaction():
        here.add(event())
        with ThreadPoolExecutor(1) as thread:
            assert thread.submit(items, here).result() == []
    assert items(here) == ["mug"]


def test_the_newest_events_of_a_user_are_read_in_their_order(shop: Any) -> None:
    events = shop.store.recorded_events
    for number in range(MAX_OF_USER + 2):
        events.add(event(f"i{number}"))
    assert items(events) == [f"i{number}" for number in range(2, MAX_OF_USER + 2)]


def test_events_that_are_published_leave_after_a_while_and_old_ones_count_no_longer(shop: Any) -> None:
    clock = Clock()
    events = RecordedEvents(shop.store.database, clock)
    events.add(event("published", time=NOW - HOUR))
    events.add(event("newer", time=NOW + HOUR))
    shop.publish("b1", ["b1.1"])
    events.add(event("late", time=NOW - HOUR))
    assert events.prune(1, NOW) == 0, "other workers answer from the former snapshot"
    clock.now += GRACE
    assert events.prune(1, NOW) == 1
    assert items(events) == ["newer", "late"]
    clock.now = NOW + MAX_EVENT_AGE
    assert items(events) == []
    assert (events.expire(dry_run=True), events.expire(), events.expire()) == (2, 2, 0)


def test_an_event_that_is_sent_again_after_its_batch_is_published_counts_once(shop: Any) -> None:
    clock = Clock()
    events = RecordedEvents(shop.store.database, clock)
    events.add(event(event_id="e1"))
    shop.publish("b1", ["b1.1"])
    clock.now += GRACE
    assert events.prune(1, NOW) == 1
    events.add(event(event_id="e1"))
    events.add(event(event_id="e1", time=clock.now), timed=False)
    assert items(events) == [], "the published row decides"
    for other in (event("cup", event_id="e1"), event(user="bob", event_id="e1"), event(event_id="e1", time=NOW + HOUR)):
        with pytest.raises(UsageError, match="another event has the id e1"):
            events.add(other)
    with shop.store.database.read() as connection:
        stored = [str(cell) for row in connection.execute(select(EVENT_IDS)) for cell in row]
    assert stored and not {"e1", "ann", "mug", "view"} & set(stored), "digests alone"


def test_an_id_is_free_after_thirty_days(shop: Any) -> None:
    clock = Clock()
    events = RecordedEvents(shop.store.database, clock)
    events.add(event(event_id="e1"))
    clock.now += MAX_EVENT_AGE - HOUR
    events.expire()
    events.add(event(event_id="e1"))
    assert items(events) == ["mug"]
    clock.now += HOUR
    events.add(event("cup", event_id="e1"))
    assert items(events) == ["cup"]
    clock.now += MAX_EVENT_AGE
    assert events.expire() == 1
    with shop.store.database.read() as connection:
        assert connection.execute(select(EVENT_IDS)).all() == []


def test_an_event_is_known_again_after_a_key_of_digests_was_set_and_rotated(shop: Any) -> None:
    keys = (b"a first key of the tests", b"a second key of the tests")
    rotations = [KeyedDigests(), KeyedDigests(keys[:1]), KeyedDigests((keys[1], keys[0]))]
    with shop.store.database.write() as connection:
        for position, digests in enumerate(rotations):
            sent = event(event_id=f"order of ann@mail.example, {position}")
            assert is_new(connection, sent, NOW, digests)
            assert not any(is_new(connection, sent, NOW, later) for later in rotations[position:])
        stored = {row.event for row in connection.execute(select(EVENT_IDS))}
    assert KeyedDigests().of("order of ann@mail.example, 1") not in stored  # it cannot be guessed without the key


def test_the_ids_stay_bounded(shop: Any) -> None:
    with shop.store.database.write() as connection:
        assert [is_new(connection, event(event_id=f"e{number}"), NOW, KeyedDigests(), limit=2) for number in (0, 1, 1, 2)] == [True, True, False, True]
        assert [is_new(connection, event(event_id=f"e{number}"), NOW, KeyedDigests(), limit=2) for number in (1, 2, 0)] == [False, False, True]


def test_the_table_stays_bounded(shop: Any) -> None:
    events = RecordedEvents(shop.store.database, lambda: NOW, limit=3)
    for number in range(5):
        events.add(event(f"i{number}"))
    assert items(events) == ["i2", "i3", "i4"]
