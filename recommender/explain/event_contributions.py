"""How much of a score each past event carries."""

from __future__ import annotations

import numpy as np

from recommender.data.sequences import Bools, Floats, Ints, Sequences
from recommender.models.capabilities import AdditiveScores, EmbeddingModel, Ensemble
from recommender.ranker import Ranker
from recommender.serving.cold_items import Likened

NEWEST = 50  # events that are left out one by one


def carried(ranker: Ranker, history: Sequences, items: Ints) -> Floats:
    """What each event of one user's history gives to the score of each asked item, shape (events, items).

    Exact where a ranker adds up over events; else what the score would lose without the event, which need not add up.

    Args:
        ranker: Whose scores are explained; of a blend each part by itself.
        history: Of one user.
        items: The numbers of the items that are asked for.
    """
    match ranker:
        case Likened():
            return _liked(ranker, history, items)
        case Ensemble():
            return _blended(ranker, history, items)
        case AdditiveScores():
            return ranker.contributions(history, items)
        case _:
            return _lost(ranker, history, items)


def _blended(ranker: Ensemble, history: Sequences, items: Ints) -> Floats:
    """Of each part, in the blend's own unit; what standardising takes from all items alike carries nothing."""
    total = np.zeros((len(history.items), len(items)), np.float32)
    for name, weight in ranker.weights.items():
        part = ranker.parts[name]
        spread = float(part.score(history).std()) if weight else 0.0
        if spread > 0:
            total += np.float32(weight / spread) * carried(part, history, items)
    return total


def _liked(ranker: Likened, history: Sequences, items: Ints) -> Floats:
    """Of a new item: what is carried of the items that speak for it, as they do."""
    known = ranker.likes.shape[1]
    speaking = ranker.likes[items[items >= known] - known]
    asked = np.union1d(items[items < known], speaking.indices).astype(np.int64)
    shares = np.zeros((len(history.items), len(asked)), np.float32)
    old = history.items < known
    shares[old] = carried(ranker.ranker, history.filter(old), asked)
    found = np.zeros((len(history.items), len(items)), np.float32)
    found[:, items < known] = shares[:, np.searchsorted(asked, items[items < known])]
    found[:, items >= known] = shares @ speaking[:, asked].toarray().T
    return found


def _lost(ranker: Ranker, history: Sequences, items: Ints) -> Floats:
    """What the scores lose without each of the newest events, all asked in one batch; 0 of older ones."""
    newest = history.positions_from_end < NEWEST
    scores = _scores(ranker, without_each(history.filter(newest)), items)
    shares = np.zeros((len(history.items), len(items)), np.float32)
    shares[newest] = scores[0] - scores[1:]
    return shares


def without_each(history: Sequences) -> Sequences:
    """Of one user's history as many as it has events, and one more: the whole first, then each with one event left out, in their order."""
    events = len(history.items)
    kept: Bools = np.vstack([np.ones((1, events), np.bool_), ~np.eye(events, dtype=np.bool_)])
    places = np.nonzero(kept)[1]
    starts = np.concatenate([[0], np.cumsum(kept.sum(axis=1))]).astype(np.int64)
    columns = history.items[places], history.kinds[places], history.times[places], history.weights[places], history.ordered[places]
    return Sequences(*columns, starts, None if history.social_items is None else np.repeat(history.social_items, events + 1, axis=0))


def _scores(ranker: Ranker, histories: Sequences, items: Ints) -> Floats:
    if isinstance(ranker, EmbeddingModel):
        found: Floats = ranker.user_embeddings(histories) @ ranker.vectors[items].T
        return found
    return np.concatenate([ranker.score(some)[:, items] for _, some in histories.iter_batches(NEWEST)])
