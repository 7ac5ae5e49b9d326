"""Augmented batches keep what is predicted, and change only what they say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from recommender.data.sequences import Sequences, Vocabulary
from recommender.data.training_data import TrainingData
from recommender.models.cooccurrence import CoOccurrence
from recommender.two_tower.augmentation import Augmenter
from recommender.two_tower.batches import Batch, cut_windows
from recommender.two_tower.model import TwoTowerModel
from sluice.config.augmentation import KINDS

ITEMS = 40


@pytest.fixture(name="data", scope="module")
def _data() -> TrainingData:
    rng = np.random.default_rng(0)
    histories = [[int(item) for item in (start + np.arange(12)) % ITEMS] for start in rng.integers(ITEMS, size=60)]
    return TrainingData(Sequences.from_lists(histories), Vocabulary(tuple(f"i{number:02}" for number in range(ITEMS))), dimensions=8, epochs=2)


def changed(data: TrainingData, *kinds: str) -> tuple[Batch, Batch, Augmenter]:
    augmenter = Augmenter.of(kinds, CoOccurrence.fit(data).matrix, np.bincount(data.events.items, minlength=ITEMS))
    batch = next(cut_windows(data.events).batches(np.random.default_rng(1)))
    return batch, augmenter.change_batch(batch, np.random.default_rng(2)), augmenter


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_predicted_stays(data: TrainingData, kind: str) -> None:
    before, after, _ = changed(data, kind)
    assert np.array_equal(before.targets, after.targets)
    assert np.array_equal(before.inside, after.inside)
    assert after.items.shape == before.items.shape and after.items.min() >= 0 and after.items.max() < ITEMS


def test_a_cropped_window_ends_where_it_did(data: TrainingData) -> None:
    windows = cut_windows(data.events)
    cropped = Augmenter.of(("crop",), CoOccurrence.fit(data).matrix, np.ones(ITEMS, np.int64)).change_windows(windows, np.random.default_rng(0))
    assert np.array_equal(cropped.starts + cropped.lengths, windows.starts + windows.lengths)
    assert (cropped.lengths >= 1).all() and (cropped.lengths < windows.lengths).any() and (cropped.lengths == windows.lengths).any()


def test_reordered_windows_have_the_same_items(data: TrainingData) -> None:
    before, after, _ = changed(data, "reorder")
    assert np.array_equal(np.sort(before.items, axis=1), np.sort(after.items, axis=1))
    assert (before.items != after.items).any() and (before.items == after.items).all(axis=1).any()


def test_substitutes_and_hard_negatives_occur_with_the_item(data: TrainingData) -> None:
    before, after, augmenter = changed(data, "substitute", "hard_negatives")
    places = np.nonzero(before.items != after.items)
    assert len(places[0])
    assert all(new in augmenter.neighbors[old] for old, new in zip(before.items[places], after.items[places], strict=True))
    assert after.hard_negatives is not None and np.isin(after.hard_negatives, augmenter.neighbors[before.targets]).all()


def test_rare_targets_count_more_and_all_together_as_much(data: TrainingData) -> None:
    events = data.events
    augmenter = Augmenter.of(("tail",), CoOccurrence.fit(data).matrix, np.arange(1, ITEMS + 1))
    batch = next(cut_windows(events).batches(np.random.default_rng(1)))
    weights = augmenter.change_batch(batch, np.random.default_rng(0)).weights
    order = np.argsort(batch.targets, kind="stable")
    assert (np.diff(weights[order]) <= 1e-6).all()
    assert weights.mean() == pytest.approx(batch.weights.mean(), rel=1e-3)


def test_towers_learn_with_all_kinds_and_the_same_twice(data: TrainingData) -> None:
    first, second = (TwoTowerModel.fit(replace(data, augmentation=KINDS), seed=3).item_table for _ in range(2))
    assert np.array_equal(first, second)
    assert not np.array_equal(first, TwoTowerModel.fit(data, seed=3).item_table)
