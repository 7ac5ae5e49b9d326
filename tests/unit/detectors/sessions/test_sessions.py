from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from detectors.sessions.detector import Sessions
from detectors.sessions.session_features import SessionAggregator
from detectors.sessions.session_snapshot import SessionSnapshot
from sluice.domain import EVIDENCE, ROW, Batch, Column, Message, Schema, Verdict
from sluice.messages import render

START = datetime(2026, 3, 1, tzinfo=UTC)
SCHEMA = Schema("events", time="ts", columns=(*(Column(name) for name in ("user_id", "session_id", "item_id", "event_type")), Column("ts", "timestamp")))
AGGREGATES = SessionAggregator("session_id", "item_id", "ts", "event_type", ("view", "cart"))


def event(n: int, session: str | None, item: str, at: float, kind: str = "view") -> tuple[object, ...]:
    return ("u1", session, item, kind, START + timedelta(seconds=at), f"b.{n}")


def frame(events: list[tuple[object, ...]]) -> pl.DataFrame:
    return pl.DataFrame(events, schema={**SCHEMA.dtypes, ROW: pl.String()}, orient="row")


def people(seed: int, sessions: int) -> pl.DataFrame:
    """Sessions of some minutes in the day: they look, and put a sixth of it into the cart."""
    rng = np.random.default_rng(seed)
    length = rng.geometric(0.25, sessions)
    session = np.repeat(np.arange(sessions), length)
    gaps = rng.lognormal(3.4, 0.8, session.size)
    starts = np.cumsum(length) - length
    walked = np.cumsum(gaps)
    at = np.repeat(3600 * rng.uniform(8, 22, sessions), length) + walked - np.repeat(walked[starts], length)
    events = [
        event(n, f"s{seed}-{own}", f"i{item}", float(when), "cart" if carted else "view")
        for n, (own, item, when, carted) in enumerate(zip(session, rng.integers(300, size=session.size), at, rng.random(session.size) < 0.16, strict=True))
    ]
    return frame(events)


HOARDER = [event(90_000 + n, "hoarder", f"i{n}", 40_000 + 30.0 * n, "cart") for n in range(25)]
STARER = [event(91_000 + n, "starer", "i7", 40_000 + 180.0 * n) for n in range(25)]


@pytest.fixture(scope="module")
def detector() -> Sessions:
    return Sessions(SCHEMA, kind="event_type", kinds=("view", "cart"), min_rows=2000, max_fpr=0.005, training_steps=300, device="cpu")


@pytest.fixture(scope="module")
def snapshot(detector: Sessions, snapshot_of: Any) -> Any:
    history = people(0, 6000)
    return snapshot_of(history, {detector.name: detector.train(snapshot_of(history), seed=0)})


@pytest.fixture
def judge(detector: Sessions, snapshot: Any) -> Callable[[pl.DataFrame], Verdict]:
    def of(rows: pl.DataFrame) -> Verdict:
        (verdict,) = detector.judge(Batch("events", "b", rows, START + timedelta(days=1)), snapshot)
        return verdict

    return of


def test_a_session_is_told_in_one_row() -> None:
    rows = frame([event(0, "s1", "a", 0), event(1, "s1", "a", 60), event(2, "s1", "b", 180, "cart"), event(3, "s2", "c", 8 * 3600), event(4, None, "c", 9)])
    outcome = AGGREGATES.of(rows.sample(fraction=1, shuffle=True, seed=1)).to_dicts()
    assert [entry[ROW] for entry in outcome] == ["s1", "s2"]
    assert outcome[0] | {"events": 3.0, "items": 2.0, "minutes": 3.0, "pause": 90.0, "night": 1.0, "number of cart": 1.0, "began": START} == outcome[0]
    assert (outcome[1]["events"], outcome[1]["pause"], outcome[1]["night"]) == (1.0, None, 0.0)


def test_its_columns_are_those_that_are_declared() -> None:
    assert set(AGGREGATES.schema("events").names) <= set(AGGREGATES.of(people(0, 3)).columns)


def test_clean_sessions_are_flagged_no_oftener_than_the_budget_allows(judge: Callable[[pl.DataFrame], Verdict]) -> None:
    verdict = judge(people(1, 4000))
    assert verdict.evidence is not None
    assert verdict.status == "passed"
    assert verdict.failed < 0.03 * verdict.rows


@pytest.mark.parametrize(("odd", "name"), [(HOARDER, "hoarder"), (STARER, "starer")])
def test_an_odd_session_is_flagged_whole_and_says_why(judge: Callable[[pl.DataFrame], Verdict], odd: list[tuple[object, ...]], name: str) -> None:
    rows = pl.concat([people(1, 1000), frame(odd)])
    verdict = judge(rows)
    assert verdict.failing is not None
    assert verdict.evidence is not None
    assert rows.filter(pl.col("session_id") == name).height == rows.filter(verdict.failing & (rows["session_id"] == name)).height
    assert verdict.evidence.schema == EVIDENCE
    assert verdict.evidence[ROW].to_list() == rows.filter(verdict.failing)[ROW].to_list()
    assert all(render(Message.loads(message)).startswith("its session as a whole: ") for message in verdict.evidence["message"])
    assert verdict.columns == ("session_id", "item_id", "ts", "event_type")


def test_rows_without_a_session_are_not_judged(judge: Callable[[pl.DataFrame], Verdict]) -> None:
    verdict = judge(pl.concat([people(1, 1000), frame([event(90_000 + n, None, "i7", 7.0) for n in range(50)])]))
    assert verdict.failing is not None
    assert not verdict.failing.tail(50).any()


def test_parts_of_a_batch_are_not_judged(detector: Sessions, snapshot: Any) -> None:
    (verdict,) = detector.judge(Batch("events", "b", people(1, 20), START, whole=False), snapshot)
    assert verdict.status == "skipped"


def test_without_its_columns_nothing_is_judged(judge: Callable[[pl.DataFrame], Verdict]) -> None:
    assert judge(people(1, 20).drop("session_id")).status == "not_evaluated"


def test_without_a_model_it_waits(detector: Sessions, snapshot_of: Any) -> None:
    (verdict,) = detector.judge(Batch("events", "b", people(1, 20), START), snapshot_of())
    assert verdict.status == "skipped"
    assert "waits for" in render(verdict.message)


def test_its_past_is_the_past_of_events_but_for_the_rows(snapshot: Any) -> None:
    values_before = SessionSnapshot(snapshot, AGGREGATES, 100)
    assert (values_before.id, values_before.runs("events")) == (snapshot.id, snapshot.runs("events"))
    assert values_before.published("events").collect().height <= 2500
    assert SessionSnapshot(replace(snapshot, rows=pl.DataFrame()), AGGREGATES, 100).published("events").collect_schema().names() == []


@pytest.mark.parametrize(("settings", "outcome"), [({"session": "visit"}, "declared columns"), ({"max_fpr": 2.0}, "max_fpr")])
def test_settings_that_do_not_fit(settings: Any, outcome: str) -> None:
    with pytest.raises(ValueError, match=outcome):
        Sessions(SCHEMA, **settings)
