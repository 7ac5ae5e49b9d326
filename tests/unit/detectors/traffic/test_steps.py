"""What was learned of steps, paths, funnels, prices and sessions: what is odd is found, what is usual is not, and memory has a bound."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from detectors.traffic import funnel, price_mismatch, rare_path, rare_transition, shared_session
from detectors.traffic.frames import FINDINGS, hash_names
from sluice.domain import Message

START = datetime(2026, 3, 1, tzinfo=UTC)
VISITS = {
    "_row_id": pl.String(),
    **dict.fromkeys(("user", "item", "session", "ip", "agent", "kind"), pl.String()),
    "time": pl.Datetime("us", "UTC"),
    "price": pl.Float64(),
}
CHANCE = 0.001
STEPS = ("view", "cart", "purchase", "review", "view")


def people(seed: int, users: int = 400, *, items: int = 60) -> pl.DataFrame:
    """People: they look, put a fifth of it into their carts, and buy some of that."""
    rng = np.random.default_rng(seed)
    rows: list[tuple[object, ...]] = []
    for user in range(users):
        at = float(rng.uniform(0, 60_000))
        for item in rng.choice(items, 2 + rng.geometric(0.2), replace=True):
            for kind in ["view", *["cart", "purchase"][: int(rng.choice(3, p=[0.8, 0.1, 0.1]))]]:
                at += float(rng.lognormal(3, 0.8))
                rows.append(event(len(rows), f"u{user}", f"i{item}", kind, at, session=f"s{seed}-{user}", prefix=f"{seed}"))
    return pl.DataFrame(rows, schema=VISITS, orient="row").sort("user", "time", "item")


def event(n: int, user: str, item: str, kind: str, at: float, *, session: str = "", prefix: str = "odd") -> tuple[object, ...]:
    moment = START + timedelta(seconds=at)
    return (f"{prefix}.{n}", user, item, session or f"own-{user}", f"ip-{user}", f"agent-{user}", kind, moment, 10.0)


def among(rows: pl.DataFrame, more: Sequence[tuple[object, ...]]) -> pl.DataFrame:
    return pl.concat([rows, pl.DataFrame(more, schema=VISITS, orient="row")]).sort("user", "time", "item")


def odd(findings: pl.DataFrame) -> set[str]:
    assert findings.schema == FINDINGS
    assert findings["_row_id"].is_unique().all()
    assert findings["message"].null_count() == 0
    assert findings["score"].drop_nulls().is_between(0, 1).all()
    return set(findings["_row_id"])


PARTS: dict[str, tuple[Any, Any]] = {
    "rare_transition": (rare_transition.TransitionCounts.none(), rare_transition.find_rare_transitions),
    "rare_path": (rare_path.MarkovChain.none(), lambda rows, learned_state: rare_path.find_rare_paths(rows, learned_state, chance=CHANCE)),
    "funnel": (funnel.FunnelRates.none(), lambda rows, learned_state: funnel.find_odd_funnels(rows, learned_state, chance=CHANCE)),
    "shared_session": (
        shared_session.SessionCounts.none(),
        lambda rows, learned_state: shared_session.find_shared_sessions(rows, learned_state, chance=CHANCE),
    ),
}
EXTRA = {
    "rare_transition": [event(n, f"u{n}", "never", "purchase", 70_000.0) for n in range(5)],
    "rare_path": [event(n, "hoarder", f"i{n}", "cart" if n else "view", 100.0 + 30 * n) for n in range(25)],
    "funnel": [event(3 * n + k, f"fan{n}", "hit", kind, 100.0 * n + k) for n in range(60) for k, kind in enumerate(("view", "cart", "purchase"))],
    "shared_session": [event(n, f"guest{n}", "i1", "view", 70_000.0 + n, session=f"s9-{n}") for n in range(5)],
}
ways = pytest.mark.parametrize("way", sorted(PARTS))


def learned(way: str, days: int = 4) -> Any:
    learned_state = PARTS[way][0]
    for day in range(days):
        learned_state = learned_state.after(people(day))
    return learned_state


@ways
@pytest.mark.parametrize("seed", [9, 10])
def test_people_are_left_alone(way: str, seed: int) -> None:
    assert odd(PARTS[way][1](people(seed), learned(way))) == set()


@ways
def test_what_people_do_not_do_is_found(way: str) -> None:
    findings = odd(PARTS[way][1](among(people(9), EXTRA[way]), learned(way)))
    planted = {str(row[0]) for row in EXTRA[way]}
    assert len(findings & planted) >= 0.9 * len(planted)
    assert len(findings - planted) <= 10


@ways
def test_nothing_is_odd_while_nothing_is_known(way: str) -> None:
    assert odd(PARTS[way][1](among(people(9), EXTRA[way]), PARTS[way][0])) == set()


@ways
def test_what_is_known_survives_packing(way: str) -> None:
    learned_state = learned(way)
    again = type(learned_state).unpack(learned_state.pack())
    rows = among(people(9), EXTRA[way])
    assert PARTS[way][1](rows, learned_state).equals(PARTS[way][1](rows, again))


@ways
@pytest.mark.parametrize(
    "rows",
    [people(9).clear(), people(9).head(1), people(9).with_columns(pl.lit(None).cast(kind).alias(name) for name, kind in VISITS.items() if name != "_row_id")],
)
def test_hardly_any_rows_are_no_reason_to_fail(way: str, rows: pl.DataFrame) -> None:
    assert odd(PARTS[way][1](rows, learned(way))) == set()
    assert PARTS[way][0].after(rows).pack()


@ways
def test_the_order_of_rows_does_not_matter(way: str) -> None:
    rows, learned_state = among(people(9), EXTRA[way]), learned(way)
    assert odd(PARTS[way][1](rows.sample(fraction=1, shuffle=True, seed=3), learned_state)) == odd(PARTS[way][1](rows, learned_state))


def test_the_last_steps_of_earlier_batches_count() -> None:
    learned_state = learned("rare_transition")
    looked = among(people(8), [event(0, "u1", "never", "cart", 79_000.0)])
    late = among(people(9), [event(1, "u1", "never", "purchase", 80_000.0)])
    assert "odd.1" in odd(rare_transition.find_rare_transitions(late, learned_state))
    assert "odd.1" not in odd(rare_transition.find_rare_transitions(late, learned_state.after(looked)))


def test_of_events_of_one_moment_the_usual_one_came_first() -> None:
    at_once = [event(n, "u1", "never", kind, 80_000.0) for n, kind in enumerate(("purchase", "cart", "view"))]
    assert odd(rare_transition.find_rare_transitions(among(people(9), at_once), learned("rare_transition"))) == set()


def test_a_step_that_is_rare_for_its_kind_but_usual_after_what_came_before_is_left_alone() -> None:
    def day(seed: int) -> pl.DataFrame:
        looked_again = [event(10 * n + k, f"fan{n}", "i1", kind, 70_000.0 + 60 * k, prefix=f"r{seed}") for n in range(5) for k, kind in enumerate(STEPS)]
        return among(people(seed, 2000), looked_again)

    learned_state = rare_transition.TransitionCounts.none()
    for seed in range(20):
        learned_state = learned_state.after(day(seed))
    views = learned_state.counts.filter(kind="view")
    assert 0 < views.filter(before="review")["events"].item() < rare_transition.RARE / 2 * int(views["events"].sum())
    assert odd(rare_transition.find_rare_transitions(day(30), learned_state)) == set()


def test_pairs_that_are_remembered_are_bounded() -> None:
    last = rare_transition.TransitionCounts.none().after(people(0), pairs=50).last
    assert last.height == 50
    assert last["time"].min() > people(0)["time"].median()  # type: ignore[operator]


def test_hashes_are_the_same_for_ever_and_say_nothing_of_nobody() -> None:
    assert hash_names(pl.Series(["u1", None, "u1"])).to_list() == [15378189911849802130, None, 15378189911849802130]


def catalog(**prices: float) -> pl.DataFrame:
    return pl.DataFrame({"item": list(prices), "price": list(prices.values())})


def paid(*events: tuple[str, float, float]) -> pl.DataFrame:
    rows = [(*event(n, "u", item, "purchase", 86_400.0 * day)[:-1], amount) for n, (item, day, amount) in enumerate(events)]
    return pl.DataFrame(rows, schema=VISITS, orient="row")


def known_prices() -> price_mismatch.PriceHistory:
    """a: 10 until the second day, 8 from the third on; b: 5 always; c: from the third day."""
    learned_state = price_mismatch.PriceHistory.none()
    for day, outcome in enumerate([catalog(a=10, b=5), catalog(a=10, b=5), catalog(a=8, b=5, c=7), catalog(a=8, b=5, c=7)], 1):
        learned_state = learned_state.after(outcome, START + timedelta(days=day))
    return learned_state


@pytest.mark.parametrize(
    ("item", "day", "amount", "wrong"),
    [
        ("a", 0.5, 10.0, False),
        ("a", 1.5, 8.0, True),
        ("a", 2.5, 10.0, False),  # it changed between the second evening and the third
        ("a", 2.5, 8.0, False),
        ("a", 3.5, 10.0, True),
        ("a", 3.5, 8.02, False),
        ("a", 3.5, 9.0, True),
        ("b", 3.5, 8.0, True),
        ("c", 1.0, 9.0, False),  # nobody knows what it cost then
        ("c", 3.5, 9.0, True),
        ("d", 3.5, 9.0, False),
        ("a", 4.5, 9.0, False),  # after the newest catalog
    ],
)
def test_prices_are_held_against_those_of_their_time(item: str, day: float, amount: float, wrong: bool) -> None:
    learned_state = known_prices()
    for entry in (learned_state, price_mismatch.PriceHistory.unpack(learned_state.pack())):
        assert bool(odd(price_mismatch.find_price_mismatches(paid((item, day, amount)), entry))) == wrong


def test_a_price_says_whether_it_is_of_another_time() -> None:
    outcome = price_mismatch.find_price_mismatches(paid(("a", 3.5, 10.0), ("a", 3.6, 9.0)), known_prices())["message"].to_list()
    assert [Message.loads(message).code == "price_of_another_time" for message in outcome] == [True, False]


def test_prices_that_are_remembered_are_bounded_and_those_in_force_are_kept() -> None:
    learned_state = price_mismatch.PriceHistory.none()
    for day in range(1, 6):
        learned_state = learned_state.after(catalog(a=10.0 + day), START + timedelta(days=day), limit=2)
    assert learned_state.versions["price"].to_list() == [14.0, 15.0]


def test_an_older_catalog_changes_nothing() -> None:
    learned_state = known_prices()
    assert learned_state.after(catalog(a=1.0), START).versions.equals(learned_state.versions)


def test_a_visitor_with_too_many_sessions_is_found() -> None:
    many = [event(n, "busy", f"i{n}", "view", 1000.0 * n, session=f"many{n}") for n in range(40)]
    assert odd(shared_session.find_shared_sessions(among(people(9), many), learned("shared_session"), chance=CHANCE)) == {f"odd.{n}" for n in range(40)}
