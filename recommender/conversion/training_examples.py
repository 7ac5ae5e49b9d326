"""Build training examples: each impression with the features known strictly before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from recommender.conversion.impressions import NEVER, Impressions
from recommender.conversion.item_features import ItemFeatures
from recommender.conversion.item_statistics import compute_item_statistics
from recommender.conversion.pair_features import Pairs, compute_pair_features
from recommender.conversion.scorer import Examples
from recommender.conversion.side_statistics import SideStatistics
from recommender.data.sequences import Bools, Ints, Sequences
from recommender.data.side_features import SideFeatures

BLOCKS = 8  # of equally many impressions; item statistics are computed anew at the beginning of each
SPAN = np.int64(1) << 34  # seconds, more than between any two events


def examples_by_time(
    impressions: Impressions, items: ItemFeatures, histories: Sequences, stages: Ints, closed: int, side: SideFeatures | None = None
) -> Iterator[Examples]:
    """Yield blocks of examples, the oldest first; the oldest impressions are used for statistics only.

    Args:
        impressions: All impressions.
        items: The static item features.
        histories: The users' events in order of time, repeats not collapsed.
        stages: The stage of each kind of event, as `compute_pair_features` takes them.
        closed: Impressions since this moment may still be clicked or bought, so they are not learned from.
        side: Numbers attributes of users and context; None where none are read.
    """
    ready = impressions.times < closed
    if not ready.any():
        return
    edges = np.quantile(impressions.times[ready], np.arange(1, BLOCKS) / BLOCKS).astype(np.int64)
    for start, end in zip(edges, [*edges[1:], closed], strict=True):
        block = ready & (impressions.times >= start) & (impressions.times < end)
        if block.any():
            yield _block_examples(impressions, block, items, histories, stages, int(start), side)


def pairs_at(users: Ints, items: Ints, times: Ints, histories: Sequences) -> Pairs:
    """Pair users and items at moments: events of the same second are not before it. Users behind those of the histories have no events."""
    keys = histories.users * SPAN + histories.times
    rows = np.minimum(users, len(histories))
    until = np.where(users < len(histories), np.searchsorted(keys, rows * SPAN + times), histories.starts[-1])
    return Pairs(rows, items, until, times)


def _block_examples(
    impressions: Impressions, block: Bools, items: ItemFeatures, histories: Sequences, stages: Ints, start: int, side: SideFeatures | None
) -> Examples:
    statistics = compute_item_statistics(impressions, items, start)
    in_block = impressions.where(block)
    pairs = replace(pairs_at(in_block.users, in_block.items, in_block.times, histories), side=in_block.side)
    around = SideStatistics.compute(impressions, side, items.count, statistics.base_rates, start) if side else None
    clicks, purchases = impressions.click_times[block] != NEVER, impressions.purchase_times[block] != NEVER
    return Examples(compute_pair_features(statistics, histories, stages, pairs, around), clicks, purchases)
