"""Windows of events: users' sequences cut to the length that the user tower reads, side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from recommender.data.sequences import Bools, Floats, Ints, Sequences

HISTORY = 50  # events that the user tower reads
AGES = 16  # steps of the time since the event before
EVENTS = 1024  # in a lesson, nearly


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """What one step of training reads, and what it must tell.

    Attributes:
        items: Shape (windows, longest), as are `kinds` and `ages`; 0 behind a window's end.
        inside: False there.
        targets: The item after each event inside, shape (events,), in their order.
        weights: How much each target counts, shape (events,).
        around: Items of the people around the user of each window, of `Sequences.social_items`; shape (windows, at most MAX_SOCIAL_ITEMS);
            None where there are none.
    """

    items: Ints
    kinds: Ints
    ages: Ints
    inside: Bools
    targets: Ints
    weights: Floats
    around: Ints | None


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """All windows of some events: each event but a user's last is in one of them.

    Attributes:
        events: Interactions in order.
        ages: Of `ages_of`.
        starts: Where each window begins, shape (windows,).
        lengths: Its events, shape (windows,).
        users: The number of its user, shape (windows,).
    """

    events: Sequences
    ages: Ints
    starts: Ints
    lengths: Ints
    users: Ints

    def lessons(self, rng: np.random.Generator) -> Iterator[Batch]:
        """An epoch: every window once, in groups of like length (so that little is padded), in random order."""
        order = np.argsort(self.lengths + rng.uniform(0, 4, len(self.lengths)), kind="stable")
        ends = np.flatnonzero(np.diff(np.cumsum(self.lengths[order]) // EVENTS)) + 1
        groups = np.split(order, ends) if len(order) else []
        for number in rng.permutation(len(groups)):
            yield self._lesson(groups[number])

    @property
    def lessons_an_epoch(self) -> int:
        """How many lessons an epoch has, nearly."""
        return 1 + int(self.lengths.sum()) // EVENTS

    def _lesson(self, group: Ints) -> Batch:
        starts, lengths = self.starts[group], self.lengths[group]
        items, kinds, ages = padded(self.events, self.ages, starts, lengths)
        span = np.arange(items.shape[1])
        inside = span < lengths[:, None]
        following = (starts[:, None] + 1 + span)[inside]
        around = None if self.events.social_items is None else self.events.social_items[self.users[group]]
        return Batch(items, kinds, ages, inside, self.events.items[following], self.events.weights[following], around)


def windows(events: Sequences) -> Windows:
    """Cut events into windows, the oldest first."""
    count = np.maximum(-(-(events.lengths - 1) // HISTORY), 0)
    ends = np.repeat(events.starts[1:], count)
    place = np.arange(len(ends)) - np.repeat(np.cumsum(count) - count, count)
    starts = np.repeat(events.starts[:-1], count) + HISTORY * place
    users = np.repeat(np.arange(len(events)), count)
    return Windows(events, ages_of(events), starts, np.minimum(HISTORY, ends - 1 - starts), users)


def padded(events: Sequences, ages: Ints, starts: Ints, lengths: Ints) -> tuple[Ints, Ints, Ints]:
    """Windows of events as items, kinds and ages, each of shape (windows, longest); 0 behind their ends."""
    span = np.arange(max(int(lengths.max(initial=0)), 1))
    inside = span < lengths[:, None]
    places = np.where(inside, starts[:, None] + span, 0)
    return _at(events.items, places, inside), _at(events.kinds, places, inside), _at(ages, places, inside)


def ages_of(events: Sequences) -> Ints:
    """The time since the user's event before, in steps of a factor four; 0 where there is none, or none to be trusted."""
    gaps = np.diff(events.times, prepend=events.times[:1])
    steps = 1 + np.minimum(np.log2(np.maximum(gaps, 0) + 1) // 2, AGES - 2).astype(np.int64)
    same = np.diff(events.users, prepend=-1) == 0
    trusted = events.ordered & np.concatenate([[False], events.ordered[:-1]])[: len(gaps)]
    return np.where(same & trusted, steps, 0)


def _at(values: Ints, places: Ints, inside: Bools) -> Ints:
    return np.where(inside, values[places], 0) if len(values) else np.zeros(places.shape, np.int64)
