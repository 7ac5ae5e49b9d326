"""Augmentation is learned with where validation gains, and the card says what each kind gave."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from recommender.training import augmentation_selection
from recommender.training.augmentation_selection import select_augmentation
from recommender.training.candidates import Candidates
from recommender.training.champion import Champion
from recommender.training.dataset import RecommenderDataset, Resources
from recommender.training.trainer import RecommenderTrainer

Make = Callable[..., Any]
RUNS = ("e1", "c1")


@pytest.mark.parametrize(
    ("gains", "kinds"),
    [
        ({(): 0.1, ("crop",): 0.1, ("tail",): 0.05}, ()),
        ({(): 0.1, ("crop",): 0.2, ("tail",): 0.05}, ("crop",)),
        ({(): 0.1, ("crop",): 0.2, ("tail",): 0.3, ("crop", "tail"): 0.4}, ("crop", "tail")),
        ({(): 0.1, ("crop",): 0.2, ("tail",): 0.3, ("crop", "tail"): 0.25}, ("tail",)),
    ],
)
def test_what_gains_is_kept(snapshot: Any, settings: Make, monkeypatch: pytest.MonkeyPatch, gains: Any, kinds: tuple[str, ...]) -> None:
    config = settings(models=("two_tower",), augmentation=("crop", "tail"))
    dataset = RecommenderDataset.of(snapshot, config, RUNS, None, Resources())
    monkeypatch.setattr(augmentation_selection, "_fit", lambda candidates, data, validation, tried, *rest: tuple(tried))
    monkeypatch.setattr(augmentation_selection, "_gains", lambda tried, validation: np.linspace(0.9, 1.1, 50) * gains[tried])
    chosen = select_augmentation(Candidates.of(config, has_texts=False), dataset, config, 0)
    assert chosen.kinds == kinds
    assert {entry["kind"]: entry["kept"] for entry in chosen.card["kinds"]} == {kind: kind in kinds for kind in ("crop", "tail")}  # type: ignore[attr-defined]


def test_a_retrain_says_what_each_kind_gave_and_a_later_one_goes_on_with_what_was_kept(shop: Make, chain: Make, settings: Make, snapshot: Any) -> None:
    config = settings(models=("cooccurrence", "two_tower"), epochs=1, augmentation="all")
    assert config.augmentation == ("crop", "mask", "reorder", "substitute", "hard_negatives", "tail")
    artifact: Any = RecommenderTrainer(config, RUNS).train(snapshot, seed=0)
    entry = artifact.card["augmentation"]
    assert [kind["kind"] for kind in entry["kinds"]] == list(config.augmentation)
    assert entry["users"] >= 10
    later: Any = RecommenderTrainer(config, RUNS).train(shop(chain(), champion=artifact), seed=0)
    assert later.card["start"]["full"] is False
    assert later.card["augmentation"] == entry


def test_without_augmentation_nothing_is_tried(trained: Any, snapshot: Any, shop: Make, chain: Make) -> None:
    assert "augmentation" not in trained.card
    champion = Champion.of(shop(chain(), champion=trained), "recommender")
    assert champion is not None and champion.augmentation == ()
