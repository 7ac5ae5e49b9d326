"""What several models need is fitted once, and the models are the same, to the last bit, as if each had fitted it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from recommender.artifact.serialization import Learned, pack
from recommender.data.sequences import Vocabulary, sequences
from recommender.data.training_data import Material
from recommender.evaluation.validation import last_of_each
from recommender.models import model
from recommender.models.blend import PARTS, Blend
from recommender.models.blend_weights import tuned
from recommender.models.cooccurrence import CoOccurrence
from recommender.models.fitting import side_by_side, steady
from recommender.models.popularity import Popularity
from recommender.ranker import Ranker

ITEMS = 40
SETTINGS: dict[str, dict[str, Any]] = {name: {} for name in ("cooccurrence", "towers", "text", "propagation", "rarity")}


@pytest.fixture(scope="module")
def material(told: Callable[..., Any]) -> Material:
    rng = np.random.default_rng(0)
    rows = [(f"u{user:02}", f"i{item:02}", step) for user in range(60) for step, item in enumerate(rng.permutation(ITEMS)[:6])]
    known = Vocabulary(tuple(f"i{number:02}" for number in range(ITEMS)), ("look",))
    words = rng.normal(size=(ITEMS, 8)).astype(np.float32)
    return Material(sequences(told(*rows), known), known, modes={"text": words}, dimensions=8, epochs=2)


def kept(ranker: Ranker, material: Material, kind: str) -> bytes:
    return pack(Learned(kind, material.vocabulary, ranker, Popularity.fit(material)))


def alone(material: Material, name: str) -> Ranker:
    return model(name).fit(material, seed=1)


def test_models_are_the_same_as_if_each_had_been_fitted_alone(material: Material) -> None:
    for name, ranker in side_by_side(SETTINGS, material, 1).items():
        assert kept(ranker, material, name) == kept(alone(material, name), material, name)


def test_what_stands_beside_is_taken_and_not_fitted_again(material: Material) -> None:
    once = steady(SETTINGS, material, 1)
    assert once.keys() == {"text"}
    assert side_by_side(SETTINGS, material, 1, beside=once)["text"] is once["text"]
    other = {"cooccurrence": CoOccurrence.fit(replace(material, events=material.events.last(2)))}
    for name in ("propagation", "towers"):
        assert kept(side_by_side({name: {}}, material, 1, beside=other)[name], material, name) != kept(alone(material, name), material, name)


def test_a_blend_is_that_of_parts_that_were_fitted_alone(material: Material) -> None:
    held = last_of_each(material.events)
    early = {name: alone(material.told(held.learned), name) for name in PARTS}
    apart = Blend({name: alone(material, name) for name in PARTS}, tuned(early, held))
    assert kept(Blend.fit(material, seed=1), material, "blend") == kept(apart, material, "blend")
