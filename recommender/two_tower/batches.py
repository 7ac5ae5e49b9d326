"""Cut users' sequences into windows of the length that the user tower reads, and group them into batches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from recommender.data.sequences import Bools, Floats, Ints, Sequences

HISTORY = 50  # events that the user tower reads
TIME_GAPS = 16  # buckets of the time since the previous event
EVENTS = 1024  # of a batch, roughly


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Hold the inputs and targets of one training step.

    Attributes:
        items: Item numbers, shape (windows, longest), as are `kinds` and `time_gaps`; 0 behind the end of a window.
        kinds: Kinds of events.
        time_gaps: Of `bucket_time_gaps`.
        inside: False behind the end of a window.
        targets: Item that follows each event inside, shape (events,), in their order.
        weights: Weight of each target, shape (events,).
        social_items: Items of the people around the user of each window, of `Sequences.social_items`; shape (windows, at most
            MAX_SOCIAL_ITEMS); None where there are none.
        side: Attributes and context of the event that follows each event, of `Sequences.side`, shape (windows, longest, columns); None where none
            are read.
        masked: True for the events whose item is hidden from the user tower; None where none are.
        hard_negatives: Items to tell the next items from beside drawn ones; None where there are none.
    """

    items: Ints
    kinds: Ints
    time_gaps: Ints
    inside: Bools
    targets: Ints
    weights: Floats
    social_items: Ints | None
    side: Ints | None = None
    masked: Bools | None = None
    hard_negatives: Ints | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """Hold the windows of some events: each event but a user's last is in one of them.

    Attributes:
        events: Interactions in order.
        time_gaps: Of `bucket_time_gaps`.
        starts: Position of the first event of each window, shape (windows,).
        lengths: Number of events of each window, shape (windows,).
        users: Number of the user of each window, shape (windows,).
    """

    events: Sequences
    time_gaps: Ints
    starts: Ints
    lengths: Ints
    users: Ints

    def batches(self, rng: np.random.Generator) -> Iterator[Batch]:
        """Yield every window once, in batches of similar length (so that there is little padding), in random order."""
        order = np.argsort(self.lengths + rng.uniform(0, 4, len(self.lengths)), kind="stable")
        ends = np.flatnonzero(np.diff(np.cumsum(self.lengths[order]) // EVENTS)) + 1
        groups = np.split(order, ends) if len(order) else []
        for number in rng.permutation(len(groups)):
            yield self._batch(groups[number])

    @property
    def batches_per_epoch(self) -> int:
        """Estimate the number of batches of an epoch."""
        return 1 + int(self.lengths.sum()) // EVENTS

    def _batch(self, group: Ints) -> Batch:
        starts, lengths = self.starts[group], self.lengths[group]
        items, kinds, time_gaps = pad_windows(self.events, self.time_gaps, starts, lengths)
        span = np.arange(items.shape[1])
        inside = span < lengths[:, None]
        following = (starts[:, None] + 1 + span)[inside]
        social_items = None if self.events.social_items is None else self.events.social_items[self.users[group]]
        return Batch(items, kinds, time_gaps, inside, self.events.items[following], self.events.weights[following], social_items, self._side(inside, following))

    def _side(self, inside: Bools, following: Ints) -> Ints | None:
        """Return what is known of the user and the moment for which each next item is predicted; zeros behind the end of a window."""
        if self.events.side is None:
            return None
        side = np.zeros((*inside.shape, self.events.side.shape[1]), np.int64)
        side[inside] = self.events.side[following]
        return side


def cut_windows(events: Sequences) -> Windows:
    """Cut events into windows, the oldest first.

    Example:
        >>> windows = cut_windows(Sequences.from_lists([[3, 1, 2], [4]]))
        >>> windows.lengths.tolist(), windows.users.tolist()
        ([2], [0])
    """
    count = np.maximum(-(-(events.lengths - 1) // HISTORY), 0)
    ends = np.repeat(events.starts[1:], count)
    position = np.arange(len(ends)) - np.repeat(np.cumsum(count) - count, count)
    starts = np.repeat(events.starts[:-1], count) + HISTORY * position
    users = np.repeat(np.arange(len(events)), count)
    return Windows(events, bucket_time_gaps(events), starts, np.minimum(HISTORY, ends - 1 - starts), users)


def pad_windows(events: Sequences, time_gaps: Ints, starts: Ints, lengths: Ints) -> tuple[Ints, Ints, Ints]:
    """Return the items, kinds and time gaps of windows, each of shape (windows, longest); 0 behind their ends."""
    span = np.arange(max(int(lengths.max(initial=0)), 1))
    inside = span < lengths[:, None]
    positions = np.where(inside, starts[:, None] + span, 0)
    return _take(events.items, positions, inside), _take(events.kinds, positions, inside), _take(time_gaps, positions, inside)


def bucket_time_gaps(events: Sequences) -> Ints:
    """Bucket the time since the user's previous event, by factors of four; 0 where there is none, or where a time is not reliable."""
    gaps = np.diff(events.times, prepend=events.times[:1])
    buckets = 1 + np.minimum(np.log2(np.maximum(gaps, 0) + 1) // 2, TIME_GAPS - 2).astype(np.int64)
    same = np.diff(events.users, prepend=-1) == 0
    reliable = events.ordered & np.concatenate([[False], events.ordered[:-1]])[: len(gaps)]
    return np.where(same & reliable, buckets, 0)


def _take(values: Ints, positions: Ints, inside: Bools) -> Ints:
    return np.where(inside, values[positions], 0) if len(values) else np.zeros(positions.shape, np.int64)
