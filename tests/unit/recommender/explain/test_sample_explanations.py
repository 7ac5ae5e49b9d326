from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from recommender.artifact.serialization import deserialize
from recommender.data.interactions import load_catalog, load_interactions
from recommender.explain.sample_explanations import ANSWERS, MAX_NAMED, explain_samples

Make = Callable[..., Any]


def test_few_users_are_told_without_their_names(trained: Any, snapshot: Any, settings: Make) -> None:
    config = settings()
    found = explain_samples(deserialize(trained.tensors), load_interactions(snapshot, config), load_catalog(snapshot, config), config)
    assert len(found) == 3
    assert "u0" not in json.dumps(found)
    for each in found:
        assert each["events"] == 16
        answers: Any = each["answers"]
        assert len(answers) == ANSWERS
        for answer in answers:
            assert answer["title"] == f"The {answer['item']}"
            assert answer["why"]["en"].startswith(("Because", "For its", "You may"))
            assert answer["why"]["zh"].startswith(("因为", "您可能"))
            assert 1 < len(answer["carried"]) <= MAX_NAMED + 1
            shares = [told["share"] for told in answer["carried"] if told["name"]]
            assert shares == sorted(shares, reverse=True)


@pytest.mark.parametrize("users", [0, 1, 2])
def test_fewer_users_give_fewer_samples(trained: Any, snapshot: Any, settings: Make, told: Make, users: int) -> None:
    histories = told(*((f"v{user}", "i10", 1) for user in range(users)))
    assert len(explain_samples(deserialize(trained.tensors), histories, load_catalog(snapshot, settings()), settings())) == users
