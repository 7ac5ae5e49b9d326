"""Which users get a candidate, and when their clicks make it champion or reject it."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.domain.canary import CanaryPolicy, Evidence
from sluice.rules.canary import compare_clicks, decide_canary, takes_part

DAY = timedelta(days=1)
POLICY = CanaryPolicy(longest=14 * DAY)


def exposures(rng: np.random.Generator, model: int, users: int, rate: float, first: int = 0) -> pl.DataFrame:
    """Exposures of users whose own rates differ, and who see lists more or less often."""
    counts = rng.geometric(0.1, users)
    own = rng.beta(rate * 20, (1 - rate) * 20, users).repeat(counts)
    clicked = rng.random(len(own)) < own
    names = [f"u{first + user}" for user in range(users)]
    return pl.DataFrame({"user": np.array(names, object).repeat(counts), "model": model, "clicked": clicked}, schema_overrides={"user": pl.String})


def verdict(change: float, error: float = 0.05, *, age: timedelta = 14 * DAY, users: int = 1000, policy: CanaryPolicy = POLICY) -> tuple[str, str]:
    decision = decide_canary(Evidence(9000, users, 0.05, 0.05 * (1 + change), error), policy, age)
    return decision.verdict, decision.reason.code


@given(st.text(max_size=20), st.integers(1, 99), st.floats(0.01, 0.5), st.floats(0.01, 0.5))
def test_a_user_stays_in_the_group_when_it_grows(user: str, version: int, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert takes_part(user, version, high) or not takes_part(user, version, low)


def test_the_groups_have_their_size_and_differ_between_versions() -> None:
    groups = [{user for user in range(20_000) if takes_part(f"u{user}", version, 0.1)} for version in (1, 2)]
    assert [len(group) / 20_000 for group in groups] == pytest.approx([0.1, 0.1], abs=0.007)
    assert len(groups[0] & groups[1]) / 20_000 == pytest.approx(0.01, abs=0.003)


def test_users_who_got_both_count_for_the_candidate_alone() -> None:
    rows = pl.DataFrame({"user": ["a", "a", "b", "c", "c"], "model": [1, 2, 1, 1, 1], "clicked": [True, True, True, False, False]})
    evidence = compare_clicks(rows, 1, 2)
    assert (evidence.champion_users, evidence.users, evidence.rate) == (2, 1, 1.0)
    assert evidence.champion_rate == pytest.approx(1 / 3)
    assert compare_clicks(rows.clear(), 1, 2) == Evidence(0, 0, 0.0, 0.0, None)


def test_the_error_is_that_of_users_and_not_of_exposures() -> None:
    rng = np.random.default_rng(0)
    changes, errors = [], []
    for _ in range(200):
        evidence = compare_clicks(pl.concat([exposures(rng, 1, 800, 0.1), exposures(rng, 2, 400, 0.1, first=800)]), 1, 2)
        changes.append(evidence.change)
        errors.append(evidence.error)
    assert np.mean(np.array(errors, float)) == pytest.approx(np.std(np.array(changes, float)), rel=0.12)


def test_a_candidate_becomes_champion_or_is_rejected_where_its_interval_is_clear() -> None:
    assert verdict(0.2) == ("promote", "canary_interval")
    assert verdict(0.0, 0.005) == ("promote", "canary_interval"), "as good, for certain"
    assert verdict(-0.15) == ("reject", "canary_interval")
    assert verdict(-0.25, 0.3, age=DAY) == ("reject", "canary_over_limit")
    assert verdict(0.05, 0.05, age=10 * DAY) == ("wait", "canary_interval")
    assert verdict(0.05, 0.05) == ("reject", "canary_interval"), "undecided for too long"


def test_early_looks_need_more() -> None:
    assert [verdict(0.2, age=days * DAY)[0] for days in (1, 13)] == ["wait", "promote"]
    assert verdict(0.2, age=timedelta(0))[0] == "wait"


def test_too_few_users_decide_nothing() -> None:
    assert verdict(0.9, users=199, age=DAY) == ("wait", "canary_too_few_users")
    assert verdict(0.9, users=199) == ("reject", "canary_too_few_users")
    nothing = Evidence(1000, 1000, 0.0, 0.1, None)
    assert decide_canary(nothing, POLICY, DAY).verdict == "wait"


def test_all_looks_together_seldom_call_an_equal_candidate_better_or_worse() -> None:
    rng, looks, wrong = np.random.default_rng(1), 14, 0
    policy = CanaryPolicy(longest=14 * DAY, min_users=2, tolerance=0.0, max_loss=1.0)
    for _ in range(2000):
        steps = rng.normal(0, 1, looks).cumsum()  # the information grows evenly: change / error at look t is steps / sqrt(t)
        for look in range(1, looks + 1):
            error = 0.2 / np.sqrt(look)
            decision = decide_canary(Evidence(9000, 900, 0.05, 0.05 * (1 + steps[look - 1] / np.sqrt(look) * error), error), policy, look * DAY)
            clear = decision.verdict != "wait" and (look < looks or abs(steps[look - 1]) / np.sqrt(look) > 2.2414)
            if clear:
                wrong += 1
                break
    assert wrong / 2000 < 0.05
