from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load, save

from recommender.artifact.serialization import TrainedRecommender, deserialize, serialize
from recommender.data.sequences import Vocabulary, build_sequences
from recommender.data.training_data import TrainingData
from recommender.models import get_model
from recommender.models.popularity import Popularity
from sluice.errors import ModelError

Make = Callable[..., Any]

VOCABULARY = Vocabulary(tuple(f"i{number:02}" for number in range(20)), ("look",))


@pytest.fixture(scope="module", params=["cooccurrence", "two_tower"])
def learned(request: pytest.FixtureRequest, make_interactions: Make) -> TrainedRecommender:
    events = build_sequences(make_interactions(*((f"u{user:02}", f"i{(user + step) % 20:02}", step) for user in range(30) for step in range(6))), VOCABULARY)
    material = TrainingData(events, VOCABULARY, dimensions=8, epochs=1)
    return TrainedRecommender(request.param, VOCABULARY, get_model(request.param).fit(material, seed=0), Popularity.fit(material))


def altered(content: bytes, change: Any = lambda header: None, **arrays: Any) -> bytes:
    size = int.from_bytes(content[:8], "little")
    header = json.loads(json.loads(content[8 : 8 + size])["__metadata__"]["recommender"])
    change(header)
    return save({**load(content), **arrays}, {"recommender": json.dumps(header)})


def test_saving_and_loading_answers_bit_for_bit_alike(learned: TrainedRecommender, make_interactions: Make) -> None:
    again = deserialize(serialize(learned))
    histories = build_sequences(make_interactions(("x", "i03", 1), ("x", "i04", 2), ("y", "i09", 1)), VOCABULARY)
    assert again.vocabulary == learned.vocabulary
    assert np.array_equal(again.ranker.score(histories), learned.ranker.score(histories))
    assert np.array_equal(again.popularity.counts, learned.popularity.counts)
    assert serialize(again) == serialize(learned)


def test_parts_are_kept_under_their_names(learned: TrainedRecommender) -> None:
    parts = {"heads": {"weights": np.arange(3.0), "text": np.zeros(2, np.uint8)}, "nothing": {}}
    again = deserialize(serialize(replace(learned, parts=parts)))
    assert again.parts.keys() == parts.keys()
    assert np.array_equal(again.parts["heads"]["weights"], np.arange(3.0))
    assert again.parts["heads"].keys() == {"weights", "text"}


def test_damaged_bytes_are_refused(learned: TrainedRecommender) -> None:
    content = serialize(learned)
    for broken in (b"", b"not safetensors", content[:-10], content[:4] + b"\xff" + content[5:]):
        with pytest.raises(ModelError, match="cannot be read"):
            deserialize(broken)


def test_another_format_kind_or_number_of_items_is_refused(learned: TrainedRecommender) -> None:
    content = serialize(learned)
    for change in (
        lambda header: header.update(format=99),
        lambda header: header.update(kind="oracle"),
        lambda header: header["items"].pop(),
        lambda header: header.pop("kinds"),
    ):
        with pytest.raises(ModelError, match="cannot be read"):
            deserialize(altered(content, change))


def test_tables_that_do_not_fit_or_are_not_finite_are_refused(learned: TrainedRecommender) -> None:
    content = serialize(learned)
    name = "ranker/data" if learned.kind == "cooccurrence" else "ranker/user/output_norm.weight"
    with pytest.raises(ModelError, match="finite"):
        deserialize(altered(content, **{name: np.full_like(load(content)[name], np.nan)}))
    with pytest.raises(ModelError, match="cannot be read"):
        deserialize(altered(content, **{name: load(content)[name][:-1].copy()}))


def test_a_neighbour_that_does_not_exist_is_refused(learned: TrainedRecommender) -> None:
    content = serialize(learned)
    arrays = load(content)
    if learned.kind == "cooccurrence":
        with pytest.raises(ModelError, match="cannot be read"):
            deserialize(altered(content, **{"ranker/columns": arrays["ranker/columns"] + 1000}))
    else:
        with pytest.raises(ModelError, match="one vector per item"):
            deserialize(altered(content, **{"ranker/items": arrays["ranker/items"][:-1].copy()}))
