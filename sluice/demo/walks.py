"""How people go from item to item in a session: by taste, by fame, and from one thing to what goes with it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sluice.demo.items import Items
from sluice.demo.people import People
from sluice.demo.vocabulary import LEAVES

COMPANIONS, LONGEST = 6, 16
_FOLLOWS, _GOES_ON = 0.55, 0.8


@dataclass(frozen=True, slots=True, eq=False)
class Walks:
    """The sessions of a day, step by step.

    Attributes:
        user: Index of the user, by session.
        length: Number of items looked at, by session.
        item: Index of the item, by session and step; steps beyond the length mean nothing.
    """

    user: np.ndarray
    length: np.ndarray
    item: np.ndarray


def companions(rng: np.random.Generator, items: Items) -> np.ndarray:
    """What goes with each item: some of its own category and some of its department, famous ones sooner; shape (items, COMPANIONS)."""
    department = np.unique([leaf.department for leaf in LEAVES], return_inverse=True)[1][items.leaf]
    beside = np.empty((items.leaf.size, COMPANIONS), dtype=np.int64)
    for group in (items.leaf, department):
        columns = slice(0, COMPANIONS // 2) if group is items.leaf else slice(COMPANIONS // 2, COMPANIONS)
        for value in np.unique(group):
            members = np.flatnonzero(group == value)
            fame = np.sqrt(items.popularity[members])
            beside[members, columns] = rng.choice(members, (members.size, COMPANIONS // 2), p=fame / fame.sum())
    return beside


def walk(rng: np.random.Generator, people: People, items: Items, beside: np.ndarray, day: int, sessions: int) -> Walks:
    """Draw the sessions of a day, among the items that are sold on it."""
    sold = items.launch <= day
    user = rng.choice(people.activity.size, sessions, p=people.activity)
    length = np.minimum(rng.geometric(1 - _GOES_ON, sessions), LONGEST)
    item = np.empty((sessions, LONGEST), dtype=np.int64)
    shelf = _Shelf(items, sold)
    item[:, 0] = shelf.draw(rng, people, user)
    for step in range(1, LONGEST):
        last = item[:, step - 1]
        next_to = beside[last, rng.integers(COMPANIONS, size=sessions)]
        follows = (rng.random(sessions) < _FOLLOWS) & sold[next_to] & (next_to != last)
        item[:, step] = np.where(follows, next_to, shelf.draw(rng, people, user))
    return Walks(user, length, item)


class _Shelf:
    """Draws items by a user's taste for categories and brands, and by the items' fame."""

    def __init__(self, items: Items, sold: np.ndarray) -> None:
        """Lay the items out by category."""
        self._brand = items.brand
        self._order = np.argsort(items.leaf, kind="stable")
        self._reach = np.cumsum(np.where(sold, items.popularity, 0.0)[self._order])
        ends = np.searchsorted(items.leaf[self._order], np.arange(len(LEAVES)), side="right")
        self._ends = np.concatenate([[0.0], self._reach[ends - 1]])

    def draw(self, rng: np.random.Generator, people: People, user: np.ndarray) -> np.ndarray:
        """One item a user: the better liked of two."""
        leaf = np.minimum((people.taste[user] < rng.random(user.size)[:, None]).sum(axis=1), len(LEAVES) - 1)
        low, high = self._ends[leaf], self._ends[leaf + 1]
        first, second = (self._order[np.searchsorted(self._reach, low + rng.uniform(1e-9, 1 - 1e-9, user.size) * (high - low))] for _ in range(2))
        liked: np.ndarray = np.where(people.loyalty[user, self._brand[second]], second, first)
        return liked
