import pytest
from pydantic import ValidationError

from sluice.config import Recommender

BASE = {"events": "clicks", "items": "goods", "user": "who", "item": "what", "time": "when", "kind": "did"}
FUNNEL = {"impression": "look", "click": "basket", "purchase": "buy", "features": ["family", "what"]}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"funnel": FUNNEL | {"click": "look"}}, "must be three kinds"),
        ({"funnel": FUNNEL, "kind": None}, "kind must name the column"),
        ({"rerank": {"conversion": 1}}, "funnel must name the kinds"),
        ({"rerank": {"margin": 1}}, "margin_column must name"),
        ({"rerank": {"freshness": 1}}, "released_at must name"),
        ({"rerank": {"freshness": float("inf"), "released_at": "since"}}, "less than or equal to 1000000"),
        ({"rerank": {"half_life": "0d"}}, "longer than nothing"),
        ({"rerank": {"ads": {"bid": "bid", "slots": [0]}}}, "greater than or equal to 1"),
    ],
)
def test_what_does_not_fit_together_is_told(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Recommender.model_validate(BASE | changes)


def test_every_column_of_items_that_anything_names_is_read_once() -> None:
    rerank = {"margin_column": "earns", "released_at": "since", "ads": {"bid": "bid"}}
    config = Recommender.model_validate(BASE | {"title": "label", "attributes": ["family"], "funnel": FUNNEL, "rerank": rerank})
    assert sorted(config.item_columns) == ["bid", "earns", "family", "label", "since"]
