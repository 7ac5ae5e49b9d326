"""What expectations may ask of a learned detector: p-values of rows and of cells that clean ones keep."""

from __future__ import annotations

import math
from typing import Any

import pytest

from detectors.autoencoder.detector import Autoencoder
from detectors.learning.scorer import LearnedScorer, make_scorer
from sluice.errors import ModelError
from sluice.ports import PValues


@pytest.fixture(scope="module")
def scorer(table: Any) -> LearnedScorer:
    return LearnedScorer(Autoencoder(table, training_steps=250, device="cpu"))


@pytest.fixture(scope="module")
def snapshot(scorer: LearnedScorer, history: Any, snapshot_of: Any) -> Any:
    return snapshot_of(history, {scorer.detector.name: scorer.detector.train(snapshot_of(history), seed=0)})


def flagged(findings: PValues) -> float:
    """The share of rows within a budget of 1 %."""
    return int((findings.values <= 0.01).sum()) / len(findings.values)


@pytest.mark.parametrize("column", [None, "price", "total"])
def test_clean_rows_and_cells_are_within_the_budget_as_often_as_it_says(scorer: LearnedScorer, snapshot: Any, clean: Any, column: str | None) -> None:
    findings = scorer.p_values(clean, snapshot, column)
    deviation = math.sqrt(0.01 * 0.99 * (1 / clean.height + 1 / findings.calibration_rows))
    assert flagged(findings) <= 0.01 + 3 * deviation


def test_a_wrong_cell_is_found_by_its_own_column_more_than_by_another(scorer: LearnedScorer, snapshot: Any, planted: Any) -> None:
    own, other = (flagged(scorer.p_values(planted["weight"], snapshot, column)) for column in ("weight", "currency"))
    assert own > 0.8
    assert own > other  # not far less: a wrong cell makes what is expected of the others wrong too


def test_a_cell_is_scored_alike_alone_and_among_others(scorer: LearnedScorer, snapshot: Any, clean: Any) -> None:
    rows = clean.head(50)
    together = scorer.p_values(rows, snapshot, "price").values
    assert [scorer.p_values(rows[position], snapshot, "price").values[0] for position in range(5)] == together.head(5).to_list()


def test_no_rows_are_no_trouble(scorer: LearnedScorer, snapshot: Any, clean: Any) -> None:
    assert len(scorer.p_values(clean.clear(), snapshot, "price").values) == 0
    assert scorer.blame(clean.clear(), snapshot).is_empty()
    assert scorer.contributions(clean.clear(), snapshot).is_empty()


def test_it_waits_for_history(scorer: LearnedScorer, snapshot_of: Any, clean: Any) -> None:
    with pytest.raises(ModelError, match="waits for 1,000 more rows"):
        scorer.p_values(clean, snapshot_of())


def test_what_does_not_learn_has_no_scorer(scorer: LearnedScorer) -> None:
    assert make_scorer(scorer.detector) == scorer
    assert make_scorer(object()) is None
