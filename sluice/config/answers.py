"""Settings of `recommender.answers` in sluice.yaml: what no answer may hold, what it must hold, and what may come again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from sluice.config.duration import Duration
from sluice.config.model import Model
from sluice.domain import ColumnCondition
from sluice.errors import InvalidValue
from sluice.messages import error_message, make_error

AnswerKind: TypeAlias = Literal["recommend", "similar", "search"]


def _conditions(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _parsed(value: tuple[str, ...]) -> tuple[str, ...]:
    try:
        for text in value:
            ColumnCondition.parse(text)
    except InvalidValue as error:
        raise make_error(InvalidValue, error_message(error)) from None
    return value


Conditions = Annotated[
    tuple[str, ...],
    BeforeValidator(_conditions),
    Field(min_length=1, description="a condition on the columns of items, such as stock<=0, or a list of conditions that must all hold"),
    AfterValidator(_parsed),
]


def _with_zone(value: datetime | None) -> datetime | None:
    return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


Moment = Annotated[datetime | None, AfterValidator(_with_zone)]


NOTE = "what a shopper reads first about why it is recommended: a text, or {en: ..., zh: ...}"
Note: TypeAlias = Annotated[str, Field(min_length=1, max_length=300)] | Mapping[Literal["en", "zh"], Annotated[str, Field(min_length=1, max_length=300)]]


class Pinned(Model):
    """Give an item a position in answers, for a while or for good."""

    item: str = Field(description="id of the item; while it is not in the catalog, or `never` leaves it out, nothing is pinned")
    position: int = Field(1, ge=1, le=1000, description="its position in the answer, counted from 1")
    begins: Moment = Field(None, description="from then on; a time without a zone is UTC")
    ends: Moment = Field(None, description="until then")
    answers: tuple[AnswerKind, ...] = Field(
        ("recommend",),
        min_length=1,
        description="in which answers: recommend, similar, search (where the item matches the query); by default in recommendations alone",
    )

    note: Note | None = Field(None, description=NOTE)

    @model_validator(mode="after")
    def _require_order(self) -> Pinned:
        if self.begins and self.ends and self.ends <= self.begins:
            raise make_error(InvalidValue, "ends_before_begins")
        return self

    def holds(self, at: datetime, kind: AnswerKind = "recommend") -> bool:
        """Return whether the item is pinned in a kind of answers at a time."""
        return kind in self.answers and (self.begins is None or self.begins <= at) and (self.ends is None or at < self.ends)


class Again(Model):
    """Let items come again that a user has met before, such as coffee after a month."""

    where: Conditions = Field(description="which items")
    after: Duration = Field(timedelta(days=30), description="how long after the user's last event on the item")


class Noted(Model):
    """Say in the shop's own words why some items are recommended."""

    where: Conditions = Field(description="which items")
    note: Note = Field(description=NOTE)


class Answers(Model):
    """Declare rules that every answer keeps: recommendations, similar items, searches and the lists of all users."""

    never: tuple[Conditions, ...] = Field((), description="items of which one of these holds are in no answer; a list of conditions holds where all do")
    always: tuple[Pinned, ...] = Field((), description="items that have a position in answers")
    again: tuple[Again, ...] = Field((), description="items that a user may be recommended again; the others are recommended no more once they were met")

    notes: tuple[Noted, ...] = Field((), description="what shoppers read first about some items; the first that fits, and that of a pinned item before these")

    def conditions(self) -> Iterator[tuple[tuple[int | str, ...], ColumnCondition]]:
        """Yield every condition with its place below `answers`."""
        groups: list[tuple[tuple[int | str, ...], tuple[str, ...]]] = [(("never", number), texts) for number, texts in enumerate(self.never)]
        groups += [(("again", number, "where"), entry.where) for number, entry in enumerate(self.again)]
        groups += [(("notes", number, "where"), entry.where) for number, entry in enumerate(self.notes)]
        yield from ((place, ColumnCondition.parse(text)) for place, texts in groups for text in texts)
