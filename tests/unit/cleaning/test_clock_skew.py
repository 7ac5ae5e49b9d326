"""Wrong clocks are put right; what was merely sent late is left alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cleaning.clock_skew import ClockSkew
from sluice.domain import ACTION, Batch, Cleaned, Column, Message, Schema

T = datetime(2026, 3, 1, 12, tzinfo=UTC)
SCHEMA = Schema("events", columns=(Column("session"), Column("ts", "timestamp"), Column("received", "timestamp")), time="ts")
HOUR = 3600.0
Event = tuple[str | None, float, float]
LIVE: list[Event] = [(f"live{session}", 100.0 * session + 40 * event, 2.0) for session in range(6) for event in range(3)]


def clean(batch: Callable[..., Batch], snapshot: Callable[..., Any], events: Sequence[Event], **settings: Any) -> Cleaned:
    """Events as (session, true second, latency as the clock tells it)."""
    cells = {
        "session": [session for session, _, _ in events],
        "ts": [T + timedelta(seconds=second + 2.0 - latency) for _, second, latency in events],
        "received": [T + timedelta(seconds=second + 2.0) for _, second, _ in events],
    }
    return ClockSkew(SCHEMA, received_time="received", session="session", **settings).clean(batch(SCHEMA, **cells), [], snapshot())


def seconds(cleaned: Cleaned, count: int) -> list[float]:
    return [(minute - T).total_seconds() for minute in cleaned.batch.rows["ts"].to_list()[:count]]


@pytest.mark.parametrize("hours", [-9, -1, 1, 5])
def test_a_session_with_one_offset_is_shifted_and_keeps_its_order(batch: Callable[..., Batch], snapshot: Callable[..., Any], hours: int) -> None:
    off: list[Event] = [("off", second, 2.0 + jitter + hours * HOUR) for second, jitter in ((0, 0.0), (30, 0.4), (90, -0.3))]
    cleaned = clean(batch, snapshot, [*off, *LIVE])
    assert seconds(cleaned, 3) == pytest.approx([0, 29.6, 90.3], abs=1e-3)
    assert {Message.loads(message).code for message in cleaned.repairs["message"]} == {"session_shifted"}
    assert "order_unknown" not in cleaned.batch.rows[ACTION].to_list()


def test_what_a_device_sends_when_it_is_back_online_is_left_alone(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    cells = {
        "session": ["offline"] * 4 + [session or "" for session, _, _ in LIVE],
        "ts": [T + timedelta(minutes=minute) for minute in (0, 5, 9, 30)] + [T + timedelta(seconds=second) for _, second, _ in LIVE],
        "received": [T + timedelta(hours=4)] * 4 + [T + timedelta(seconds=second + 2) for _, second, _ in LIVE],
    }
    cleaned = ClockSkew(SCHEMA, received_time="received", session="session").clean(batch(SCHEMA, **cells), [], snapshot())
    assert not cleaned.repairs["applied"].any()


def test_a_single_event_from_the_future_is_placed_and_its_order_is_unknown(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    cleaned = clean(batch, snapshot, [("s", 0, 2.0), ("s", 50, -300 * HOUR), ("s", 90, 2.0), *LIVE])
    assert seconds(cleaned, 3) == [0, 50, 90]
    assert cleaned.batch.rows[ACTION].to_list()[:3] == ["keep", "order_unknown", "keep"]


def test_a_single_event_that_its_session_contradicts_is_placed(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    cleaned = clean(batch, snapshot, [("s", 0, 2.0), ("s", 50, 3 * HOUR), ("s", 90, 2.0), *LIVE])
    assert seconds(cleaned, 3) == [0, 50, 90]
    assert cleaned.batch.rows[ACTION].to_list()[1] == "order_unknown"


def test_a_late_event_by_itself_is_a_candidate_until_late_sessions_prove_to_be_clocks(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    alone: list[Event] = [("alone", 0, 3 * HOUR)]
    assert clean(batch, snapshot, [*alone, *LIVE]).repairs["applied"].to_list() == [False]
    clocks: list[Event] = [(f"c{session}", 40.0 * event, 2.0 + session * HOUR) for session in range(1, 5) for event in range(3)]
    assert seconds(clean(batch, snapshot, [*alone, *clocks, *LIVE]), 1) == [0]


def test_a_batch_that_came_late_as_a_whole_is_left_alone(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    equal: list[Event] = [(session, second, 48 * HOUR) for session, second, _ in LIVE]
    assert clean(batch, snapshot, equal).repairs.is_empty()


def test_a_back_fill_that_was_received_at_one_moment_is_left_alone(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    cells = {
        "session": [f"s{session}" for session in range(10) for _ in range(2)],
        "ts": [T + timedelta(hours=session, minutes=event) for session in range(10) for event in range(2)],
        "received": [T + timedelta(days=3)] * 20,
    }
    cleaned = ClockSkew(SCHEMA, received_time="received", session="session").clean(batch(SCHEMA, **cells), [], snapshot())
    assert cleaned.repairs.is_empty()


def test_rows_without_a_time_or_a_session_stand_alone(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    cells = {"session": [None, None, "s", *"abcd"], "ts": [T, T + timedelta(days=1), None, *[T] * 4], "received": [T] * 7}
    cleaned = ClockSkew(SCHEMA, received_time="received", session="session").clean(batch(SCHEMA, **cells), [], snapshot())
    assert cleaned.batch.rows["ts"].to_list() == [T, T, None, *[T] * 4]


def test_settings_must_name_timestamps() -> None:
    with pytest.raises(ValueError, match="session is not one of ts, received"):
        ClockSkew(SCHEMA, received_time="session")
    with pytest.raises(ValueError, match="nope is not one of session"):
        ClockSkew(SCHEMA, received_time="received", session="nope")
