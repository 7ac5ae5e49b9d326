"""No model of the recommender stores a user: users are scored from their histories, and neither an id nor a vector of one is in what is stored."""

from __future__ import annotations

import json
from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from recommender.data.interactions import INTERACTIONS
from recommender.data.sequences import Vocabulary, build_sequences
from recommender.data.training_data import TrainingData
from recommender.models import MODELS, get_model
from sluice.domain import Artifact
from tests.contract.recommender.test_trainer import START, events, items, train

USERS, ITEMS = 53, 24  # no other size of these models is 53


def train_with(prefix: str) -> Artifact:
    """Train on the same events of users whose ids begin with a text."""
    named = events().with_columns(user=pl.lit(prefix) + pl.col("user").cast(pl.String).str.zfill(3))
    return train(named, items())


def test_what_is_stored_is_the_same_whoever_the_users_are() -> None:
    first, second = train_with("visitor-"), train_with("wanderer-")
    assert first.tensors == second.tensors
    assert json.dumps(first.card) == json.dumps(second.card)
    assert b"visitor-" not in first.tensors
    assert "visitor-" not in json.dumps(first.card)


@pytest.mark.parametrize("name", MODELS)
def test_no_array_of_a_model_has_a_row_for_each_user(name: str) -> None:
    clicks = [(f"u{user:02}", f"i{(user + step) % ITEMS:02}", "view", START + timedelta(hours=step), 1.0, True) for user in range(USERS) for step in range(6)]
    vocabulary = Vocabulary(tuple(f"i{number:02}" for number in range(ITEMS)), ("view",))
    sequences = build_sequences(pl.DataFrame(clicks, schema=INTERACTIONS, orient="row"), vocabulary)
    arrays = get_model(name).fit(TrainingData(sequences, vocabulary, dimensions=8, epochs=1), seed=0).to_arrays()
    assert all(USERS not in np.shape(array) for array in arrays.values())
