from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from recommender.conversion import ConversionModel, TrainedConversion
from recommender.conversion.model import SCORERS
from recommender.conversion.scorer import Examples
from recommender.data.interactions import INTERACTIONS
from recommender.data.sequences import Sequences, Vocabulary, build_sequences

CUT = datetime(2026, 3, 21, tzinfo=UTC)
AT = int(CUT.timestamp())


@pytest.fixture(scope="module")
def model(fitted: TrainedConversion) -> ConversionModel:
    assert fitted.model is not None, fitted.card
    return fitted.model


def history(vocabulary: Vocabulary, *events: tuple[str, str]) -> Sequences:
    rows = [("u", item, kind, CUT - timedelta(days=2), 1.0, True) for item, kind in events]
    return build_sequences(pl.DataFrame(rows, schema=INTERACTIONS, orient="row"), vocabulary)


def predict(model: ConversionModel, histories: Sequences, *items: int) -> tuple[np.ndarray, np.ndarray]:
    rates = model.predict(histories, np.zeros(len(items), np.int64), np.array(items), AT)
    return rates.click, rates.purchase


def test_items_bought_often_get_higher_probabilities(model: ConversionModel, vocabulary: Vocabulary) -> None:
    _, bought = predict(model, history(vocabulary, ("i04", "look")), 0, 3, 1, 2)
    assert bought[:2].min() > 2 * bought[2:].max()


def test_a_purchase_changes_the_next_prediction(model: ConversionModel, vocabulary: Vocabulary) -> None:
    looks = [(f"i{item:02}", "look") for item in range(0, 12, 3)]
    bought = [(item, kind) for item, _ in looks for kind in ("look", "basket", "buy")]
    _, idle = predict(model, history(vocabulary, *looks * 3), 15)
    _, keen = predict(model, history(vocabulary, *bought * 3), 15)
    assert keen[0] > 1.5 * idle[0]


def test_a_purchase_is_never_more_probable_than_a_click(model: ConversionModel, vocabulary: Vocabulary) -> None:
    clicked, bought = predict(model, history(vocabulary, ("i00", "look")), *range(30))
    assert (bought <= clicked).all() and (bought > 0).all() and (clicked < 1).all()


def test_unknown_items_and_empty_histories_get_predictions(model: ConversionModel, vocabulary: Vocabulary) -> None:
    none = np.zeros(0, np.int64)
    nobody = Sequences(none, none, none, np.zeros(0, np.float32), np.zeros(0, bool), np.zeros(2, np.int64))
    clicked, bought = predict(model, nobody, -1, 0)
    assert np.isfinite(clicked).all() and np.isfinite(bought).all()


def test_scorers_rank_and_calibrate_purchases(fitted: TrainedConversion) -> None:
    metrics = fitted.card["metrics"]
    assert isinstance(metrics, dict)
    for scorer in SCORERS:
        assert metrics[scorer]["purchase"]["auc"] > 0.75
        assert 0.7 < metrics[scorer]["purchase"]["calibration"] < 1.4


def test_the_scorer_with_the_lower_log_loss_serves(fitted: TrainedConversion, model: ConversionModel) -> None:
    metrics = fitted.card["metrics"]
    assert isinstance(metrics, dict)
    assert model.kind == fitted.card["kind"] == min(metrics, key=lambda name: metrics[name]["purchase"]["log_loss"])


def test_a_restored_model_gives_the_same_predictions(model: ConversionModel, vocabulary: Vocabulary) -> None:
    again = ConversionModel.from_arrays(model.to_arrays(), vocabulary)
    user_history = history(vocabulary, ("i00", "look"), ("i00", "buy"))
    np.testing.assert_array_equal(predict(model, user_history, *range(-1, 30)), predict(again, user_history, *range(-1, 30)))


def test_a_model_of_another_vocabulary_is_refused(model: ConversionModel, vocabulary: Vocabulary) -> None:
    with pytest.raises(ValueError, match="one row per item"):
        ConversionModel.from_arrays(model.to_arrays(), replace(vocabulary, items=vocabulary.items[:-1]))
    with pytest.raises(ValueError, match="one stage per kind"):
        ConversionModel.from_arrays(model.to_arrays(), replace(vocabulary, kinds=("look",)))


def test_damaged_trees_are_refused(model: ConversionModel, vocabulary: Vocabulary) -> None:
    with pytest.raises(ValueError, match="trees"):
        SCORERS["lightgbm"].from_arrays({"clicked": np.frombuffer(b"tree", np.uint8), "bought": np.frombuffer(b"", np.uint8)})


def test_contributions_sum_to_the_log_odds(model: ConversionModel, vocabulary: Vocabulary) -> None:
    user_history = history(vocabulary, ("i00", "look"), ("i00", "buy"))
    contributions = model.contributions(user_history, np.zeros(30, np.int64), np.arange(30), AT)
    _, bought = predict(model, user_history, *range(30))
    np.testing.assert_allclose(contributions.values.sum(axis=1) + contributions.base_values, np.log(bought / (1 - bought)), atol=0.02)
    assert contributions.values.shape == (30, len(contributions.names))
    assert "item purchase rate" in contributions.names and "family purchase rate" in contributions.names and "cost" in contributions.names


def test_the_same_seed_gives_the_same_scorer(examples: Examples) -> None:
    for scorer in SCORERS.values():
        first, second = (scorer.fit(examples, seed=3).to_arrays() for _ in range(2))
        for name, array in first.items():
            np.testing.assert_array_equal(array, second[name])


@pytest.mark.parametrize("scorer", list(SCORERS))
def test_each_scorer_explains_itself_and_survives_saving(scorer: str, examples: Examples) -> None:
    learned = SCORERS[scorer].fit(examples, seed=0)
    values = examples.features.values[:50]
    odds = learned.log_odds(values)
    parts, start = learned.contributions(values)
    np.testing.assert_allclose(parts.sum(axis=1) + start, odds[1], atol=0.02)
    np.testing.assert_array_equal(SCORERS[scorer].from_arrays(learned.to_arrays()).log_odds(values), odds)


def test_losses_are_logged_and_decrease(examples: Examples) -> None:
    losses: list[float] = []
    SCORERS["esmm"].fit(examples, seed=0, log_metric=lambda _name, value, _step: losses.append(value))
    assert len(losses) > 5 and losses[-1] < losses[0]
