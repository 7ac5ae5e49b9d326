"""Answer what shoppers would get from the serving recommender, and take events that it does not know yet."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, field_validator

from sluice.api.answers import Answer
from sluice.api.operation import Call, Operation
from sluice.api.parameters import Identifier, Parameters, Text
from sluice.api.recommending import require_catalog, require_model
from sluice.errors import InvalidValue
from sluice.messages import make_error

Count = Annotated[int, Field(ge=1, le=100, description="number of items, at most")]
Where = Annotated[
    tuple[Annotated[str, Field(min_length=1, max_length=200)], ...], Field(max_length=10, description="condition on the items: price<20; may be repeated")
]


class RecommendQuery(Parameters):
    """Say for whom."""

    user: Text | None = Field(None, description="id of a user; without it, the popular items")
    k: Count = 10
    history: Annotated[tuple[Text, ...], Field(max_length=50, description="items that the user has just met, the newest last; may be repeated")] = ()
    where: Where = ()
    language: Literal["en", "zh"] | None = Field(None, description="adds to each item a sentence that says why")
    region: Text | None = Field(None, description="where the user is, as `region` of events names it: without a history they get what is popular there")
    context: Annotated[
        tuple[Text, ...],
        Field(max_length=20, description="where and when it is shown: device=mobile, as `context` in sluice.yaml names it; may be repeated"),
    ] = ()
    place: Text | None = Field(None, description="where the answer is shown, such as home or mail, for the log of exposures")


class SearchQuery(Parameters):
    """Say what to look for."""

    query: Text = Field(description="text as it was typed")
    k: Count = 10
    user: Text | None = Field(None, description="id of a user whose taste counts as well")
    where: Where = ()


class Event(Parameters):
    """Say what a user has just done."""

    user: Text
    item: Text = Field(description="id of the item; one that neither catalog nor model has yet changes no answer until the catalog has it")
    kind: Text | None = Field(None, description="kind of event, as `weights` in sluice.yaml names it")
    time: datetime | None = Field(None, description="time with its zone, of the last 30 days; now unless given")
    id: Identifier | None = Field(None, description="id of the event; one that is sent twice within 30 days, as after a lost answer, counts once")

    @field_validator("time")
    @classmethod
    def _has_zone(cls, value: datetime | None) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise make_error(InvalidValue, "time_without_zone")
        return value


class RecommendedAnswer(Answer):
    """Describe a recommended item."""

    item: str
    title: str | None
    score: float = Field(description="compares within one answer alone")
    ad: bool
    pinned: bool = Field(description="the shop has given the item its position")
    reason: str | None


class RecommendAnswer(Answer):
    """List the recommended items, the best first."""

    model: int = Field(description="version that answered")
    id: str | None = Field(description="names the answer in the log of exposures; null where nothing is logged")
    note: str | None = Field(description="what to know about the answer, such as that the user is unknown")
    items: list[RecommendedAnswer]


class MatchAnswer(Answer):
    """Describe an item that matches."""

    item: str
    title: str | None
    score: float
    parts: dict[str, float] = Field(description="what words, meaning and taste add to the score")


class SearchAnswer(Answer):
    """List the items that match, the best first."""

    note: str | None = Field(description="what to know about the answer: words of the query that no item holds")
    items: list[MatchAnswer]


class RecordedAnswer(Answer):
    """Say that an event is stored: it counts from the user's next answer on, until it is published. That of a forgotten person is not stored."""

    state: Literal["recorded"]


def _recommend(call: Call, query: RecommendQuery) -> object:
    service, version = require_model(call)
    place, log = query.place or "api", call.record
    answer = service.recommend(
        query.user,
        query.k,
        history=query.history,
        where=query.where,
        language=query.language,
        region=query.region,
        context=query.context,
        place=place,
        record=log,
    )
    items = [{"item": one.item, "title": one.title, "score": one.score, "ad": one.ad, "pinned": one.pinned, "reason": one.reason or None} for one in answer]
    return {"model": answer.model or version, "id": answer.id or None, "note": answer.note or None, "items": items}


def _search(call: Call, query: SearchQuery) -> object:
    answer = require_catalog(call).search(query.query, query.k, user=query.user, where=query.where, record=call.record)
    return {"note": answer.note or None, "items": [{"item": one.item, "title": one.title, "score": one.score, "parts": dict(one.parts)} for one in answer]}


def _record(call: Call, event: Event) -> object:
    require_model(call)[0].record_event(event.user, event.item, event.kind, event.time, event.id)
    return {"state": "recorded"}


OPERATIONS = (
    Operation("recommend", "GET", "/v1/recommend", "Recommend items to a user.", RecommendQuery, RecommendAnswer, _recommend),
    Operation("search", "GET", "/v1/search", "Search the catalog by words and meaning.", SearchQuery, SearchAnswer, _search),
    Operation(
        "recordEvent",
        "POST",
        "/v1/feedback",
        "Take an event that counts in the user's next answers.",
        Event,
        RecordedAnswer,
        _record,
        status=202,
        prepare=require_model,
    ),
)
