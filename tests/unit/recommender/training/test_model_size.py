from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from recommender.artifact.serialization import TrainedRecommender, deserialize, serialize
from recommender.data.sequences import Floats, Sequences, Vocabulary, build_sequences
from recommender.data.training_data import TrainingData
from recommender.models.popularity import Popularity
from recommender.training.model_size import ModelForm, choose_form
from recommender.two_tower.model import TwoTowerModel
from sluice.config.compact import Compact, CompactForm

ITEMS = 300


@pytest.fixture(scope="module")
def learned(make_interactions: object) -> TrainedRecommender:
    vocabulary = Vocabulary(tuple(f"i{number:03}" for number in range(ITEMS)))
    rows = [(f"u{user:02}", f"i{(7 * user + step) % ITEMS:03}", step) for user in range(40) for step in range(8)]
    events: Sequences = build_sequences(make_interactions(*rows), vocabulary)  # type: ignore[operator]  # a fixture that makes frames
    material = TrainingData(events, vocabulary, dimensions=32, epochs=1)
    return TrainedRecommender("two_tower", vocabulary, TwoTowerModel.fit(material), Popularity.fit(material))


def scores(learned: TrainedRecommender) -> Floats:
    zeros, ones = np.zeros(2, np.int64), np.ones(2)
    return learned.ranker.score(Sequences(np.array([3, 4]), zeros, zeros, ones.astype(np.float32), ones.astype(np.bool_), np.array([0, 2])))


FINE = {"recall@20": 0.2, "ndcg@20": 0.1}
FORMS: tuple[CompactForm, ...] = ("int8", "float16", "pruned")


@pytest.mark.parametrize("form", FORMS)
def test_where_little_is_lost_the_smaller_form_is_stored(learned: TrainedRecommender, form: CompactForm) -> None:
    chosen = choose_form(learned, Compact(form=form), FINE, lambda _: FINE)
    content, card = chosen.store(learned)
    assert content == serialize(learned, form, chosen.share)
    assert (card["form"], card["compact"], card["bytes"], card["plain"]) == (form, True, len(content), len(serialize(learned)))
    assert card["lost"] == {"recall@20": 0, "ndcg@20": 0}
    assert ModelForm.of(card) == chosen


@pytest.mark.parametrize(("form", "share", "near"), [("int8", 0.0, 0.02), ("float16", 0.0, 0.002), ("pruned", 0.1, 0.1)])
def test_scores_change_little_and_the_file_is_smaller(learned: TrainedRecommender, form: CompactForm, share: float, near: float) -> None:
    content = serialize(learned, form, share)
    assert len(content) < len(serialize(learned))
    assert np.abs(scores(deserialize(content)) - scores(learned)).max() < near
    assert serialize(deserialize(content), form) == content


@pytest.mark.parametrize("after", [{"recall@20": 0.19, "ndcg@20": 0.1}, {"recall@20": 0.2, "ndcg@20": 0.09}])
@pytest.mark.parametrize("form", FORMS)
def test_where_too_much_is_lost_the_plain_form_is_stored(learned: TrainedRecommender, form: CompactForm, after: Mapping[str, float]) -> None:
    chosen = choose_form(learned, Compact(form=form), FINE, lambda _: after)
    content, card = chosen.store(learned)
    assert (chosen.form, chosen.requested) == ("none", form)
    assert content == serialize(learned)
    assert card["compact"] is False and max(chosen.lost.values()) > 0.01
    assert choose_form(learned, Compact(form=form, max_loss=0.2), FINE, lambda _: after).form == form


def test_as_many_values_are_left_out_as_the_limit_allows(learned: TrainedRecommender) -> None:
    sizes: list[int] = []

    def worse_at_first(smaller: TrainedRecommender) -> Mapping[str, float]:
        sizes.append(len(serialize(smaller, "pruned")))
        return FINE if len(sizes) == 3 else {"recall@20": 0.1, "ndcg@20": 0.1}

    assert choose_form(learned, Compact(form="pruned"), FINE, worse_at_first).share == 0.5
    assert sizes == sorted(sizes)


def test_without_a_form_nothing_is_measured(learned: TrainedRecommender) -> None:
    def never(_: TrainedRecommender) -> Mapping[str, float]:
        raise AssertionError

    assert choose_form(learned, Compact(form="none"), FINE, never) == ModelForm(max_loss=0.01)
