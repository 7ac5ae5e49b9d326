from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.domain import Comparison, MetricDifference, PromotionPolicy
from sluice.messages import render
from sluice.rules import promote

POLICY = PromotionPolicy(tolerance=0.01, max_segment_loss=0.05, max_coverage_loss=0.1, max_latency=50, max_size=1000)


def change(point: float, width: float, users: int = 1000) -> MetricDifference:
    """A change of so much, whose interval reaches so far to both sides."""
    return MetricDifference(users, 0.1, 0.1 * (1 + point), point, point - width, point + width)


def compared(point: float = 0.0, width: float = 0.005, **others: object) -> Comparison:
    whole = Comparison(change(point, width), None, {}, MetricDifference(1000, 0.5, 0.5, 0.0), 5.0, 900, same=True)
    return replace(whole, **others)  # type: ignore[arg-type]  # its own fields


def failed(comparison: Comparison, policy: PromotionPolicy = POLICY) -> list[str]:
    return [check.name for check in promote(comparison, policy).checks if check.passed is False]


def test_an_equal_challenger_passes_and_its_reason_tells_the_interval() -> None:
    promotion = promote(compared(), POLICY)
    assert promotion.won
    assert render(promotion.reason).startswith("NDCG@20 0.1000, champion 0.1000 (+0.0%, 95 % interval -0.5% to +0.5%, 1,000 users)")


def test_one_user_is_told_as_one() -> None:
    checks = promote(compared(segments={"new": change(-0.06, 0.2, users=1)}), POLICY).checks
    (message,) = (check.message for check in checks if check.name == "new")
    assert render(message).endswith("1 user); too few users to detect 5.0%")


@pytest.mark.parametrize(
    ("point", "width", "passes"),
    [
        (-0.004, 0.005, True),  # the interval ends within the tolerance
        (-0.006, 0.005, False),
        (0.05, 0.055, True),
        (-0.001, 0.2, True),  # too few users to tell one per cent: it must not be worse by that on them
        (-0.011, 0.2, False),
        (-0.3, 0.2, False),
    ],
)
def test_the_interval_must_not_reach_below_the_tolerance(point: float, width: float, passes: bool) -> None:
    assert promote(compared(point, width), POLICY).won is passes


@pytest.mark.parametrize(
    ("point", "width", "passed"),
    [
        (-0.04, 0.02, True),
        (-0.06, 0.02, False),
        (-0.06, 0.2, None),  # too few users to tell
        (-0.3, 0.2, False),  # few, and surely worse
        (0.3, 0.2, None),
    ],
)
def test_no_segment_may_lose_more_than_its_limit(point: float, width: float, passed: bool | None) -> None:
    comparison = compared(segments={"tail items": change(point, width, 1000)})
    check_result = next(check for check in promote(comparison, POLICY).checks if check.name == "tail items")
    assert check_result.passed is passed
    assert promote(comparison, POLICY).won is (passed is not False)


@pytest.mark.parametrize(("lost", "passed"), [(1, None), (5, None), (6, False), (20, False)])
def test_a_handful_of_users_who_find_nothing_any_more_may_be_chance(lost: int, passed: bool | None) -> None:
    all_gone = MetricDifference(100, lost / 100, 0.0, -1.0, -1.0, -1.0)  # whoever is drawn, nothing is left: the interval has no width
    check_result = next(check for check in promote(compared(segments={"new users": all_gone}), POLICY).checks if check.name == "new users")
    assert check_result.passed is passed


def test_a_segment_may_have_a_limit_of_its_own() -> None:
    comparison = compared(segments={"new users": change(-0.06, 0.02), "heavy users": change(-0.06, 0.02)})
    assert failed(comparison, replace(POLICY, segment_limits={"new users": 0.1})) == ["heavy users"]


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("coverage@20", {"coverage": MetricDifference(9, 0.5, 0.44, -0.12)}),
        ("latency", {"latency": 50.1}),
        ("size", {"size": 1001}),
        ("saved", {"same": False}),
    ],
)
def test_what_is_not_fit_to_serve_does_not(name: str, changed: dict[str, object]) -> None:
    assert failed(compared(0.2, **changed)) == [name]  # type: ignore[arg-type]  # its own fields
    first = Comparison(None, None, {}, None, 5.0, 900, same=True)
    assert promote(first, POLICY).won
    if name != "coverage@20":
        assert failed(replace(first, **changed)) == [name]  # type: ignore[arg-type]  # its own fields


def test_where_the_champion_finds_nothing_any_challenger_passes_that_is_not_below_it() -> None:
    assert promote(compared(trusted=MetricDifference(50, 0.0, 0.0)), POLICY).won
    assert promote(compared(trusted=MetricDifference(50, 0.0, 0.1), segments={"new users": MetricDifference(5, 0.0, 0.0)}), POLICY).won


@given(
    st.floats(-0.5, 0.5),
    st.floats(0.0001, 0.5),
    st.floats(0, 0.5),
    st.lists(st.tuples(st.floats(-0.5, 0.5), st.floats(0.0001, 0.5)), max_size=3),
    st.floats(0, 100),
    st.booleans(),
)
def test_who_does_better_everywhere_never_loses(point: float, width: float, more: float, parts: list[tuple[float, float]], latency: float, same: bool) -> None:
    """And what wins has no failing check; what loses says why."""
    segments = {str(place): change(*part) for place, part in enumerate(parts)}
    worse = compared(point, width, segments=segments, latency=latency, same=same)
    better = compared(
        point + more, width, segments={name: change(segment.change + more, 0.02) for name, segment in segments.items() if segment.change is not None}
    )
    before, after = promote(worse, POLICY), promote(replace(better, segments=_wider(better, segments)), POLICY)
    assert before.won == (not failed(worse))
    assert before.reason
    assert after.won or not before.won


def _wider(better: Comparison, before: dict[str, MetricDifference]) -> dict[str, MetricDifference]:
    """The better segments with the widths that they had before."""
    widths = {name: ((segment.high or 0) - (segment.low or 0)) / 2 for name, segment in before.items()}
    return {name: change(segment.change or 0, widths[name]) for name, segment in better.segments.items()}


@given(st.lists(st.floats(-0.02, 0.02), max_size=40))
def test_small_losses_do_not_add_up(steps: list[float]) -> None:
    serving, best, lowest = 0.2, 0.2, 1.0
    for step in steps:
        new = serving * (1 + step)
        whole = MetricDifference(300, serving, new, step, step - 0.2, step + 0.2)
        if promote(compared(trusted=whole, best=best), POLICY).won:
            serving = new
        best, lowest = max(best, serving), min(lowest, serving / best)
    assert lowest >= 0.99 * (1 - 1e-9)
