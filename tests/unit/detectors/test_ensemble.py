from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.ensemble import member_selection
from detectors.ensemble.clean_scale import CleanScale
from detectors.ensemble.coreset import CoreSet
from detectors.ensemble.detector import Ensemble
from detectors.learning.error_injection import add_noise, swap_half_cells, swap_one_cell
from detectors.learning.history import HistorySplit
from sluice.domain import ROW, Column, Schema
from sluice.rules.ranking import roc_auc

NUMBERS = Schema("numbers", columns=(Column("a", "number"), Column("b", "number"), Column("c", "number")))


def frame(rows: Any) -> pl.DataFrame:
    return pl.DataFrame({name: rows[:, i] for i, name in enumerate("abc")}).with_columns(pl.Series(ROW, [f"r.{i}" for i in range(len(rows))]))


def ring(n: int, seed: int) -> Any:
    """Rows around a ring: every value of every column is usual in the middle, where no row is."""
    rng = np.random.default_rng(seed)
    angle = rng.uniform(0, 2 * np.pi, n)
    return np.stack([np.cos(angle), np.sin(angle), rng.normal(size=n)], axis=1) + rng.normal(size=(n, 3)) * 0.03


@settings(max_examples=20)
@given(st.integers(1, 40), st.integers(0, 5))
def test_the_nearest_row_is_as_far_as_a_plain_search_says(n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    core, rows = rng.normal(size=(30, 3)), rng.normal(size=(n, 3))
    plain = np.sqrt(((rows[:, None] - core[None]) ** 2).sum(-1)).min(1)
    assert np.allclose(CoreSet(torch.from_numpy(core)).nearest(torch.from_numpy(rows)), plain)


def test_no_row_of_the_core_is_its_own_neighbour() -> None:
    core = torch.tensor([[0.0], [1.0], [5.0]], dtype=torch.float64)
    assert CoreSet(core).nearest(core, itself=True).tolist() == [1.0, 1.0, 4.0]


def test_a_distance_is_the_same_in_any_company() -> None:
    rng = np.random.default_rng(0)
    core, rows = CoreSet(torch.from_numpy(rng.normal(size=(500, 7)))), torch.from_numpy(rng.normal(size=(1500, 7)))
    whole = core.nearest(rows)
    assert whole[1200:1201].tolist() == core.nearest(rows[1200:1201]).tolist()
    assert whole[::-1].tolist() == core.nearest(rows.flip(0)).tolist()


def test_far_scores_keep_their_order_without_drowning_the_others() -> None:
    scale = CleanScale.fit(np.random.default_rng(0).normal(10, 2, 1000), distance=False)
    outcome = scale(np.array([10.0, 12.0, 1e3, 1e6]))
    assert abs(outcome[0]) < 0.1
    assert (np.diff(outcome) > 0).all()
    assert outcome[3] < 20


def test_what_is_planted_keeps_the_values_and_changes_the_rows() -> None:
    rows = frame(ring(400, 0))
    for plant in (swap_one_cell, swap_half_cells):
        dirty = plant(rows, ("a", "b", "c"), np.random.default_rng(0))
        changed = np.sum([(dirty[name] != rows[name]).to_numpy() for name in "abc"], axis=0)
        assert changed.max() == (1 if plant is swap_one_cell else 3)
        assert set(dirty["a"]) <= set(rows["a"])
        assert dirty[ROW].equals(rows[ROW])
    assert (add_noise(rows, ("a", "b", "c"), np.random.default_rng(0))["a"] != rows["a"]).all()


def test_finding_is_the_chance_that_dirt_scores_above_clean() -> None:
    assert roc_auc(np.array([1.0, 2.0]), np.array([3.0, 4.0])) == 1.0
    assert roc_auc(np.array([1.0, 3.0]), np.array([2.0])) == 0.5


def test_a_member_that_finds_nothing_does_not_join() -> None:
    rows = frame(ring(300, 1))

    def scored(sample: pl.DataFrame) -> dict[str, Any]:
        radius = np.abs(np.hypot(sample["a"].to_numpy(), sample["b"].to_numpy()) - 1)
        return {
            "near": radius + np.random.default_rng(0).normal(size=sample.height) * 0.3,
            "noise": np.random.default_rng(2).normal(size=sample.height),
            "sharp": radius,
        }

    weights, finds = member_selection.select_members(scored, rows, ("a", "b"), ("near",), ("noise", "sharp"), None, 0)
    assert weights == {"near": 1.0, "sharp": 1.0}
    assert finds["near+sharp"] > finds["near"] > finds["near+noise"]


@pytest.fixture(scope="module")
def model() -> Any:
    rows = frame(ring(1500, 2))
    return Ensemble(NUMBERS, min_rows=1, training_steps=100, device="cpu").fit(HistorySplit(rows[:1200], rows[1200:], rows[:0]), 0)


def test_rows_in_the_middle_of_a_ring_are_found_though_every_value_is_usual(model: Any) -> None:
    clean, odd = model.score_rows(frame(ring(500, 3))), model.score_rows(frame(np.random.default_rng(4).normal(0, 0.2, (200, 3))))
    assert roc_auc(clean, odd) > 0.98


def test_dirt_in_history_is_not_learned() -> None:
    """Some rows of history lie in the middle: those that will come there are found all the same."""
    rng = np.random.default_rng(5)
    dirty = np.concatenate([ring(1176, 6), rng.normal(0, [0.2, 0.2, 1], (24, 3))])[rng.permutation(1200)]
    rows, others = frame(dirty), frame(ring(300, 7))
    fitted = Ensemble(NUMBERS, min_rows=1, training_steps=60, trim_fraction=0.1, device="cpu").fit(HistorySplit(rows, others, rows[:0]), 0)
    clean, odd = fitted.score_rows(frame(ring(500, 8))), fitted.score_rows(frame(rng.normal(0, [0.2, 0.2, 1], (200, 3))))
    assert roc_auc(clean, odd) > 0.9


def test_learning_on_keeps_the_size_of_the_core(model: Any) -> None:
    later = model.partial_fit(frame(ring(300, 9)), 1).rescale(frame(ring(300, 10)))
    for scale in ("z", "rank", "minmax"):
        assert len(later.members[scale].way.core.rows) == len(model.members[scale].way.core.rows)
    assert np.isfinite(later.score_rows(frame(ring(50, 11)))).all()
