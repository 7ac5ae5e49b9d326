from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from recommender.artifact.serialization import deserialize
from recommender.data.interactions import load_catalog, load_interactions
from recommender.explain.sample_explanations import ANSWERS, MAX_NAMED, explain_samples

Make = Callable[..., Any]


def test_samples_hold_no_names_of_users(trained: Any, snapshot: Any, settings: Make) -> None:
    config = settings()
    samples = explain_samples(deserialize(trained.tensors), load_interactions(snapshot, config), load_catalog(snapshot, config), config)
    assert len(samples) == 3
    assert "u0" not in json.dumps(samples)
    for sample in samples:
        assert sample["events"] == 16
        answers: Any = sample["answers"]
        assert len(answers) == ANSWERS
        for answer in answers:
            assert answer["title"] == f"The {answer['item']}"
            assert answer["reason"]["code"].startswith("recommended")
            assert all(title.startswith("The i") for title in answer["needs"])
            assert 1 < len(answer["event_contributions"]) <= MAX_NAMED + 1
            shares = [event["value"] for event in answer["event_contributions"] if event["name"]]
            assert shares == sorted(shares, reverse=True)


@pytest.mark.parametrize("users", [0, 1, 2])
def test_fewer_users_give_fewer_samples(trained: Any, snapshot: Any, settings: Make, make_interactions: Make, users: int) -> None:
    histories = make_interactions(*((f"v{user}", "i10", 1) for user in range(users)))
    assert len(explain_samples(deserialize(trained.tensors), histories, load_catalog(snapshot, settings()), settings())) == users
