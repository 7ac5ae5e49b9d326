"""Answer with the items that are similar to one item."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from sluice.api.answers import Answer
from sluice.api.errors import not_there
from sluice.api.operation import Call, Operation
from sluice.api.operations.recommender import Count, Where
from sluice.api.parameters import Parameters, Text
from sluice.api.recommending import require_model


class SimilarQuery(Parameters):
    """Say similar to what."""

    item: Text = Field(description="id of an item, which may be sold no longer")
    k: Count = 10
    where: Where = ()
    language: Literal["en", "zh"] = Field("en", description="language of the reasons")


class SimilarItem(Answer):
    """Describe a similar item."""

    item: str
    title: str | None
    score: float = Field(description="compares within one answer alone")
    ad: bool
    code: str = Field(description="names the kind of reason, for programs")
    reason: str


class SimilarAnswer(Answer):
    """List the similar items, the best first; those that nothing links to the item are left out."""

    model: int = Field(description="version that serves")
    note: str | None = Field(description="what to know about the answer, such as that nothing is similar")
    items: list[SimilarItem]


def _similar(call: Call, query: SimilarQuery) -> object:
    service, version = require_model(call)
    if query.item not in service.state().recommender.item_numbers:
        raise not_there(f"item {query.item}", "item", "search", how="finds items by their words")
    answer = service.similar(query.item, query.k, where=query.where, language=query.language)
    items = [{"item": one.item, "title": one.title, "score": one.score, "ad": one.ad, "code": one.code, "reason": one.reason} for one in answer]
    return {"model": version, "note": answer.note or None, "items": items}


OPERATIONS = (Operation("similar", "GET", "/v1/similar", "Recommend the items that are similar to an item.", SimilarQuery, SimilarAnswer, _similar),)
