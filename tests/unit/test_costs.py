from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.domain import Cost, Curve, Probe, Run, Score
from sluice.rules import cost, cost_of, propose

CURVE = Curve("events", (50.0, 90.0, 100.0), (Cost(0.3, 0.2, 0.4), Cost(0.1, 0.05, 0.2), Cost(0.0, 0.0, 0.02)))
RECENT_SCORES = [99.0] * 20


def run(worst: float | None = 95.0, **more: Any) -> Run:
    facts = {"id": "r", "dataset": "events", "kind": "ingest", "seq": 1, "at": datetime(2026, 3, 1, tzinfo=UTC), "state": "published"}
    score = Score(None) if worst is None else Score(99.0, {"validity": 99.0, "accuracy": worst})
    return Run(**{**facts, "published": score, **more})


@pytest.mark.parametrize(("score", "share"), [(50, 0.3), (70, 0.2), (90, 0.1), (95, 0.05), (100, 0.0), (101, 0.0)])
def test_between_two_measured_scores_the_cost_lies_on_the_line(score: float, share: float) -> None:
    interpolated = cost(CURVE, score)
    assert interpolated is not None
    assert interpolated.share == pytest.approx(share)
    assert interpolated.low <= interpolated.share <= interpolated.high


def test_what_was_not_scored_or_measured_has_no_cost() -> None:
    assert cost(CURVE, None) is None
    assert cost(Curve("events", (), ()), 95) is None
    assert cost(CURVE, 49.9) is None, "below every measured score nothing is known"
    assert cost_of(None, run()) is None
    assert cost_of(CURVE, run(None)) is None
    assert cost_of(CURVE, run(kind="audit")) is cost_of(CURVE, run(dataset="catalog")) is cost_of(CURVE, run(state="failed")) is None
    assert cost_of(CURVE, run()) == cost(CURVE, 95)


@pytest.mark.parametrize(("max_recall_loss", "minimum"), [(0.05, 95), (0.1, 90), (0.5, 50), (0.001, 100)])
def test_the_lowest_limit_that_keeps_the_cost_is_proposed(max_recall_loss: float, minimum: float) -> None:
    proposal = propose(CURVE, [], [100.0] * 20, max_recall_loss)
    assert (proposal.minimum, proposal.required_minimum) == (minimum, minimum)
    assert proposal.cost is not None and proposal.cost.share <= max_recall_loss


def test_no_limit_is_proposed_where_even_the_best_score_costs_more() -> None:
    dear = Curve("events", (90.0, 100.0), (Cost(0.3, 0.2, 0.4), Cost(0.1, 0.05, 0.2)))
    proposal = propose(dear, [], RECENT_SCORES, 0.05)
    assert (proposal.minimum, proposal.required_minimum, proposal.cost) == (None, None, None)


def test_no_limit_is_proposed_that_would_hold_what_was_accepted() -> None:
    proposal = propose(CURVE, [], [93.4, 93.7, *RECENT_SCORES[2:]], 0.01)
    assert (proposal.minimum, proposal.required_minimum) == (93, 99)
    assert propose(CURVE, [], [60.0, *RECENT_SCORES], 0.01).minimum == 99, "one of more than twenty may be held"


def test_what_costs_more_and_passes_all_the_same_is_named() -> None:
    probes = [
        Probe("seen", 0.2, 60.0, True, 0.2, 0.1, 0.3, 0.2),
        Probe("unseen", 0.2, 100.0, True, 0.2, 0.1, 0.3, 0.2),
        Probe("held", 0.2, 100.0, False, 0.2, 0.1, 0.3, 0.2),
        Probe("chance", 0.2, 100.0, True, 0.2, 0.0, 0.4, 0.2),
    ]
    assert propose(CURVE, probes, RECENT_SCORES, 0.05).undetected == (("unseen", 0.2),)


def test_a_card_remembers_the_curve() -> None:
    assert Curve.of({"curve": asdict(CURVE)}) == Curve("events", CURVE.scores, CURVE.costs)
    assert Curve.of({}) is None


@given(st.floats(0, 100), st.floats(0, 100), st.floats(0.001, 0.5), st.lists(st.floats(0, 100), max_size=40))
def test_a_better_score_never_costs_more_and_a_limit_keeps_its_word(first: float, second: float, max_recall_loss: float, recent_scores: list[float]) -> None:
    worse, better = (cost(CURVE, score) for score in sorted((first, second)))
    assert worse is None or (better is not None and worse.share >= better.share)
    proposal = propose(CURVE, [], recent_scores, max_recall_loss)
    assert proposal.minimum is None or (proposal.required_minimum is not None and CURVE.scores[0] <= proposal.minimum <= proposal.required_minimum)
    assert sum(score < (proposal.minimum or 0) for score in recent_scores) <= len(recent_scores) / 20
