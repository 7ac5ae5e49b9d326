"""Impressions as examples: each with what was known strictly before it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from recommender.conversion.impressions import NEVER, Impressions
from recommender.conversion.item_features import Described
from recommender.conversion.item_statistics import evidence
from recommender.conversion.pair_features import Asked, table
from recommender.conversion.scorer import Examples
from recommender.data.sequences import Bools, Ints, Sequences

BLOCKS = 8  # of equally many impressions; what is known of the items is counted anew at the beginning of each
SPAN = np.int64(1) << 34  # seconds, more than there are between any two events


def by_time(seen: Impressions, described: Described, histories: Sequences, stages: Ints, closed: int) -> Iterator[Examples]:
    """One block of examples after the other, the oldest first; the oldest impressions are evidence alone.

    Args:
        seen: All impressions.
        described: The items' columns and spaces.
        histories: The users' events in the order of time, repeats not collapsed.
        stages: The stage of each kind of event, as `features.table` takes them.
        closed: Impressions since this moment may yet come to something, so nothing is learned from them.
    """
    ready = seen.times < closed
    if not ready.any():
        return
    edges = np.quantile(seen.times[ready], np.arange(1, BLOCKS) / BLOCKS).astype(np.int64)
    for start, end in zip(edges, [*edges[1:], closed], strict=True):
        some = ready & (seen.times >= start) & (seen.times < end)
        if some.any():
            yield _block(seen, some, described, histories, stages, int(start))


def asked_of(users: Ints, items: Ints, times: Ints, histories: Sequences) -> Asked:
    """Pairs, each at its moment: events of the same second are not before it. A user behind those of the histories has done nothing yet."""
    keys = histories.users * SPAN + histories.times
    places = np.minimum(users, len(histories))
    until = np.where(users < len(histories), np.searchsorted(keys, places * SPAN + times), histories.starts[-1])
    return Asked(places, items, until, times)


def labelled(seen: Impressions, some: Bools) -> tuple[Bools, Bools]:
    """Which of some impressions were clicked, and which were bought."""
    return seen.clicked_at[some] != NEVER, seen.bought_at[some] != NEVER


def _block(seen: Impressions, some: Bools, described: Described, histories: Sequences, stages: Ints, start: int) -> Examples:
    known = evidence(seen, described, start)
    asked = asked_of(seen.users[some], seen.items[some], seen.times[some], histories)
    return Examples(table(known, histories, stages, asked), *labelled(seen, some))
