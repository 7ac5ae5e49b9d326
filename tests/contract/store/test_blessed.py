"""A candidate that some users get has a state of its own, from its begin to its end."""

from __future__ import annotations

from typing import Any

import pytest
from safetensors.numpy import save

from sluice.domain import Artifact
from sluice.errors import UsageError
from tests.contract.store.conftest import NOW


def bless(shop: Any) -> int:
    """Save a version, and let some users get it."""
    model = shop.store.models.save("recommender", Artifact(save({}), {"kind": "blend"}), "evaluating", at=NOW)
    return int(shop.store.models.finish_evaluation("recommender", model.version, "blessed", {}).version)


def states(shop: Any) -> list[str]:
    return [model.state for model in shop.reopen().models.versions("recommender")][::-1]


def test_a_candidate_serves_beside_the_champion_until_it_takes_its_place(shop: Any) -> None:
    shop.store.models.save("recommender", Artifact(save({}), {}), "champion", at=NOW)
    before = shop.store.runs.newest()
    version = bless(shop)
    assert states(shop) == ["champion", "blessed"]
    assert shop.store.runs.newest() > before, "services see it"
    assert shop.store.models.load("recommender").card == {}
    model = shop.store.models.finish_canary("recommender", version, "champion", {"canary": "clicked"})
    assert (model.card["canary"], states(shop)) == ("clicked", ["retired", "champion"])
    assert shop.store.models.finish_canary("recommender", version, "rejected", {}).state == "champion", "decided once"


def test_a_rejected_candidate_leaves_at_once(shop: Any) -> None:
    shop.store.models.save("recommender", Artifact(save({}), {}), "champion", at=NOW)
    version = bless(shop)
    before = shop.store.runs.newest()
    shop.store.models.finish_canary("recommender", version, "rejected", {})
    assert states(shop) == ["champion", "rejected"]
    assert shop.store.runs.newest() > before
    with pytest.raises(UsageError, match="has no version 9"):
        shop.store.models.finish_canary("recommender", 9, "rejected", {})


def test_a_newer_candidate_takes_the_place_of_the_one_before(shop: Any) -> None:
    shop.store.models.save("recommender", Artifact(save({}), {}), "champion", at=NOW)
    bless(shop)
    bless(shop)
    assert states(shop) == ["champion", "rejected", "blessed"]
    assert shop.store.models.versions("recommender")[1].card["canary"]["code"] == "canary_replaced"
