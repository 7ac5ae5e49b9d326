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
        title: What people call the item.
    """

    item: str
    events: tuple[Carrier, ...]
    title: str | None = None

    def said(self, language: Language = "en") -> str:
        """One sentence for the shopper."""
        return sentence([each.title or each.name for each in worth_naming(self.events)], (), language)


def explain(recommender: Recommender, history: pl.DataFrame, items: Sequence[str]) -> list[Explanation]:
    """Why items are recommended to a user; items that the model does not know are left out.

    Args:
        recommender: Whose recommendation it is.
        history: The user's interactions, schema INTERACTIONS.
        items: What was recommended.
    """
    told, names, titles = recommender.told(history), recommender.learned.vocabulary.items, recommender.shelf.titles
    known = [item for item in items if item in recommender.places]
    if len(told) == 0 or not known:
        return [Explanation(item, (), titles.get(item)) for item in known]
    shares = carried(recommender.learned.ranker, told, np.array([recommender.places[item] for item in known], np.int64))
    past = [names[number] for number in told.items]
    return [Explanation(item, _summed(recommender, past, shares[:, place]), titles.get(item)) for place, item in enumerate(known)]


def _summed(recommender: Recommender, past: Sequence[str], shares: Floats) -> tuple[Carrier, ...]:
    """One carrier a past item, however often it was met."""
    total: dict[str, float] = {}
    for item, share in zip(past, shares, strict=True):
        total[item] = total.get(item, 0.0) + float(share)
    ordered = sorted(total.items(), key=lambda each: -each[1])
    return tuple(Carrier(item, share, recommender.shelf.titles.get(item)) for item, share in ordered)


def worth_naming(carriers: Sequence[Carrier]) -> list[Carrier]:
    """The few that carried a good part of what speaks for an item, the strongest first."""
    total = sum(each.share for each in carriers if each.share > 0)
    return [each for each in carriers if total and each.share >= WORTH_NAMING * total][:NAMED]
