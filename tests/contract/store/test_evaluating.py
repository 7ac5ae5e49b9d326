"""A version is kept while it is evaluated, and settled once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save

from sluice.domain import Artifact
from sluice.errors import UsageError

NAME = "recommender"


def artifact(number: int) -> Artifact:
    return Artifact(save({"weights": np.full(3, number, np.float32)}), {"rows": number})


def test_a_version_serves_only_once_it_is_settled(shop: Any) -> None:
    shop.store.models.save(NAME, artifact(1), "champion", at=shop.now)
    before = shop.store.snapshot().id
    model = shop.store.models.save(NAME, artifact(2), "evaluating", at=shop.now)
    assert shop.store.models.load(NAME) == artifact(1)
    assert shop.store.models.load(NAME, model.version) == artifact(2)
    settled = shop.store.models.finish_evaluation(NAME, model.version, "champion", {"why": "better", "at": shop.now})
    assert settled.card == {"rows": 2, "why": "better", "at": str(shop.now)}
    assert [(model.version, model.state) for model in shop.store.models.versions(NAME)] == [(2, "champion"), (1, "retired")]
    assert shop.store.snapshot(before).model(NAME) == artifact(1)
    assert shop.store.snapshot().model(NAME).tensors == artifact(2).tensors
    assert shop.store.models.rollback(NAME, by="Ada", reason="worse", at=shop.now).version == 1


def test_a_rejected_version_never_served(shop: Any) -> None:
    shop.store.models.save(NAME, artifact(1), "champion", at=shop.now)
    model = shop.store.models.save(NAME, artifact(2), "evaluating", at=shop.now)
    assert shop.store.models.finish_evaluation(NAME, model.version, "rejected", {}).state == "rejected"
    assert shop.store.models.load(NAME) == artifact(1)
    with pytest.raises(UsageError, match="no earlier champion"):
        shop.store.models.rollback(NAME, by="Ada", reason="worse", at=shop.now)


def test_what_is_settled_stays(shop: Any) -> None:
    model = shop.store.models.save(NAME, artifact(1), "evaluating", at=shop.now)
    for state in ("rejected", "champion"):
        assert shop.store.models.finish_evaluation(NAME, model.version, state, {"said": state}).state == "rejected"
    assert shop.store.models.versions(NAME)[0].card["said"] == "rejected"
    with pytest.raises(UsageError, match="no version 9"):
        shop.store.models.finish_evaluation(NAME, 9, "champion", {})
