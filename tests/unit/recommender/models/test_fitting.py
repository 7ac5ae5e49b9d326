"""What several models need is fitted once, and the models are the same, to the last bit, as if each had fitted it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from recommender.artifact.serialization import TrainedRecommender, serialize
from recommender.data.sequences import Vocabulary, build_sequences
from recommender.data.training_data import TrainingData
from recommender.evaluation.validation import leave_last_out
from recommender.models import get_model
from recommender.models.blend import PARTS, Blend
from recommender.models.blend_weights import tune_blend_weights
from recommender.models.cooccurrence import CoOccurrence
from recommender.models.fitting import fit_event_independent, fit_models
from recommender.models.popularity import Popularity
from recommender.ranker import Ranker

ITEMS = 40
SETTINGS: dict[str, dict[str, Any]] = {name: {} for name in ("cooccurrence", "two_tower", "content_knn", "content_propagation", "inverse_popularity")}


@pytest.fixture(scope="module")
def material(make_interactions: Callable[..., Any]) -> TrainingData:
    rng = np.random.default_rng(0)
    rows = [(f"u{user:02}", f"i{item:02}", step) for user in range(60) for step, item in enumerate(rng.permutation(ITEMS)[:6])]
    vocabulary = Vocabulary(tuple(f"i{number:02}" for number in range(ITEMS)), ("look",))
    words = rng.normal(size=(ITEMS, 8)).astype(np.float32)
    return TrainingData(build_sequences(make_interactions(*rows), vocabulary), vocabulary, content={"text": words}, dimensions=8, epochs=2)


def serialized(ranker: Ranker, material: TrainingData, kind: str) -> bytes:
    return serialize(TrainedRecommender(kind, material.vocabulary, ranker, Popularity.fit(material)))


def alone(material: TrainingData, name: str) -> Ranker:
    return get_model(name).fit(material, seed=1)


def test_models_are_the_same_as_if_each_had_been_fitted_alone(material: TrainingData) -> None:
    for name, ranker in fit_models(SETTINGS, material, 1).items():
        assert serialized(ranker, material, name) == serialized(alone(material, name), material, name)


def test_what_stands_beside_is_taken_and_not_fitted_again(material: TrainingData) -> None:
    once = fit_event_independent(SETTINGS, material, 1)
    assert once.keys() == {"content_knn"}
    assert fit_models(SETTINGS, material, 1, fitted_models=once)["content_knn"] is once["content_knn"]
    other = {"cooccurrence": CoOccurrence.fit(replace(material, events=material.events.most_recent(2)))}
    for name in ("content_propagation", "two_tower"):
        assert serialized(fit_models({name: {}}, material, 1, fitted_models=other)[name], material, name) != serialized(alone(material, name), material, name)


def test_a_blend_is_that_of_parts_that_were_fitted_alone(material: TrainingData) -> None:
    held = leave_last_out(material.events)
    early = {name: alone(material.with_events(held.train), name) for name in PARTS}
    apart = Blend({name: alone(material, name) for name in PARTS}, tune_blend_weights(early, held))
    assert serialized(Blend.fit(material, seed=1), material, "blend") == serialized(apart, material, "blend")
