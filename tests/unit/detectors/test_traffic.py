from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.traffic.crawler import find_crawlers
from detectors.traffic.detector import Traffic
from detectors.traffic.long_visits import length_tail
from sluice.domain import ROW, Artifact, Batch, Column, Message, Schema, Verdict
from sluice.messages import render

START = datetime(2026, 3, 1, tzinfo=UTC)
SCHEMA = Schema("events", time="ts", columns=(Column("user_id"), Column("item_id"), Column("ts", "timestamp"), Column("event_type")))
Event = tuple[str, str, float]


def people(seed: int, users: int = 400) -> list[Event]:
    """People: some busy, most not; popular items more often; pauses between sessions."""
    rng = np.random.default_rng(seed)
    events: list[Event] = []
    for user in range(users):
        at = float(rng.uniform(0, 40_000))
        for _ in range(1 + rng.negative_binomial(1.2, 0.12)):
            at += float(rng.lognormal(3, 1.5))
            events.append((f"u{user}", f"i{min(int(rng.pareto(0.7) * 5), 999)}", at))
    return events


def crawler(events: int = 500) -> list[Event]:
    return [("bot", f"i{i}", 1000 + 1.5 * i) for i in range(events)]


def farm(accounts: int = 20, seed: int = 0) -> list[Event]:
    rng = np.random.default_rng(seed)
    return [(f"fake{user}", f"i{700 + item}", float(rng.uniform(0, 80_000))) for user in range(accounts) for item in rng.choice(5, 4, replace=False)]


def batch(events: Sequence[Event], *, whole: bool = True) -> Batch:
    rows = [(user, item, START + timedelta(seconds=at), "view", f"b.{i}") for i, (user, item, at) in enumerate(events)]
    return Batch("events", "b", pl.DataFrame(rows, schema={**SCHEMA.dtypes, ROW: pl.String()}, orient="row"), START + timedelta(days=1), whole=whole)


def judge(events: Sequence[Event], snapshot: Any, **more: Any) -> dict[str, Verdict]:
    return {verdict.rule: verdict for verdict in Traffic(SCHEMA, **{"patterns": ("crawler", "click_farm"), **more}).judge(batch(events), snapshot)}


def users(verdict: Verdict, events: Sequence[Event]) -> set[str]:
    assert verdict.failing is not None
    return {event[0] for event, failing in zip(events, verdict.failing, strict=True) if failing}


@pytest.mark.parametrize("seed", range(6))
def test_people_are_left_alone(snapshot_of: Any, seed: int) -> None:
    for verdict in judge(people(seed), snapshot_of()).values():
        assert verdict.status == "passed"
        assert verdict.failed == 0


@pytest.mark.parametrize("seed", range(3))
def test_a_crawler_is_found_and_held(snapshot_of: Any, seed: int) -> None:
    events = people(seed) + crawler()
    verdict = judge(events, snapshot_of())["traffic:crawler"]
    assert users(verdict, events) == {"bot"}
    assert verdict.failed == 500
    assert verdict.on_fail == "quarantine"


def test_a_busy_person_is_no_crawler(snapshot_of: Any) -> None:
    rng = np.random.default_rng(0)
    gaps, items = rng.lognormal(3, 1.5, 300).cumsum(), rng.integers(60, size=300)
    events = people(1) + [("collector", f"i{item}", float(at)) for item, at in zip(items, gaps, strict=True)]
    assert judge(events, snapshot_of())["traffic:crawler"].failed == 0


@pytest.mark.parametrize(("bought", "findings"), [(0, True), (60, False)])
def test_who_looks_at_everything_and_buys_some_of_it_is_no_crawler(snapshot_of: Any, bought: int, findings: bool) -> None:
    gaps = np.random.default_rng(0).lognormal(3, 1.5, 300).cumsum()
    events = people(1) + [("browser", f"i{i}", float(at)) for i, at in enumerate(gaps)]
    rows = batch(events).rows
    last = pl.int_range(pl.len()) >= pl.len() - bought
    rows = rows.with_columns(event_type=pl.when(last).then(pl.lit("cart")).otherwise("event_type"))
    (verdict,) = Traffic(SCHEMA, kind="event_type", patterns=("crawler",)).judge(Batch("events", "b", rows, START), snapshot_of())
    assert (users(verdict, events) == {"browser"}) == findings


