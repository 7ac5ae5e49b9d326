"""Explain why items are recommended to one user."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

import numpy as np
import polars as pl

from recommender.data.sequences import Floats, Ints, Sequences
from recommender.explain.attribute_contributions import attribute_contributions
from recommender.explain.event_contributions import event_contributions
from recommender.serving.online_recommender import OnlineRecommender
from sluice.domain import Message
from sluice.messages import render

Language: TypeAlias = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")

MAX_TITLE = 60  # letters of a title in a sentence
MAX_NAMED = 2  # contributions that a sentence names
MIN_SHARE = 0.15  # of all positive contributions, for a contribution to be named


@dataclass(frozen=True, slots=True)
class Contribution:
    """Represent one part of a score.

    Attributes:
        name: Of a past item, an attribute, or a feature of the conversion model.
        value: Its part of the score; negative values lower the score.
        title: What people see instead of the name.
    """

    name: str
    value: float
    title: str | None = None

    @property
    def label(self) -> str:
        """Return the title, or the name where there is none."""
        return self.title or self.name


@dataclass(frozen=True, slots=True)
class Explanation:
    """Explain one recommended item; contributions are sorted, the largest first.

    Attributes:
        item: The item's id.
        events: Contributions of past items.
        attributes: Contributions of the item's attributes, where the ranker embeds items by them.
        conversion: Contributions to the log-odds of a purchase, where a conversion model was trained.
        title: The item's title.

    Example:
        >>> explanation = Explanation("cup", (Contribution("mug", 0.8, "Red mug"), Contribution("pen", 0.01)))
        >>> explanation.render_reason("en")
        'Because you were interested in Red mug.'
        >>> explanation.reason.code
        'recommended_by_events'
    """

    item: str
    events: tuple[Contribution, ...] = ()
    attributes: tuple[Contribution, ...] = ()
    conversion: tuple[Contribution, ...] = ()
    title: str | None = None

    @property
    def reason(self) -> Message:
        """Return the reason for the shopper as a code and parameters."""
        if not self.events:
            return Message.of("recommended_as_popular")
        total = sum(event.value for event in self.events if event.value > 0)
        events = [shorten(event.label) for event in select_named(self.events, total)]
        attribute = next((shorten(attribute.label) for attribute in select_named(self.attributes, total) if attribute.title), None)
        if events and attribute:
            return Message.of("recommended_by_events_and_attribute", events=_enumerate(events), attribute=attribute)
        if events:
            return Message.of("recommended_by_events", events=_enumerate(events))
        if attribute:
            return Message.of("recommended_by_attribute", attribute=attribute)
        return Message.of("recommended_by_several_events", event=shorten(self.events[0].label)) if total > 0 else Message.of("recommended")

    def render_reason(self, language: Language) -> str:
        """Return the reason as one sentence."""
        return render(self.reason, language)


def explain(
    recommender: OnlineRecommender,
    history: pl.DataFrame,
    items: Sequence[str],
    at: datetime | None = None,
    side: Mapping[str, object] | None = None,
) -> list[Explanation]:
    """Explain why items are recommended to a user; items that the model does not know are left out.

    Args:
        recommender: What recommended them.
        history: The user's interactions, schema INTERACTIONS.
        items: The recommended items.
        at: The current time; by default that of the newest event.
        side: Attributes of the user and context of the request, by prefixed names of side columns; no reason names them.
    """
    encoded, titles = recommender.encode(history, side), recommender.catalog.titles
    explainable = [item for item in items if item in recommender.item_numbers]
    if len(encoded) == 0 or not len(encoded.items) or not explainable:
        return [Explanation(item, title=titles.get(item)) for item in explainable]
    numbers = np.array([recommender.item_numbers[item] for item in explainable], np.int64)
    shares = event_contributions(recommender.trained.ranker, encoded, numbers)
    past_items = [recommender.trained.vocabulary.items[number] for number in encoded.items]
    attributes, conversion = _explain_attributes(recommender, encoded, numbers), _explain_conversion(recommender, history, numbers, at, side)
    return [
        Explanation(item, _sum_by_item(recommender, past_items, shares[:, place]), attributes[place], conversion[place], titles.get(item))
        for place, item in enumerate(explainable)
    ]


def _sum_by_item(recommender: OnlineRecommender, past_items: Sequence[str], shares: Floats) -> tuple[Contribution, ...]:
    """Sum the contributions of all events of a past item."""
    total: dict[str, float] = {}
    for item, share in zip(past_items, shares, strict=True):
        total[item] = total.get(item, 0.0) + float(share)
    return _sort(Contribution(item, share, recommender.catalog.titles.get(item)) for item, share in total.items())


def _explain_attributes(recommender: OnlineRecommender, history: Sequences, numbers: Ints) -> list[tuple[Contribution, ...]]:
    """Return the contributions of each item's attributes; only texts get a title, as a number says nothing to a shopper."""
    shares = attribute_contributions(recommender.trained.ranker, recommender.attribute_features, history, numbers)
    texts = [name for name in shares if recommender.catalog.items.schema[name] == pl.String]
    values = recommender.catalog.text_values([recommender.trained.vocabulary.items[number] for number in numbers], texts)
    titles = [{name: f"{name.replace('_', ' ')} {value}" for name, value in row.items() if value} for row in values]
    return [_sort(Contribution(name, float(column[place]), titles[place].get(name)) for name, column in shares.items()) for place in range(len(numbers))]


def _explain_conversion(
    recommender: OnlineRecommender, history: pl.DataFrame, numbers: Ints, at: datetime | None, side: Mapping[str, object] | None
) -> list[tuple[Contribution, ...]]:
    """Return the contributions of the conversion model's features for each item."""
    contributions = recommender.purchase_contributions(history, numbers, at, side)
    if contributions is None:
        return [()] * len(numbers)
    rows = contributions.values
    return [_sort(Contribution(name, float(value)) for name, value in zip(contributions.names, row, strict=True) if value) for row in rows]


def _sort(contributions: Iterable[Contribution]) -> tuple[Contribution, ...]:
    return tuple(sorted(contributions, key=lambda contribution: -contribution.value))


def select_named(contributions: Sequence[Contribution], total: float) -> list[Contribution]:
    """Select the few contributions that make a good part of the total, the largest first."""
    return [contribution for contribution in contributions if total > 0 and contribution.value >= MIN_SHARE * total][:MAX_NAMED]


def _enumerate(titles: Sequence[str]) -> str | Message:
    return titles[0] if len(titles) == 1 else Message.of("two_titles", first=titles[0], second=titles[1])


def shorten(title: str) -> str:
    """Return a title on one line, cut where it is too long for a sentence."""
    text = " ".join(title.split())
    return text if len(text) <= MAX_TITLE else text[: MAX_TITLE - 1].rstrip() + "…"
