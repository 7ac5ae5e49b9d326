"""The chart of what carries a model's recommendations, from what stands on its card."""

from __future__ import annotations

from typing import Any

import pytest
from safetensors.numpy import save

from dashboard.widgets import explanations
from dashboard.widgets.formatting import NOTHING
from sluice.domain import Artifact

SAMPLE: dict[str, Any] = {
    "events": 12,
    "answers": [
        {
            "item": "i1",
            "title": "A red mug",
            "score": 0.9,
            "reason": {"code": "recommended_by_events", "params": {"events": "Tea"}},
            "needs": ["Tea"],
            "event_contributions": [{"name": "Tea", "value": 0.6}, {"name": "", "value": -0.1}],
            "attribute_contributions": [{"name": "colour red", "value": 0.25}, {"name": "price", "value": -0.1}],
        },
        {"item": "i2", "title": None, "score": 0.5, "why": {}, "carried": [{"name": "Cups", "share": 0.4}]},
    ],
}


def test_each_answer_is_a_bar_parted_by_what_carried_it() -> None:
    (sample,) = explanations.explained_samples({"samples": [SAMPLE]})
    drawn = explanations.event_contribution_bars(sample).to_dict()
    rows = next(rows for rows in drawn["datasets"].values() if "answer" in rows[0])
    assert [(row["answer"], row["past"], row["share"]) for row in rows] == [
        ("1. A red mug", "Tea", 0.6),
        ("1. A red mug", "all others", -0.1),
        ("2. i2", "Cups", 0.4),
    ]


@pytest.mark.parametrize("malformed", [{}, {"samples": None}, {"samples": "many"}, {"samples": [{"events": "few", "answers": [{"carried": 3}]}]}])
def test_a_card_that_tells_something_else_draws_nothing(malformed: dict[str, object]) -> None:
    assert explanations.explained_samples(malformed) == []


def test_the_page_tells_what_the_shopper_is_told(own: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    own.store.models.save(
        "recommender", Artifact(save({}), {"serving": {"ndcg@20": 0.1}, "samples": [SAMPLE, SAMPLE | {"events": 3}]}), "champion", at=own.config.clock
    )
    app = own.page("recommender", monkeypatch)
    assert not app.exception
    (table,) = [table.value for table in app.dataframe if "Reason for the shopper" in table.value.columns]
    assert table["Reason for the shopper"].tolist() == ["Because you were interested in Tea.", ""]
    assert table["Not shown without"].tolist() == ["Tea", NOTHING]
    assert table["Attributes"].tolist() == ["colour red +0.25, price -0.10", NOTHING]
