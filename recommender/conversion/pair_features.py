"""Compute the features of a user and an item at the moment of an impression."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from recommender.conversion.item_statistics import CO_IMPRESSION, ItemStatistics, similarity_weight
from recommender.conversion.log_odds import smoothed_log_odds
from recommender.conversion.side_statistics import SideStatistics
from recommender.data.sequences import Bools, Floats, Ints, Sequences, Tokens

HISTORY = 50  # newest events of the user that are compared with the item
SESSION = 1800  # seconds that count as the current session
LONG_AGO = 86400 * 365  # seconds since an event that never happened
PRIOR = 10.0  # impressions at the shop's base rate that smooth each user's own
CLICK_PRIOR = 3.0  # the same, of clicks
SIMILAR_PRIOR = 0.2  # the same, of impressions of similar items
BATCH = 2048
IMPRESSION, CLICK, PURCHASE = 0, 1, 2
STAGES = (IMPRESSION, CLICK, PURCHASE)


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Pair users and items, each at a moment; every array has shape (n,).

    Attributes:
        users: Their rows in the histories.
        items: Item numbers; -1 for unknown items.
        until: The number of events, of all in the histories, before the moment: later ones of the user are ignored.
        times: The moment, in seconds since 1970.
        side: Attributes of the user and context of the moment, of `SideFeatures.encode`, shape (n, columns); None where none are read.
    """

    users: Ints
    items: Ints
    until: Ints
    times: Ints
    side: Tokens | None = None

    def __getitem__(self, rows: slice) -> Pairs:
        """Return some of the pairs."""
        side = None if self.side is None else self.side[rows]
        return Pairs(self.users[rows], self.items[rows], self.until[rows], self.times[rows], side)


@dataclass(frozen=True, slots=True, eq=False)
class FeatureTable:
    """Hold features by name; `values` has shape (n, features)."""

    names: tuple[str, ...]
    values: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _RecentEvents:
    """Hold the last events before each moment, the newest first; every array has shape (n, HISTORY)."""

    items: Ints
    stages: Ints
    ages: Ints
    exists: Bools

    def of_stage(self, stage: int) -> Bools:
        mask: Bools = self.exists & (self.stages == stage)
        return mask


def compute_pair_features(statistics: ItemStatistics, histories: Sequences, stages: Ints, pairs: Pairs, side: SideStatistics | None = None) -> FeatureTable:
    """Compute the features of each pair, from the user's events before its moment and item statistics.

    Args:
        statistics: Of the items.
        histories: The users' events, repeats not collapsed.
        stages: IMPRESSION, CLICK or PURCHASE for each number of a kind in the histories, -1 for any other; shape (kinds + 1,).
        pairs: The pairs.
        side: What impressions came to by attributes and context; None where none are read.
    """
    event_stages = stages[histories.kinds]
    batches = [pairs[start : start + BATCH] for start in range(0, max(len(pairs.items), 1), BATCH)]
    columns = [{**_batch_features(statistics, histories, event_stages, batch), **_side_features(side, batch)} for batch in batches]
    return FeatureTable(tuple(columns[0]), np.concatenate([np.stack(list(batch.values()), axis=1) for batch in columns]))


def _batch_features(statistics: ItemStatistics, histories: Sequences, event_stages: Ints, pairs: Pairs) -> dict[str, Floats]:
    recent, items = _recent_events(histories, event_stages, pairs), statistics.items
    of_item = {name: values[pairs.items] for name, values in statistics.features.items()}
    similar = [_similarity_features(name, vectors, recent, pairs.items, statistics.base_rates) for name, vectors in items.embeddings.items()]
    shares = {name: _category_share(codes, recent, pairs.items) for name, codes in items.categorical.items()}
    numbers = [_number_features(name, values, recent, pairs.items) for name, values in items.numeric.items()]
    return {
        **_user_features(statistics, histories, event_stages, pairs),
        **_session_features(recent),
        "repeat impressions": _repeat_impressions(recent, pairs.items),
        **{name: values for name, values in of_item.items() if name.startswith(CO_IMPRESSION)},  # trained scorers expect them before the others
        **of_item,
        **_merge(similar),
        **{f"{name} share of history": share for name, share in shares.items()},
        **_merge(numbers),
    }


def _side_features(side: SideStatistics | None, pairs: Pairs) -> dict[str, Floats]:
    if side is None:
        return {}
    unknown = np.zeros((len(pairs.items), len(side.features.columns)), np.int16)
    return dict(zip(side.names, side.values(unknown if pairs.side is None else pairs.side, pairs.items), strict=True))


