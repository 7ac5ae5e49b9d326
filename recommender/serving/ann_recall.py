"""How many of the best items of a user an index finds, for a model of so many items that one is asked."""

from __future__ import annotations

import numpy as np

from recommender.data.sequences import Sequences
from recommender.models.ann_index import MAX_EXACT_ITEMS
from recommender.ranker import Ranker
from recommender.serving.retrieval import Scored, retrieval

BEST = 100  # items that are looked for
ASKED = 200  # users, at most


def recalled(ranker: Ranker, histories: Sequences, max_exact_items: int = MAX_EXACT_ITEMS) -> dict[str, object]:
    """What a card says of how the best items are found.

    Args:
        ranker: What is to serve.
        histories: Of users of the hold-out; those of whom nothing is known are not asked.
        max_exact_items: With more items, an index is asked.

    Returns:
        `exact`; and where that is False, `recall`, the mean share of the `best` so many that the index finds too, over so many `users`.
    """
    serving = retrieval(ranker, max_exact_items)
    if isinstance(serving, Scored):
        return {"exact": True}
    asked = histories.select_users(np.flatnonzero(histories.lengths)[:ASKED])
    shown = np.ones(ranker.score(asked.select_users(np.zeros(0, np.int64))).shape[1], np.bool_)
    found, right = (each.best(asked, shown, BEST)[0] for each in (serving, Scored(ranker)))
    shares = [np.isin(truth[truth >= 0], some).mean() for some, truth in zip(found, right, strict=True)]
    return {"exact": False, "recall": float(np.mean(shares)) if shares else None, "best": BEST, "users": len(shares)}
