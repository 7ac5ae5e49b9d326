"""Explain a few sample answers for the card, so that the team sees what drives the recommendations of a model."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from recommender.artifact.serialization import TrainedRecommender
from recommender.explain.counterfactual import needed_items
from recommender.explain.explanation import Contribution, Explanation, explain
from recommender.serving.online_recommender import OnlineRecommender
from sluice.config import Recommender as Settings

USERS = 3
ANSWERS = 5
MAX_NAMED = 6  # contributions of an answer with a name, the largest; the others are summed


def explain_samples(trained: TrainedRecommender, histories: pl.DataFrame, items: pl.DataFrame, settings: Settings) -> list[dict[str, object]]:
    """Explain answers to users with few, a median number of and many events, without their names.

    Args:
        trained: The model.
        histories: Schema INTERACTIONS, each user's rows together and in order.
        items: The catalog, of `load_catalog`.
        settings: Names the columns.

    Returns:
        For each user `events`, their number, and `answers`: each with `item`, `title`, `score`, `reason` (code and parameters), `needs` (titles of the
        past items without any one of which it would not be shown), and `event_contributions`, the names of past items with their parts of the score;
        `attribute_contributions` and `purchase_contributions` (to the log-odds of a purchase) likewise.
    """
    recommender = OnlineRecommender.from_model(trained).with_catalog(items, settings)
    return [_sample(recommender, histories.filter(pl.col("user") == user)) for user in _select_users(histories)]


def _sample(recommender: OnlineRecommender, history: pl.DataFrame) -> dict[str, object]:
    answers = recommender.recommend(history, ANSWERS)
    explanations = explain(recommender, history, [answer.item for answer in answers])
    needed, titles = needed_items(recommender, history, ANSWERS), recommender.catalog.titles
    rows = [
        {
            "item": answer.item,
            "title": answer.title,
            "score": answer.score,
            "reason": explanation.reason.to_json(),
            "needs": [titles.get(item, item) for item in needed[answer.item]],
            "event_contributions": _largest_events(explanation),
            "attribute_contributions": _records(explanation.attributes),
            "purchase_contributions": _records(explanation.conversion[:MAX_NAMED]),
        }
        for answer, explanation in zip(answers, explanations, strict=True)
    ]
    return {"events": history.height, "answers": rows}


def _largest_events(explanation: Explanation) -> list[dict[str, object]]:
    """Return the largest contributions, and the sum of the others without a name."""
    largest = sorted(explanation.events, key=lambda event: -abs(event.value))
    rest = sum(event.value for event in largest[MAX_NAMED:])
    named = sorted(largest[:MAX_NAMED], key=lambda event: -event.value) + ([Contribution("", rest)] if rest else [])
    return _records(named)


def _records(contributions: Sequence[Contribution]) -> list[dict[str, object]]:
    return [{"name": contribution.label, "value": contribution.value} for contribution in contributions]


def _select_users(histories: pl.DataFrame) -> list[str]:
    """Select users evenly from the shortest history to the longest."""
    lengths = histories.group_by("user").len().sort("len", "user")["user"].to_list()
    places = sorted({round(step * (len(lengths) - 1) / max(USERS - 1, 1)) for step in range(USERS)}) if lengths else []
    return [lengths[place] for place in places]