def _recent_events(histories: Sequences, event_stages: Ints, pairs: Pairs) -> _RecentEvents:
    positions = pairs.until[:, None] - 1 - np.arange(HISTORY)
    exists = positions >= histories.starts[pairs.users][:, None]
    if not len(histories.items):
        empty = np.zeros(positions.shape, np.int64)
        return _RecentEvents(empty - 1, empty - 1, empty + LONG_AGO, np.zeros(positions.shape, bool))
    positions = np.where(exists, positions, 0)
    ages = np.where(exists, np.maximum(pairs.times[:, None] - histories.times[positions], 0), LONG_AGO)
    return _RecentEvents(np.where(exists, histories.items[positions], -1), event_stages[positions], ages, exists)


def _user_features(statistics: ItemStatistics, histories: Sequences, event_stages: Ints, pairs: Pairs) -> dict[str, Floats]:
    """Count the user's earlier impressions, clicks and purchases, over their whole history."""
    counts = []
    for stage in STAGES:
        sums = np.concatenate([[0], np.cumsum(event_stages == stage)])
        counts.append((sums[pairs.until] - sums[histories.starts[pairs.users]]).astype(np.float64))
    impressions, clicks, purchases = counts
    rates = statistics.base_rates
    return {
        "user impressions": np.log1p(impressions).astype(np.float32),
        "user click rate": smoothed_log_odds(clicks, impressions, rates[0], PRIOR),
        "user clicks": np.log1p(clicks).astype(np.float32),
        "user purchase rate": smoothed_log_odds(purchases, impressions, rates[1], PRIOR),
        "user purchases": np.log1p(purchases).astype(np.float32),
        "user purchases per click": smoothed_log_odds(purchases, clicks, rates[1] / rates[0], CLICK_PRIOR),
    }


def _session_features(recent: _RecentEvents) -> dict[str, Floats]:
    idle = recent.ages.min(axis=1, initial=LONG_AGO)
    return {"user idle time": np.log1p(idle).astype(np.float32), "session events": _log_count((recent.ages < SESSION) & recent.exists)}


def _repeat_impressions(recent: _RecentEvents, items: Ints) -> Floats:
    same = recent.exists & (recent.items == items[:, None]) & (items >= 0)[:, None]
    return _log_count(same & recent.of_stage(IMPRESSION))


def _similarity_features(name: str, vectors: Floats, recent: _RecentEvents, items: Ints, rates: Floats) -> dict[str, Floats]:
    """Compute how similar the user's events are to the item, and what came of those that are."""
    weights = similarity_weight(np.einsum("nhd,nd->nh", vectors[recent.items], vectors[items]))
    impressions, clicks, purchases = ((weights * recent.of_stage(stage)).sum(axis=1).astype(np.float64) for stage in STAGES)
    return {
        f"{name} similarity to history": np.sqrt((weights * recent.exists).sum(axis=1)).astype(np.float32),
        f"{name} click rate of similar items": smoothed_log_odds(clicks, impressions, rates[0], SIMILAR_PRIOR),
        f"{name} purchase rate of similar items": smoothed_log_odds(purchases, impressions, rates[1], SIMILAR_PRIOR),
        f"{name} similarity to purchases": (weights * recent.of_stage(PURCHASE)).max(axis=1).astype(np.float32),
    }


def _number_features(name: str, values: Floats, recent: _RecentEvents, items: Ints) -> dict[str, Floats]:
    """Return a number, and its difference to the mean of the user's history."""
    count = recent.exists.sum(axis=1)
    mean = np.where(count > 0, (values[recent.items] * recent.exists).sum(axis=1) / np.maximum(count, 1), values[items])
    return {name: values[items], f"{name} minus history mean": (values[items] - mean).astype(np.float32)}


def _category_share(codes: Ints, recent: _RecentEvents, items: Ints) -> Floats:
    """Compute the share of the user's history in the item's category."""
    same = recent.exists & (codes[recent.items] == codes[items][:, None])
    share: Floats = (same.sum(axis=1) / np.maximum(recent.exists.sum(axis=1), 1)).astype(np.float32)
    return share


def _log_count(mask: Bools) -> Floats:
    count: Floats = np.log1p(mask.sum(axis=1)).astype(np.float32)
    return count


def _merge(groups: list[dict[str, Floats]]) -> Mapping[str, Floats]:
    return {name: values for group in groups for name, values in group.items()}