@pytest.mark.parametrize("seed", range(3))
def test_a_farm_is_found_whole(snapshot_of: Any, seed: int) -> None:
    events = [*people(seed), *farm(seed=seed), ("fake98", "i700", 5.0), ("fake98", "i703", 9.0)]
    verdict = judge(events, snapshot_of())["traffic:click_farm"]
    assert users(verdict, events) == {*(f"fake{i}" for i in range(20)), "fake98"}


def test_accounts_that_are_known_are_no_farm(snapshot_of: Any) -> None:
    learned_state = batch(farm()).rows
    assert judge(people(0) + farm(), snapshot_of(learned_state))["traffic:click_farm"].failed == 0


def test_too_few_accounts_are_no_farm(snapshot_of: Any) -> None:
    assert judge(people(0) + farm(4), snapshot_of())["traffic:click_farm"].failed == 0


def test_the_order_of_rows_does_not_matter(snapshot_of: Any) -> None:
    events = people(2) + crawler() + farm()
    shuffled = [events[i] for i in np.random.default_rng(0).permutation(len(events))]
    for rule, verdict in judge(events, snapshot_of()).items():
        assert users(verdict, events) == users(judge(shuffled, snapshot_of())[rule], shuffled)


def test_evidence_says_why_without_naming_anybody(snapshot_of: Any) -> None:
    for verdict in judge(people(0) + crawler() + farm(), snapshot_of()).values():
        assert verdict.evidence is not None
        (message,) = verdict.evidence["message"].unique()
        assert render(Message.loads(message)).startswith("its visitor")
        assert "bot" not in message
        assert "fake" not in message


def test_a_state_that_cannot_be_read_silences_what_learned_from_it_and_nothing_else(snapshot_of: Any) -> None:
    traffic = Traffic(SCHEMA, kind="event_type")
    damaged = snapshot_of(models={traffic.name: Artifact(b"nothing", {})})
    outcome = {verdict.rule: verdict for verdict in traffic.judge(batch(people(0) + crawler()), damaged)}
    assert outcome["traffic:crawler"].failed > 0
    assert (outcome["traffic:funnel"].status, "damaged" in render(outcome["traffic:funnel"].observed)) == ("not_evaluated", True)


@pytest.mark.parametrize("kind", ["timestamp", "date"])
def test_an_event_before_its_visitor_was_known_is_told(snapshot_of: Any, kind: Any) -> None:
    schema = Schema("events", time="ts", columns=(*SCHEMA.columns, Column("signed_up", kind)))
    day = timedelta(days=1)
    rows = pl.DataFrame(
        [("u1", "i1", START, "view", START - day, "b.0"), ("u2", "i1", START, "view", START + day, "b.1"), ("u3", "i1", START, "view", None, "b.2")],
        schema={**schema.dtypes, "signed_up": pl.Datetime("us", "UTC"), ROW: pl.String()},
        orient="row",
    ).cast({"signed_up": schema.dtypes["signed_up"]})
    (verdict,) = Traffic(schema, signup_time="signed_up", patterns=("clock_skew",)).judge(Batch("events", "b", rows, START + day), snapshot_of())
    assert verdict.evidence is not None
    assert verdict.evidence.select(ROW, "message").rows() == [("b.1", Message.of("time_before_signup").dumps())]


def test_parts_of_a_batch_are_not_judged(snapshot_of: Any) -> None:
    verdicts = Traffic(SCHEMA, patterns=("crawler", "click_farm")).judge(batch(crawler(), whole=False), snapshot_of())
    assert [verdict.status for verdict in verdicts] == ["skipped", "skipped"]


