"""Replays, bursts, beats, clocks and hours: what is odd is found, people are left alone, and one accepted attack opens no door."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from detectors.traffic import burst, clock_skew, hourly_volume, regular_timing, replay
from detectors.traffic.frames import FINDINGS
from sluice.domain import Message

START = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday
VISITS = {
    "_row_id": pl.String(),
    **dict.fromkeys(("user", "item", "session", "ip", "kind"), pl.String()),
    "time": pl.Datetime("us", "UTC"),
    "received": pl.Datetime("us", "UTC"),
}
CHANCE = 0.001
SPAN = 72_000.0  # seconds of a day in which people begin
Row = tuple[object, ...]


def event(name: str, user: str, item: str, at: float, *, kind: str = "view", delay: float = 2.0) -> Row:
    moment = START + timedelta(seconds=at)
    return (name, user, item, f"s-{user}", f"ip-{user}", kind, moment, moment + timedelta(seconds=delay))


@functools.cache
def people(day: int, users: int = 300) -> pl.DataFrame:
    """A day of people, each with a pace of their own and pauses that differ."""
    rng = np.random.default_rng(day)
    rows: list[Row] = []
    for user in range(users):
        at, pace = 86_400.0 * day + float(rng.uniform(0, SPAN)), float(rng.uniform(2.5, 4.5))
        for _ in range(4 + rng.geometric(0.2)):
            at += float(rng.lognormal(pace, 0.9))
            kind = "cart" if rng.random() < 0.2 else "view"
            rows.append(event(f"{day}.{len(rows)}", f"u{user}.{day}", f"i{rng.integers(80)}", at, kind=kind, delay=float(rng.exponential(3))))
    return frame(rows)


def frame(rows: Sequence[Row]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=VISITS, orient="row").sort("user", "time", "item")


def again(rows: pl.DataFrame, lag: float) -> pl.DataFrame:
    """The same events some seconds later, under new keys."""
    later = pl.col("time", "received") + timedelta(seconds=lag)
    return rows.with_columns(later, pl.format("odd.{}", "_row_id").alias("_row_id"))


def at_noon(day: int) -> float:
    return 86_400.0 * day + 43_200.0


FIND: dict[str, Any] = {
    "replay": lambda rows, learned_state: replay.find_replays(rows, learned_state, chance=CHANCE),
    "burst": lambda rows, learned_state: burst.find_bursts(rows, learned_state, chance=CHANCE),
    "regular_timing": lambda rows, learned_state: regular_timing.find_regular_timing(rows, learned_state, chance=CHANCE),
    "clock_skew": lambda rows, learned_state: clock_skew.find_clock_skew(rows, learned_state, now=START + timedelta(days=9)),
}
NONE: dict[str, Any] = {
    "replay": replay.RecentEvents.none(),
    "burst": burst.WindowCounts.none(),
    "regular_timing": regular_timing.PauseSpread.none(),
    "clock_skew": clock_skew.ClockDelays.none(),
    "hourly_volume": hourly_volume.HourlyCounts.none(),
}
ODD = {
    "replay": again(people(6).head(60), 1800.0),
    "burst": frame([event(f"odd.{n}", "hammer", f"i{n}", at_noon(6) + n / 4) for n in range(200)]),
    "regular_timing": frame([event(f"odd.{n}", "robot", f"i{n}", at_noon(6) + 20.0 * n + 0.1 * (n % 3)) for n in range(12)]),
    "clock_skew": frame([event(f"odd.{n}", f"traveller{n}", "i1", at_noon(6) + n, delay=-7200.0) for n in range(5)]),
}
ways = pytest.mark.parametrize("way", sorted(FIND))


@functools.cache
def learned(way: str) -> Any:
    return functools.reduce(lambda learned_state, day: learned_state.after(people(day)), range(6), NONE[way])


def odd(findings: pl.DataFrame) -> set[str]:
    assert findings.schema == FINDINGS
    assert findings["_row_id"].is_unique().all()
    assert findings["message"].null_count() == 0
    assert findings["score"].drop_nulls().is_between(0, 1).all()
    return set(findings["_row_id"])


@ways
@pytest.mark.parametrize("day", [6, 7, 8])
def test_people_are_left_alone(way: str, day: int) -> None:
    assert odd(FIND[way](people(day), learned(way))) == set()


@ways
def test_what_machines_do_is_found(way: str) -> None:
    findings = odd(FIND[way](pl.concat([people(6), ODD[way]]), learned(way)))
    planted = set(ODD[way]["_row_id"])
    assert len(findings & planted) >= 0.95 * len(planted)
    assert len(findings - planted) <= 5


@ways
def test_evidence_names_nobody(way: str) -> None:
    outcome = FIND[way](pl.concat([people(6), ODD[way]]), learned(way))["message"].str.to_lowercase()
    assert not outcome.str.contains_any(["hammer", "robot", "traveller", "s-u", "ip-u"]).any()


@ways
def test_the_order_of_rows_does_not_matter(way: str) -> None:
    rows, learned_state = pl.concat([people(6), ODD[way]]), learned(way)
    assert odd(FIND[way](rows.sample(fraction=1, shuffle=True, seed=3), learned_state)) == odd(FIND[way](rows, learned_state))


@ways
def test_an_attack_that_was_accepted_once_opens_no_door(way: str) -> None:
    before = ODD[way].with_columns(pl.col("time", "received") - timedelta(days=6))
    findings = odd(FIND[way](pl.concat([people(6), ODD[way]]), learned(way).after(before)))
    assert len(findings & set(ODD[way]["_row_id"])) >= 0.9 * ODD[way].height


@pytest.mark.parametrize("way", sorted(NONE))
def test_what_is_known_survives_packing(way: str) -> None:
    learned_state = learned(way)
    packed = learned_state.pack()
    restored = type(learned_state).unpack(packed)
    assert {name: array.tolist() for name, array in restored.pack().items()} == {name: array.tolist() for name, array in packed.items()}


@pytest.mark.parametrize("way", sorted(NONE))
@pytest.mark.parametrize("empty", ["no rows", "one row", "all null"])
def test_hardly_any_rows_are_no_reason_to_fail(way: str, empty: str) -> None:
    rows = {"no rows": people(6).clear(), "one row": people(6).head(1)}.get(
        empty, people(6).with_columns(pl.lit(None).cast(kind).alias(name) for name, kind in VISITS.items() if name != "_row_id")
    )
    assert NONE[way].after(rows).pack()
    if way != "hourly_volume":
        assert odd(FIND[way](rows, learned(way))) == set()


@ways
def test_columns_that_are_not_named_are_done_without(way: str) -> None:
    rows = pl.concat([people(6), ODD[way]]).drop("session", "ip", "kind", "received")
    findings = odd(FIND[way](rows, learned(way))) & set(ODD[way]["_row_id"])
    assert len(findings) >= (0 if way == "clock_skew" else 0.9 * ODD[way].height)


def test_a_replay_of_an_earlier_batch_is_found() -> None:
    learned_state = replay.RecentEvents.none().after(people(5))
    late = again(people(5).head(60), 86_400.0)
    assert len(odd(replay.find_replays(pl.concat([people(6), late]), learned_state, chance=CHANCE))) >= 0.95 * 60


def test_events_that_are_remembered_are_bounded_and_the_newest() -> None:
    events = replay.RecentEvents.none().after(people(0)).after(people(1), most=100).events
    assert events.height == 100
    assert events["time"].min() >= people(1)["time"].min()  # type: ignore[operator]


@pytest.mark.parametrize("by", ["user", "ip", "item"])
def test_each_thing_that_bursts_is_found_by_itself(by: str) -> None:
    rows = frame([event(f"odd.{n}", f"v{n}", f"j{n}", at_noon(6) + n / 4) for n in range(200)]).with_columns(pl.lit("same").alias(by))
    assert odd(burst.find_bursts(pl.concat([people(6), rows]), learned("burst"), chance=CHANCE)) == set(rows["_row_id"])


def test_a_slow_beat_of_few_events_is_found_as_well() -> None:
    rows = frame([event(f"odd.{n}", "robot", "i1", at_noon(6) + 600.0 * n) for n in range(7)])
    assert odd(regular_timing.find_regular_timing(pl.concat([people(6), rows]), learned("regular_timing"), chance=CHANCE)) == set(rows["_row_id"])


def test_a_clock_ahead_of_now_is_found_without_any_past() -> None:
    rows = frame([event("odd", "u", "i", at_noon(20)), event("fine", "u", "i", at_noon(6))])
    assert odd(FIND["clock_skew"](rows, NONE["clock_skew"])) == {"odd"}


def test_a_zone_is_told_from_a_late_delivery() -> None:
    rows = frame([event("zone", "u", "i", 0.0, delay=3600.0 + 5), event("late", "v", "i", 0.0, delay=5400.0)])
    outcome = dict(FIND["clock_skew"](rows, learned("clock_skew")).select("_row_id", "message").iter_rows())
    assert [Message.loads(outcome[row]).code for row in ("zone", "late")] == ["time_off_by_hours", "time_off"]


def test_a_session_that_bears_one_moment_is_found() -> None:
    rows = frame([event(f"odd.{n}", "batcher", f"i{n}", at_noon(6)) for n in range(6)])
    assert odd(FIND["clock_skew"](pl.concat([people(6), rows]), learned("clock_skew"))) == set(rows["_row_id"])


def hours(rows: pl.DataFrame, learned_state: hourly_volume.HourlyCounts) -> set[datetime]:
    return set(hourly_volume.find_odd_hours(rows, learned_state, chance=CHANCE)["hour"])


@pytest.mark.parametrize("day", [6, 7])
def test_usual_hours_are_left_alone(day: int) -> None:
    assert hours(people(day, 2000), weeks()) == set()


@functools.cache
def weeks(days: int = 6) -> hourly_volume.HourlyCounts:
    learned_state = hourly_volume.HourlyCounts.none()
    for day in range(days):
        learned_state = learned_state.after(people(day, 2000))
    return learned_state


def test_an_hour_that_is_lost_or_sent_twice_is_found() -> None:
    rows, noon = people(6, 2000), START + timedelta(days=6, hours=12)
    within = pl.col("time").is_between(noon, noon + timedelta(minutes=59))
    assert hours(rows.filter(~within), weeks()) == {noon}
    assert hours(pl.concat([rows, rows.filter(within), rows.filter(within)]), weeks()) == {noon}


def test_one_wrong_clock_does_not_stretch_a_batch_over_centuries() -> None:
    rows = pl.concat([people(6, 2000), frame([event("past", "u", "i", -1.5e9), event("future", "u", "i", 5e9)])])
    assert hours(rows, weeks()) == set()
    table = weeks().after(rows).table
    assert table["hour"].max() - table["hour"].min() < timedelta(days=9)  # type: ignore[operator]


def test_hours_that_are_remembered_are_bounded() -> None:
    learned_state = weeks(2).after(frame([event("late", "u", "i", 86_400.0 * 7 * 30)]))
    assert learned_state.table["hour"].n_unique() == 1
