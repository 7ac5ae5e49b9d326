from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load

from recommender.cost_curve.isotonic import fit_cost_curve, serialize_probes
from sluice.domain import Probe


def probe(score: float, cost: float, kind: str = "crawler", width: float = 0.0) -> Probe:
    return Probe(kind, 0.1, score, True, cost, cost - width, cost + width, cost)


def test_what_never_rises_is_drawn_as_it_was_measured() -> None:
    curve = fit_cost_curve("events", [probe(100, 0.0), probe(90, 0.1), probe(50, 0.4)])
    assert curve.scores == (50, 90, 100)
    assert [cost.share for cost in curve.costs] == pytest.approx([0.4, 0.1, 0.0])


def test_neighbours_that_rise_are_pooled() -> None:
    curve = fit_cost_curve("events", [probe(100, 0.0), probe(90, 0.3), probe(80, 0.1), probe(50, 0.4)])
    assert [cost.share for cost in curve.costs] == pytest.approx([0.4, 0.2, 0.2, 0.0])


def test_measurements_of_one_score_are_averaged_and_a_gain_costs_nothing() -> None:
    curve = fit_cost_curve("events", [probe(100, 0.1), probe(100, 0.3, "click_farm")])
    assert [(cost.share) for cost in curve.costs] == pytest.approx([0.2])
    assert fit_cost_curve("events", [probe(100, -0.1)]).costs[0].share == 0


def test_the_band_is_the_wider_the_less_the_kinds_agree() -> None:
    agreed = fit_cost_curve("events", [probe(90, 0.1, kind) for kind in "abcdef"]).costs[0]
    torn = fit_cost_curve("events", [probe(90, cost, kind) for kind, cost in zip("abcdef", (0, 0, 0, 0.2, 0.2, 0.2), strict=True)]).costs[0]
    unsure = fit_cost_curve("events", [probe(90, 0.1, kind, width=0.1) for kind in "abcdef"]).costs[0]
    assert agreed.high - agreed.low < 0.001
    assert torn.high - torn.low > 0.1
    assert unsure.high - unsure.low > 0.03


@given(st.lists(st.tuples(st.integers(0, 100), st.floats(-0.2, 1), st.sampled_from("abc"), st.floats(0, 0.3)), min_size=1, max_size=12), st.integers(0, 3))
def test_a_curve_never_rises_and_lies_in_its_band(points: list[tuple[int, float, str, float]], seed: int) -> None:
    probes = [probe(score, cost, kind, width) for score, cost, kind, width in points]
    curve = fit_cost_curve("events", probes, seed=seed)
    shares = [cost.share for cost in curve.costs]
    assert all(before >= after - 1e-12 for before, after in pairwise(shares))
    assert all(0 <= cost.low <= cost.share <= cost.high for cost in curve.costs)
    assert list(curve.scores) == sorted({float(score) for score, *_ in points})
    assert curve == fit_cost_curve("events", probes, seed=seed)


def test_what_was_measured_is_kept_as_safetensors() -> None:
    held = load(serialize_probes([probe(90, 0.1), probe(100, 0.0)]))
    assert held["score"].tolist() == [90, 100]
    assert set(held) == {"rate", "score", "cost", "low", "high", "raw"}
