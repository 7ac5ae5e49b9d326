"""Simulate how users go from item to item in a session: by taste, by popularity, and from an item to its companions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sluice.demo.items import Items
from sluice.demo.people import People
from sluice.demo.vocabulary import LEAVES

COMPANIONS, MAX_STEPS = 6, 16
_FOLLOW_RATE, _CONTINUE_RATE = 0.55, 0.8


@dataclass(frozen=True, slots=True, eq=False)
class Walks:
    """Hold the sessions of a day.

    Attributes:
        user: Index of the user; shape (sessions,).
        length: Number of items viewed; shape (sessions,).
        item: Index of the item; shape (sessions, MAX_STEPS), undefined beyond the length.
    """

    user: np.ndarray
    length: np.ndarray
    item: np.ndarray


def draw_companions(rng: np.random.Generator, items: Items) -> np.ndarray:
    """Draw the items that go with each item: from its category and its department, popular ones rather; shape (items, COMPANIONS)."""
    department = np.unique([leaf.department for leaf in LEAVES], return_inverse=True)[1][items.leaf]
    companions = np.empty((items.leaf.size, COMPANIONS), dtype=np.int64)
    for group in (items.leaf, department):
        columns = slice(0, COMPANIONS // 2) if group is items.leaf else slice(COMPANIONS // 2, COMPANIONS)
        for value in np.unique(group):
            members = np.flatnonzero(group == value)
            weights = np.sqrt(items.popularity[members])
            companions[members, columns] = rng.choice(members, (members.size, COMPANIONS // 2), p=weights / weights.sum())
    return companions


def simulate_walks(rng: np.random.Generator, people: People, items: Items, companions: np.ndarray, day: int, sessions: int) -> Walks:
    """Draw the sessions of a day among the items that are sold on it."""
    sold = items.launch <= day
    user = rng.choice(people.activity.size, sessions, p=people.activity)
    length = np.minimum(rng.geometric(1 - _CONTINUE_RATE, sessions), MAX_STEPS)
    item = np.empty((sessions, MAX_STEPS), dtype=np.int64)
    sampler = _ItemSampler(items, sold)
    item[:, 0] = sampler.draw(rng, people, user)
    for step in range(1, MAX_STEPS):
        last = item[:, step - 1]
        companion = companions[last, rng.integers(COMPANIONS, size=sessions)]
        follows = (rng.random(sessions) < _FOLLOW_RATE) & sold[companion] & (companion != last)
        item[:, step] = np.where(follows, companion, sampler.draw(rng, people, user))
    return Walks(user, length, item)


class _ItemSampler:
    """Draw items by a user's taste for categories and brands, and by the items' popularity."""

    def __init__(self, items: Items, sold: np.ndarray) -> None:
        """Accumulate the popularity of the items that are sold, ordered by category."""
        self._brand = items.brand
        self._order = np.argsort(items.leaf, kind="stable")
        self._cumulative = np.cumsum(np.where(sold, items.popularity, 0.0)[self._order])
        ends = np.searchsorted(items.leaf[self._order], np.arange(len(LEAVES)), side="right")
        self._ends = np.concatenate([[0.0], self._cumulative[ends - 1]])

    def draw(self, rng: np.random.Generator, people: People, user: np.ndarray) -> np.ndarray:
        """Return one item per user: of two draws the one whose brand the user prefers."""
        leaf = np.minimum((people.taste[user] < rng.random(user.size)[:, None]).sum(axis=1), len(LEAVES) - 1)
        low, high = self._ends[leaf], self._ends[leaf + 1]
        draws = (low + rng.uniform(1e-9, 1 - 1e-9, user.size) * (high - low) for _ in range(2))
        first, second = (self._order[np.searchsorted(self._cumulative, draw)] for draw in draws)
        preferred: np.ndarray = np.where(people.loyalty[user, self._brand[second]], second, first)
        return preferred
