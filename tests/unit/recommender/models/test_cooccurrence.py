from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest

from recommender.data.sequences import Vocabulary, build_sequences
from recommender.data.training_data import TrainingData
from recommender.models.cooccurrence import CoOccurrence

Make = Callable[..., Any]

ABC = Vocabulary(("a", "b", "c", "d"))


def fitted(events: pl.DataFrame) -> CoOccurrence:
    return CoOccurrence.fit(TrainingData(build_sequences(events, ABC), ABC))


def test_what_follows_counts_more_than_what_went_before_and_near_more_than_far(make_interactions: Make) -> None:
    matrix = fitted(make_interactions(("u", "a", 1), ("u", "b", 2), ("u", "c", 3))).matrix.toarray()
    assert matrix[0, 1] > matrix[0, 2] > 0
    assert matrix[0, 1] > matrix[1, 0] > 0
    assert (matrix.diagonal() == 0).all()


def test_pairs_do_not_cross_users(make_interactions: Make) -> None:
    matrix = fitted(make_interactions(("u", "a", 1), ("u", "b", 2), ("v", "c", 3), ("v", "d", 4))).matrix.toarray()
    assert matrix[0, 2] == matrix[1, 2] == matrix[1, 3] == 0


def test_the_value_of_a_pair_is_as_written(make_interactions: Make) -> None:
    matrix = fitted(make_interactions(("u", "a", 1), ("u", "b", 2))).matrix.toarray()
    assert matrix[0, 1] == pytest.approx(1 / (1 + 3))
    assert matrix[1, 0] == pytest.approx(0.7 / (1 + 3))


def test_interactions_of_unknown_order_give_pairs_without_direction(make_interactions: Make) -> None:
    events = make_interactions(("u", "a", 1, False), ("u", "b", 2, False), ("u", "c", 3), ("u", "d", 4))
    matrix = fitted(events).matrix.toarray()
    assert matrix[0, 1] == matrix[1, 0] > 0
    assert matrix[0, 2] == pytest.approx(matrix[2, 0])
    assert matrix[2, 3] > matrix[3, 2]
    turned = fitted(make_interactions(("u", "b", 1, False), ("u", "a", 2, False), ("u", "c", 3), ("u", "d", 4))).matrix.toarray()
    assert np.allclose(matrix, turned)


def test_at_serving_the_newest_counts_most_and_unknown_order_all_alike(make_interactions: Make) -> None:
    matrix = fitted(make_interactions(("u", "a", 1), ("u", "c", 2), ("v", "b", 1), ("v", "d", 2)))
    newest = matrix.score(build_sequences(make_interactions(("x", "a", 1), ("x", "b", 2)), ABC))[0]
    assert newest[3] > newest[2] > 0
    level = matrix.score(build_sequences(make_interactions(("x", "a", 1, False), ("x", "b", 2, False)), ABC))[0]
    assert level[3] == pytest.approx(level[2])


def test_popularity_breaks_ties(make_interactions: Make) -> None:
    scores = fitted(make_interactions(("u", "a", 1), ("v", "a", 1), ("w", "b", 1))).score(build_sequences(make_interactions(("x", "d", 1)), ABC))[0]
    assert scores[0] > scores[1] > scores[2] == 0
