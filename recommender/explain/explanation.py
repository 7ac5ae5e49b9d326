"""Why items are recommended to one user."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from recommender.explain.carrying import carried
from recommender.explain.sentence import Language, sentence
from recommender.sequences import Floats
from recommender.serving.recommender import Recommender

NAMED = 2  # things that a sentence names, at most
WORTH_NAMING = 0.15  # of all that speaks for an item


@dataclass(frozen=True, slots=True)
class Carrier:
    """What carried a part of a score.

    Attributes:
        name: Of a past item, or of an attribute.
        share: Its part, in the score's own unit; below 0: it speaks against the item.
        title: What people call it.
    """

    name: str
    share: float
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one item is recommended.

    Attributes:
        item: Its id.
        events: The past items, the one that carried most first.
        sentence: For the shopper.
        title: What people call the item.
    """

    item: str
    events: tuple[Carrier, ...]
    sentence: str
    title: str | None = None


def explain(recommender: Recommender, history: pl.DataFrame, items: Sequence[str], language: Language = "en") -> list[Explanation]:
    """Why items are recommended to a user; items that the model does not know are left out.

    Args:
        recommender: Whose recommendation it is.
        history: The user's interactions, schema INTERACTIONS.
        items: What was recommended.
        language: Of the sentences.
    """
    told, names = recommender.told(history), recommender.learned.vocabulary.items
    known = [item for item in items if item in recommender.places]
    if len(told) == 0 or not known:
        return [_explained(recommender, item, (), language) for item in known]
    shares = carried(recommender.learned.ranker, told, np.array([recommender.places[item] for item in known], np.int64))
    past = [names[number] for number in told.items]
    return [_explained(recommender, item, _summed(recommender, past, shares[:, place]), language) for place, item in enumerate(known)]


def _summed(recommender: Recommender, past: Sequence[str], shares: Floats) -> tuple[Carrier, ...]:
    """One carrier a past item, however often it was met."""
    total: dict[str, float] = {}
    for item, share in zip(past, shares, strict=True):
        total[item] = total.get(item, 0.0) + float(share)
    ordered = sorted(total.items(), key=lambda each: -each[1])
    return tuple(Carrier(item, share, recommender.shelf.titles.get(item)) for item, share in ordered)


def _explained(recommender: Recommender, item: str, events: tuple[Carrier, ...], language: Language) -> Explanation:
    named = worth_naming(events)
    return Explanation(item, events, sentence([each.title or each.name for each in named], (), language), recommender.shelf.titles.get(item))


def worth_naming(carriers: Sequence[Carrier]) -> list[Carrier]:
    """The few that carried a good part of what speaks for an item, the strongest first."""
    total = sum(each.share for each in carriers if each.share > 0)
    return [each for each in carriers if total and each.share >= WORTH_NAMING * total][:NAMED]
