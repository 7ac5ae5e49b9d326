"""A few explained answers for the card, so that the team sees what carries the recommendations of a model before and while it serves."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from recommender.artifact.serialization import TrainedRecommender
from recommender.explain.explanation import Carrier, Explanation, explain
from recommender.explain.sentence import LANGUAGES
from recommender.serving.online_recommender import Recommender
from sluice.config import Recommender as Config

USERS = 3
ANSWERS = 5
NAMED = 6  # past items of an answer, the strongest; what the others carry is told as one


def samples(learned: TrainedRecommender, histories: pl.DataFrame, items: pl.DataFrame, config: Config) -> list[dict[str, object]]:
    """Explained answers to users with few, middling and many events; who they are is not told.

    Args:
        learned: What serves.
        histories: Schema INTERACTIONS, each user's together and in order.
        items: The catalog, of `load_catalog`.
        config: Names the columns.

    Returns:
        For each user `events`, their number, and `answers`: each with `item`, `title`, `score`, `why` by language, and `carried`, the names of
        past items with their shares of the score; `attributes` and `chance` likewise.
    """
    recommender = Recommender.of(learned).stocked(items, config)
    return [_sample(recommender, histories.filter(pl.col("user") == user)) for user in _asked(histories)]


def _sample(recommender: Recommender, history: pl.DataFrame) -> dict[str, object]:
    found = recommender.recommend(history, ANSWERS)
    whys = explain(recommender, history, [each.item for each in found])
    told = [
        {
            "item": each.item,
            "title": each.title,
            "score": each.score,
            "why": _said(why),
            "carried": _carried(why),
            "attributes": _shares(why.attributes),
            "chance": _shares(why.chance[:NAMED]),
        }
        for each, why in zip(found, whys, strict=True)
    ]
    return {"events": history.height, "answers": told}


def _said(why: Explanation) -> dict[str, str]:
    return {language: why.said(language) for language in LANGUAGES}


def _carried(why: Explanation) -> list[dict[str, object]]:
    """The strongest carriers, and the sum of the others without a name."""
    strongest = sorted(why.events, key=lambda each: -abs(each.share))
    rest = sum(each.share for each in strongest[NAMED:])
    named = sorted(strongest[:NAMED], key=lambda each: -each.share) + ([Carrier("", rest)] if rest else [])
    return _shares(named)


def _shares(carriers: Sequence[Carrier]) -> list[dict[str, object]]:
    return [{"name": each.called, "share": each.share} for each in carriers]


def _asked(histories: pl.DataFrame) -> list[str]:
    """Users from the shortest history to the longest, evenly."""
    lengths = histories.group_by("user").len().sort("len", "user")["user"].to_list()
    places = sorted({round(step * (len(lengths) - 1) / max(USERS - 1, 1)) for step in range(USERS)}) if lengths else []
    return [lengths[place] for place in places]
