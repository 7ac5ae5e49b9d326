"""What of the settings changes what models learn, and what does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from recommender.training.champion import Champion, full_refit_reason
from sluice.config.answers import Answers, Pinned
from sluice.config.canary import Canary
from sluice.config.exposures import Exposures

Make = Callable[..., Any]
RUNS = ("e1", "c1")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"answers": Answers(always=(Pinned(item="i01"),))}, None),
        ({"exposures": Exposures(users="plain")}, None),
        ({"exposures": Exposures(users="plain"), "canary": Canary(share=0.2)}, None),
        ({"synonyms": (("tea", "infusion"),), "seed": 4}, None),
        ({"epochs": 3}, "settings_changed"),
        ({"models": ("two_tower",)}, "settings_changed"),
        ({"similarity": "dot"}, "settings_changed"),
    ],
)
def test_models_are_fitted_anew_only_where_settings_change_what_they_learn(
    shop: Make, chain: Make, settings: Make, trained: Any, changes: dict[str, Any], code: str | None
) -> None:
    snapshot = shop(chain(), champion=trained)
    champion = Champion.of(snapshot, "recommender")
    assert champion is not None and champion.fitted_until is not None
    reason = full_refit_reason(champion, tuple(champion.rankers), champion.fitted_until, snapshot, settings(**changes), RUNS)
    assert (reason.code if reason else None) == code
