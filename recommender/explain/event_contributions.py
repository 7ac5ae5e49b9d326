"""Compute how much each past event contributes to a score."""

from __future__ import annotations

import numpy as np

from recommender.data.sequences import Bools, Floats, Ints, Sequences
from recommender.models.capabilities import AdditiveScores, EmbeddingModel, Ensemble
from recommender.ranker import Ranker
from recommender.serving.cold_items import ColdItemRanker

MAX_EVENTS = 50  # the newest events, which are left out one at a time


def event_contributions(ranker: Ranker, history: Sequences, items: Ints) -> Floats:
    """Compute what each event of one user's history adds to the score of each item, shape (events, items).

    Exact where a ranker's scores are additive over events; else what the score would lose without the event (leave one out), which need not
    add up.

    Args:
        ranker: The ranker to explain; of an ensemble each part by itself.
        history: Of one user.
        items: The numbers of the items.
    """
    match ranker:
        case ColdItemRanker():
            return _cold_item_contributions(ranker, history, items)
        case Ensemble():
            return _ensemble_contributions(ranker, history, items)
        case AdditiveScores():
            return ranker.contributions(history, items)
        case _:
            return _leave_one_out_contributions(ranker, history, items)


def _ensemble_contributions(ranker: Ensemble, history: Sequences, items: Ints) -> Floats:
    """Sum the contributions of the parts in the ensemble's unit; the mean that standardising subtracts contributes nothing."""
    total = np.zeros((len(history.items), len(items)), np.float32)
    for contributions in _contributions_by_part(ranker, history, items).values():
        total += contributions
    return total


def part_contributions(ranker: Ranker, history: Sequences, items: Ints, name: str) -> dict[str, Floats]:
    """Compute what each event adds to the score of each item by each part, shape (events, items) each.

    Args:
        ranker: The ranker to explain.
        history: Of one user.
        items: The numbers of the items.
        name: What the ranker is called, where it has no parts.
    """
    if isinstance(ranker, Ensemble):
        return _contributions_by_part(ranker, history, items)
    return {name: event_contributions(ranker, history, items)}


def _contributions_by_part(ranker: Ensemble, history: Sequences, items: Ints) -> dict[str, Floats]:
    spreads = {name: float(ranker.parts[name].score(history).std()) for name, weight in ranker.weights.items() if weight}
    factors = {name: np.float32(ranker.weights[name] / spread) for name, spread in spreads.items() if spread > 0}
    return {name: factor * event_contributions(ranker.parts[name], history, items) for name, factor in factors.items()}


def _cold_item_contributions(ranker: ColdItemRanker, history: Sequences, items: Ints) -> Floats:
    """Weight the contributions to the neighbours of a new item by their similarity."""
    known_count = ranker.similarities.shape[1]
    neighbours = ranker.similarities[items[items >= known_count] - known_count]
    scored = np.union1d(items[items < known_count], neighbours.indices).astype(np.int64)
    shares = np.zeros((len(history.items), len(scored)), np.float32)
    known_events = history.items < known_count
    shares[known_events] = event_contributions(ranker.ranker, history.filter(known_events), scored)
    contributions = np.zeros((len(history.items), len(items)), np.float32)
    contributions[:, items < known_count] = shares[:, np.searchsorted(scored, items[items < known_count])]
    contributions[:, items >= known_count] = shares @ neighbours[:, scored].toarray().T
    return contributions


def _leave_one_out_contributions(ranker: Ranker, history: Sequences, items: Ints) -> Floats:
    """Compute what the scores lose without each of the newest events, in one batch; 0 for older ones."""
    newest = history.positions_from_end < MAX_EVENTS
    scores = _score_items(ranker, leave_one_out(history.filter(newest)), items)
    contributions = np.zeros((len(history.items), len(items)), np.float32)
    contributions[newest] = scores[0] - scores[1:]
    return contributions


def leave_one_out(history: Sequences) -> Sequences:
    """Return one user's history, and behind it one copy per event without that event, in their order."""
    events = len(history.items)
    mask: Bools = np.vstack([np.ones((1, events), np.bool_), ~np.eye(events, dtype=np.bool_)])
    places = np.nonzero(mask)[1]
    starts = np.concatenate([[0], np.cumsum(mask.sum(axis=1))]).astype(np.int64)
    columns = history.items[places], history.kinds[places], history.times[places], history.weights[places], history.ordered[places]
    copied = Sequences(*columns, starts, None if history.social_items is None else np.repeat(history.social_items, events + 1, axis=0))
    return copied.with_request(None if history.request is None else np.repeat(history.request, events + 1, axis=0))


def _score_items(ranker: Ranker, histories: Sequences, items: Ints) -> Floats:
    if isinstance(ranker, EmbeddingModel):
        scores: Floats = ranker.user_embeddings(histories) @ ranker.item_embeddings[items].T
        return scores
    return np.concatenate([ranker.score(batch)[:, items] for _, batch in histories.iter_batches(MAX_EVENTS)])
