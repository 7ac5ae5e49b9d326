"""Why items are recommended to one user."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl

from recommender.data.sequences import Floats, Ints, Sequences
from recommender.explain.attribute_contributions import described
from recommender.explain.event_contributions import carried
from recommender.explain.sentence import Kind, Language, sentence
from recommender.serving.online_recommender import Recommender

NAMED = 2  # things that a sentence names, at most
WORTH_NAMING = 0.15  # of all that speaks for an item


@dataclass(frozen=True, slots=True)
class Carrier:
    """What carried a part of a score.

    Attributes:
        name: Of a past item, of an attribute, or of what the heads read.
        share: Its part, in the score's own unit; below 0: it speaks against the item.
        title: What people call it.
    """

    name: str
    share: float
    title: str | None = None

    @property
    def called(self) -> str:
        """What people call it, or its name."""
        return self.title or self.name


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one item is recommended; of all carriers the strongest come first.

    Attributes:
        item: Its id.
        events: The past items.
        attributes: Of the item, as far as the ranker places items by them.
        chance: What makes a purchase likelier or less so, in log-odds, where that was learned.
        title: What people call the item.
    """

    item: str
    events: tuple[Carrier, ...] = ()
    attributes: tuple[Carrier, ...] = ()
    chance: tuple[Carrier, ...] = ()
    title: str | None = None

    def said(self, language: Language = "en") -> str:
        """One sentence for the shopper."""
        if not self.events:
            return sentence("popular", language=language)
        total = sum(each.share for each in self.events if each.share > 0)
        events = [each.called for each in worth_naming(self.events, total)]
        attributes = [each.called for each in worth_naming(self.attributes, total) if each.title][:1]
        if events or attributes:
            kind: Kind = "both" if events and attributes else "events" if events else "attributes"
            return sentence(kind, events, attributes, language)
        return sentence("several" if total > 0 else "unnamed", [each.called for each in self.events[:1]], language=language)


def explain(recommender: Recommender, history: pl.DataFrame, items: Sequence[str], at: datetime | None = None) -> list[Explanation]:
    """Why items are recommended to a user; items that the model does not know are left out.

    Args:
        recommender: Whose recommendation it is.
        history: The user's interactions, schema INTERACTIONS.
        items: What was recommended.
        at: Now; the time of his newest event unless given.
    """
    told, titles = recommender.told(history), recommender.shelf.titles
    known = [item for item in items if item in recommender.places]
    if len(told) == 0 or not len(told.items) or not known:
        return [Explanation(item, title=titles.get(item)) for item in known]
    numbers = np.array([recommender.places[item] for item in known], np.int64)
    shares = carried(recommender.learned.ranker, told, numbers)
    events = [recommender.learned.vocabulary.items[number] for number in told.items]
    attributes, chances = _attributes(recommender, told, numbers), _chances(recommender, history, numbers, at)
    return [
        Explanation(item, _summed(recommender, events, shares[:, place]), attributes[place], chances[place], titles.get(item))
        for place, item in enumerate(known)
    ]


def _summed(recommender: Recommender, events: Sequence[str], shares: Floats) -> tuple[Carrier, ...]:
    """One carrier a past item, however often it was met."""
    total: dict[str, float] = {}
    for item, share in zip(events, shares, strict=True):
        total[item] = total.get(item, 0.0) + float(share)
    return _ordered(Carrier(item, share, recommender.shelf.titles.get(item)) for item, share in total.items())


def _attributes(recommender: Recommender, told: Sequences, numbers: Ints) -> list[tuple[Carrier, ...]]:
    """Of each item; under a title where the attribute is a text, as nobody wants a thing for being of 1991."""
    shares = described(recommender.learned.ranker, recommender.attributes, told, numbers)
    words = [name for name in shares if recommender.shelf.items.schema[name] == pl.String]
    values = recommender.shelf.values([recommender.learned.vocabulary.items[number] for number in numbers], words)
    titles = [{name: f"{name.replace('_', ' ')} {value}" for name, value in each.items() if value} for each in values]
    return [_ordered(Carrier(name, float(each[place]), titles[place].get(name)) for name, each in shares.items()) for place in range(len(numbers))]


def _chances(recommender: Recommender, history: pl.DataFrame, numbers: Ints, at: datetime | None) -> list[tuple[Carrier, ...]]:
    """Of each item, what the heads read of it and of the user."""
    found = recommender.chances(history, numbers, at)
    if found is None:
        return [()] * len(numbers)
    return [_ordered(Carrier(name, float(value)) for name, value in zip(found.names, row, strict=True) if value) for row in found.values]


def _ordered(carriers: Iterable[Carrier]) -> tuple[Carrier, ...]:
    return tuple(sorted(carriers, key=lambda each: -each.share))


def worth_naming(carriers: Sequence[Carrier], total: float) -> list[Carrier]:
    """The few that carry a good part of what speaks for an item in total, the strongest first."""
    return [each for each in carriers if total > 0 and each.share >= WORTH_NAMING * total][:NAMED]
