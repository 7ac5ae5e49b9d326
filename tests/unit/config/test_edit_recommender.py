"""Tuned settings are written where they stand, or added, and all else stays."""

from __future__ import annotations

import pytest
from ruamel.yaml import YAML

from sluice.config.edit_recommender import change_recommender
from sluice.errors import UsageError

TEXT = """\
recommender:  # learns at night
  events: e
  epochs: 8  # enough
  # the models
  models:
    - cooccurrence  # cheap
    - two_tower: {pretrain_epochs: 2}  # dear
    - als:
        factors: 64  # wide
        decay: 0.8
    - blend
"""


def test_comments_and_everything_else_stay() -> None:
    models = {"two_tower": {"pretrain_epochs": 3, "dropout": 0.1}, "als": {"recency_decay": 0.7, "regularization": 0.2}}
    changed = change_recommender(TEXT, {"epochs": 12, "dimensions": 96}, models)
    assert changed == TEXT.replace("epochs: 8  # enough", "epochs: 12  # enough\n  dimensions: 96").replace(
        "{pretrain_epochs: 2}", "{pretrain_epochs: 3, dropout: 0.1}"
    ).replace("decay: 0.8", "decay: 0.7\n        regularization: 0.2")


@pytest.mark.parametrize(
    ("text", "models"),
    [
        ("recommender: {events: e, models: [two_tower, blend]}\n", ["two_tower", "blend"]),
        ("recommender:\n  events: e\n  models:\n  - towers\n  - blend", ["two_tower", "blend"]),
        ("recommender:\r\n  events: e\r\n", ["cooccurrence", "two_tower", "content_knn", "blend"]),
        ("recommender:\n  events: e\n  rerank:\n    diversity: 0.1\n  # the end\nshop: Cups\n", ["cooccurrence", "two_tower", "content_knn", "blend"]),
    ],
)
def test_a_model_gets_settings_wherever_it_stands(text: str, models: list[str]) -> None:
    read = YAML(typ="safe").load(change_recommender(text, {"dimensions": 32}, {"two_tower": {"learning_rate": 0.01}}))
    assert read["recommender"]["dimensions"] == 32
    assert [next(iter(step)) if isinstance(step, dict) else step for step in read["recommender"]["models"]] == models
    assert {"two_tower": {"learning_rate": 0.01}} in read["recommender"]["models"]


def test_what_cannot_be_edited_is_said() -> None:
    with pytest.raises(UsageError):
        change_recommender("recommender:\n  models: [als]\n", {}, {"two_tower": {"dropout": 0.1}})
    with pytest.raises(UsageError):
        change_recommender("datasets: {}\n", {"epochs": 3}, {})
