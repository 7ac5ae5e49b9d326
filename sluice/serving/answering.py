"""Choose the items that an answer may hold, say why each is recommended, and name the answer."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid4

import polars as pl

from recommender.data.interactions import INTERACTIONS
from recommender.data.sequences import Bools
from recommender.explain.explanation import Explanation, Language, explain
from recommender.serving.answer import AnswerItem
from recommender.serving.answer_rules import note_first
from recommender.serving.lists import ListMaker
from recommender.serving.online_recommender import OnlineRecommender
from sluice.config.answers import Note
from sluice.domain import Message
from sluice.domain.exposures import ShownList
from sluice.messages import render


def select_items(model: OnlineRecommender, among: Collection[str] | None, where: str | Sequence[str]) -> Collection[str] | Bools | None:
    """Return the items that are in `among` and meet all conditions; None means all."""
    if not where:
        return among
    selected = model.catalog.select([where] if isinstance(where, str) else where)
    return selected if among is None else selected & model.allowed((), among)


def make_lists(model: OnlineRecommender, k: int, at: datetime, where: Sequence[str], users: pl.DataFrame | None = None) -> ListMaker:
    """Return what makes the lists of users, whose attributes may be known, of items that meet all conditions.

    Raises:
        UsageError: A condition does not fit the catalog.
    """
    return ListMaker(model, k, at, model.catalog.select(where) if where else None, users)


def add_reason(entry: AnswerItem, explanation: Explanation, language: Language, note: Note | None = None) -> AnswerItem:
    """Return an item with the sentence that says why it is recommended, after the shop's own note."""
    reason = Message.of("recommended_as_pinned") if entry.pinned else explanation.reason
    return replace(entry, reason=note_first(note, render(reason, language), language), code=reason.code)


def best_items(
    model: OnlineRecommender,
    met: pl.DataFrame | None,
    k: int,
    among: Collection[str] | Bools | None,
    at: datetime,
    language: Language | None = None,
    region: str | None = None,
    side: Mapping[str, object] | None = None,
) -> list[AnswerItem]:
    """Recommend to a user.

    Args:
        model: On the catalog.
        met: The user's interactions, schema INTERACTIONS; None: the popular items.
        k: Number of items, at most.
        among: The only items to recommend; None means all.
        at: The current time.
        language: Language of a sentence on why each item is recommended; None writes no sentences.
        region: Where the user is, for popular items.
        side: Attributes of the user and context of the request, by prefixed names of side columns.
    """
    how: Mapping[str, Any] = {"among": among, "at": at, "region": region}
    items = model.recommend_popular(k, **how) if met is None else model.recommend(met, k, side=side, **how)
    if language is None:
        return items
    explanations = explain(model, pl.DataFrame(schema=INTERACTIONS) if met is None else met, [entry.item for entry in items], side=side)
    noted = [model.note_of(entry, at) for entry in items]
    return [add_reason(entry, explanation, language, note) for entry, explanation, note in zip(items, explanations, noted, strict=True)]


def list_of(items: Sequence[AnswerItem], user: str | None, place: str, version: int, at: datetime) -> ShownList:
    """Return an answer as it is logged, with a random id."""
    return ShownList(uuid4().hex, at, user, place, version, tuple(entry.item for entry in items))
