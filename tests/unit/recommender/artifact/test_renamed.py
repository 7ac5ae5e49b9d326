from __future__ import annotations

import json

import numpy as np
from safetensors.numpy import load, save

from recommender.artifact.serialization import TrainedRecommender, deserialize, serialize
from recommender.data.sequences import Sequences, Vocabulary
from recommender.data.training_data import TrainingData
from recommender.models.blend import Blend
from recommender.models.cooccurrence import CoOccurrence
from recommender.models.inverse_popularity import InversePopularity
from recommender.models.popularity import Popularity
from recommender.ranker import Ranker
from recommender.training.candidates import Candidates
from recommender.training.champion import Champion
from recommender.two_tower.model import RENAMED_PARAMETERS, TwoTowerModel
from sluice.config import Recommender
from sluice.domain import MODEL_KINDS, Artifact

VOCABULARY = Vocabulary(tuple(f"i{number}" for number in range(20)), ("look",))
FORMER = {present: former for former, present in {**MODEL_KINDS, **RENAMED_PARAMETERS}.items()}
HISTORIES = Sequences.from_lists([[1, 2], [7], []])


def former(name: str) -> str:
    """A parameter's name as version 0.1.0 wrote it: `ranker/towers/user/last.weight` for `ranker/two_tower/user/output_norm.weight`."""
    return "/".join(FORMER.get(part.partition(".")[0], part.partition(".")[0]) + part[len(part.partition(".")[0]) :] for part in name.split("/"))


def blended() -> TrainedRecommender:
    data = TrainingData(Sequences.from_lists([[(user + step) % 20 for step in range(6)] for user in range(30)]), VOCABULARY, dimensions=8, epochs=1)
    parts: dict[str, Ranker] = {
        "two_tower": TwoTowerModel.fit(data),
        "cooccurrence": CoOccurrence.fit(data),
        "inverse_popularity": InversePopularity.fit(data),
    }
    return TrainedRecommender("blend", VOCABULARY, Blend(parts, {"two_tower": 1.0, "cooccurrence": 0.6, "inverse_popularity": 0.1}), Popularity.fit(data))


def as_written_by_0_1(content: bytes, kind: str) -> bytes:
    header = json.loads(json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])["__metadata__"]["recommender"])
    return save({former(name): array for name, array in load(content).items()}, {"recommender": json.dumps(header | {"kind": kind})})


def test_a_blend_of_models_and_parameters_by_their_former_names_scores_the_same() -> None:
    trained = blended()
    old = as_written_by_0_1(serialize(trained), "blend")
    assert any(name.startswith("ranker/towers/user/last.") for name in load(old))
    again = deserialize(old)
    assert isinstance(again.ranker, Blend)
    assert list(again.ranker.weights) == ["cooccurrence", "inverse_popularity", "two_tower"]
    assert np.array_equal(again.ranker.score(HISTORIES), trained.ranker.score(HISTORIES))


def test_a_model_of_a_former_kind_is_read() -> None:
    towers = blended().ranker
    assert isinstance(towers, Blend)
    single = TrainedRecommender("two_tower", VOCABULARY, towers.parts["two_tower"], Popularity(np.ones(20, np.float32)))
    assert deserialize(as_written_by_0_1(serialize(single), "towers")).kind == "two_tower"


def test_the_selection_on_a_card_of_0_1_has_the_present_names() -> None:
    chosen = {"kind": "towers", "weights": {"towers": 1.0, "text": 0.5}, "metrics": {"towers": {"ndcg@20": 0.1}}, "users": 9, "protocol": "the last items"}
    trained = deserialize(serialize(blended()))
    selection = Champion(trained, Artifact(b"", {"chosen": chosen}).card).selection()
    assert selection.kind == "two_tower"
    assert selection.weights == {"two_tower": 1.0, "content_knn": 0.5}
    assert selection.metrics.keys() == {"two_tower"}
    assert selection.to_card()["protocol"] == {"code": "text", "params": {"text": "the last items"}}


def test_parts_of_a_blend_may_be_named_as_in_0_1() -> None:
    config = Recommender.model_validate(
        {
            "events": "e",
            "items": "i",
            "user": "u",
            "item": "i",
            "time": "t",
            "models": [{"blend": {"parts": ["towers", "cooccurrence"]}}],
        }
    )
    assert Candidates.of(config, has_texts=True).blended == ("two_tower", "cooccurrence")
