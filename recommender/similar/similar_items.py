"""Find the items that are most similar to one item."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import polars as pl

from recommender.data.interactions import INTERACTIONS
from recommender.data.sequences import Bools, Floats, Ints
from recommender.explain.event_contributions import part_contributions
from recommender.explain.explanation import shorten
from recommender.models.ann_index import NO_ITEM
from recommender.models.threads import limit_to_one_thread
from recommender.serving.answer import AnswerItem
from recommender.serving.answer_rules import note_first
from recommender.serving.cold_items import ColdItemRanker
from recommender.serving.online_recommender import LONG_AGO, MIN_CANDIDATES, OnlineRecommender
from recommender.similar.reasons import reason_of
from sluice.domain import Message
from sluice.messages import render


@dataclass(frozen=True, slots=True, eq=False)
class Linked:
    """Hold the candidates that some part of the model links to an item.

    Attributes:
        numbers: Of the candidates, shape (n,).
        scores: The model's, shape (n,).
        links: What each part says of each candidate, shape (n,) each; 0 or below where it sees no similarity.
    """

    numbers: Ints
    scores: Floats
    links: Mapping[str, Floats]

    def keep(self, mask: np.ndarray) -> Linked:
        """Return some of the candidates."""
        return Linked(self.numbers[mask], self.scores[mask], {name: values[mask] for name, values in self.links.items()})

    def by_number(self) -> dict[int, dict[str, float]]:
        """Return what the parts say, by candidate."""
        return {int(number): {name: float(values[row]) for name, values in self.links.items()} for row, number in enumerate(self.numbers)}


def find_similar(
    recommender: OnlineRecommender, item: str, k: int = 10, *, among: Collection[str] | Bools | None = None, language: str = "en", at: datetime | None = None
) -> list[AnswerItem]:
    """Find what the model would recommend to somebody of whom nothing but this item is known, the best first.

    An item that no part of the model links to it is left out, so that the answer may hold fewer than `k` items, or none; one that the shop has pinned here
    has its position all the same.

    Args:
        recommender: The model, on the catalog.
        item: Id of an item that the model knows.
        k: Number of items, at most.
        among: The only items to return, as ids or as a mask of shape (items,); None: the whole catalog.
        language: Language of the sentences on why an item is similar.
        at: The current time.

    Raises:
        KeyError: The model does not know the item.
    """
    history = _met_once(item, at or LONG_AGO)
    linked = _link(recommender, item, history, max(k, MIN_CANDIDATES), among)
    similar = linked.keep(np.any([values > 0 for values in linked.links.values()], axis=0) if linked.links else linked.numbers < 0)
    links, title, mine = similar.by_number(), shorten(recommender.catalog.titles.get(item, item)), _texts(recommender, [item])[0]
    ranked = recommender.rank_items(similar.numbers, similar.scores, k, history, at or LONG_AGO)
    answer = []
    for entry, values in zip(ranked, _texts(recommender, [entry.item for entry in ranked]), strict=True):
        shared = {name: value for name, value in values.items() if value == mine.get(name)}
        reason = reason_of(links[recommender.item_numbers[entry.item]], title, shared)
        answer.append(replace(entry, reason=render(reason, language), code=reason.code))
    pinned = recommender.pin(answer, recommender.allowed((item,), among), k, at or LONG_AGO, "similar")
    return [_noted(recommender, entry, language, at or LONG_AGO) for entry in pinned]


def _noted(recommender: OnlineRecommender, entry: AnswerItem, language: str, at: datetime) -> AnswerItem:
    """Return an item with the shop's note before its reason."""
    selected = Message.of("recommended_as_pinned")
    reason, code = (render(selected, language), selected.code) if entry.pinned else (entry.reason, entry.code)
    return replace(entry, reason=note_first(recommender.note_of(entry, at, "similar"), reason, language), code=code)


def _met_once(item: str, at: datetime) -> pl.DataFrame:
    return pl.DataFrame([("", item, None, at, 1.0, True)], schema=INTERACTIONS, orient="row")


def _link(recommender: OnlineRecommender, item: str, history: pl.DataFrame, count: int, among: Collection[str] | Bools | None) -> Linked:
    allowed, number, trained = recommender.allowed((item,), among), recommender.item_numbers[item], recommender.trained
    if isinstance(trained.ranker, ColdItemRanker) and number >= trained.ranker.similarities.shape[1]:
        return _neighbours_of_new(trained.ranker, number, allowed)
    encoded = recommender.encode(history)
    with limit_to_one_thread():
        numbers, scores = recommender.retriever.retrieve(encoded, allowed, count)
        present = numbers[0] != NO_ITEM
        candidates = numbers[0][present]
        links = part_contributions(trained.ranker, encoded, candidates, trained.kind)
    return Linked(candidates, scores[0][present], {name: values.sum(axis=0) for name, values in links.items()})


def _neighbours_of_new(ranker: ColdItemRanker, number: int, allowed: np.ndarray) -> Linked:
    """Return the known items by which a new one is scored: it has no events of its own."""
    row = ranker.similarities[number - ranker.similarities.shape[1]]
    numbers, weights = row.indices.astype(np.int64), row.data.astype(np.float32)
    linked = Linked(numbers, weights, {"new_item": weights})
    order = np.argsort(-weights, kind="stable")
    return linked.keep(order[allowed[numbers[order]]])


def _texts(recommender: OnlineRecommender, items: list[str]) -> list[dict[str, str]]:
    """Return the values of the attributes of items that hold text; a number says nothing to a shopper."""
    catalog = recommender.catalog
    columns = [name for name in recommender.attributes if catalog.items.schema.get(name) == pl.String]
    return catalog.text_values(items, columns)