@pytest.mark.parametrize(("settings", "outcome"), [({"user": "visitor"}, "declared columns"), ({"significance_level": 2.0}, "between 0 and 1")])
def test_settings_that_do_not_fit(settings: Any, outcome: str) -> None:
    with pytest.raises(ValueError, match=outcome):
        Traffic(SCHEMA, **settings)


def shoppers(seed: int, visits: int = 600) -> list[tuple[str, str, float, str, str]]:
    """Visits of people: some items looked at twice, some put into the cart; user, item, second, kind, session."""
    rng = np.random.default_rng(seed)
    events = []
    for visit in range(visits):
        at, items = float(rng.uniform(0, 70_000)), [f"i{rng.integers(800)}"]
        for _ in range(min(int(rng.geometric(0.15)), 40)):
            at += float(rng.lognormal(3, 0.9))
            items.append(items[int(rng.integers(len(items)))] if rng.random() < 0.3 else f"i{rng.integers(800)}")
            events.append((f"u{visit // 2}", items[-1], at, "cart" if rng.random() < 0.15 else "view", f"s{visit}"))
    return events


def bot(seed: int, events: int, pace: float) -> list[tuple[str, str, float, str, str]]:
    """A bot that looks at random items with pauses like those of people."""
    rng = np.random.default_rng(seed)
    return [("bot", f"i{rng.integers(800)}", 2000 + float(at), "view", "sbot") for at in rng.lognormal(pace, 0.9, events).cumsum()]


def long_visits(events: Sequence[tuple[str, str, float, str, str]]) -> set[str]:
    rows = pl.DataFrame(
        [(f"b.{place}", user, item, START + timedelta(seconds=at), kind, session) for place, (user, item, at, kind, session) in enumerate(events)],
        schema=["_row_id", "user", "item", "time", "kind", "session"],
        orient="row",
    )
    return set(find_crawlers(rows.sort("user", "time", "item"), chance=0.001).join(rows, on="_row_id")["user"])


@pytest.mark.parametrize(("size", "pace"), [(90, 3.0), (150, 3.0), (90, -0.5)])
def test_a_bot_with_pauses_like_people_is_found_by_its_long_visit(size: int, pace: float) -> None:
    assert long_visits([*shoppers(1), *bot(1, size, pace)]) == {"bot"}


@pytest.mark.parametrize("seed", range(4))
def test_long_visits_of_people_are_left_alone(seed: int) -> None:
    assert long_visits(shoppers(seed)) == set()


def test_an_id_that_stands_for_all_guests_is_no_bot() -> None:
    guests = [("guest", item, at, kind, session) for _, item, at, kind, session in shoppers(5, 400)]
    assert long_visits([*shoppers(6), *guests]) == set()


@given(st.lists(st.integers(1, 400), min_size=1, max_size=60))
def test_a_longer_visit_is_never_more_likely(lengths: list[int]) -> None:
    tail = length_tail(np.array(sorted(lengths), dtype=np.float64))
    assert ((tail >= 0) & (tail <= 1)).all()
    assert (np.diff(tail) <= 0).all()


@pytest.mark.parametrize("seed", range(3))
def test_a_farm_that_hides_among_popular_items_is_found(snapshot_of: Any, seed: int) -> None:
    rng = np.random.default_rng(seed)
    pushed = [
        (f"fake{user}", f"i{700 + item}", float(at))
        for user in range(15)
        for item, at in zip(rng.choice(8, 5, replace=False), rng.uniform(0, 8e4, 5), strict=True)
    ]
    hidden = [(f"fake{user}", f"i{item}", float(rng.uniform(0, 8e4))) for user in range(15) for item in rng.choice(20, 3, replace=False)]
    past = batch(people(seed)).rows
    events = [*people(seed), *pushed, *hidden]
    accounts = users(judge(events, snapshot_of(past))["traffic:click_farm"], events)
    assert accounts == {f"fake{user}" for user in range(15)}
