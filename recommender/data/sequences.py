"""Interactions as arrays of numbers, which is what models learn from and are asked with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float32]
Bools: TypeAlias = NDArray[np.bool_]

AROUND = 20  # items that are told of the people around a user


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The items and the kinds of events that a model knows, numbered by their place."""

    items: tuple[str, ...]
    kinds: tuple[str, ...] = ()

    def number(self, items: pl.Series) -> pl.Series:
        """The number of each item; null where it is unknown."""
        return _number(items, self.items)


@dataclass(frozen=True, slots=True, eq=False)
class Sequences:
    """The interactions of many users, one user after the other, each in order.

    Attributes:
        items: Item numbers, shape (n,).
        kinds: 1 + the number of the kind, shape (n,); 0 where it is unknown.
        times: Seconds since 1970, shape (n,).
        weights: How much each interaction counts, shape (n,).
        ordered: False where the time is not to be trusted, shape (n,).
        starts: Where each user begins, and n at the end; shape (users + 1,).
        around: Item numbers that people around each user had met, of which nothing counts as his own; padded with -1, shape (users, at
            most AROUND). None where nobody's relations are known.
    """

    items: Ints
    kinds: Ints
    times: Ints
    weights: Floats
    ordered: Bools
    starts: Ints
    around: Ints | None = None

    def __len__(self) -> int:
        """The number of users."""
        return len(self.starts) - 1

    @property
    def users(self) -> Ints:
        """The number of the user of each interaction, shape (n,)."""
        return np.repeat(np.arange(len(self)), self.lengths)

    @property
    def lengths(self) -> Ints:
        """The number of interactions of each user, shape (users,)."""
        return np.diff(self.starts)

    @property
    def from_end(self) -> Ints:
        """How many interactions of the same user follow each, shape (n,)."""
        return np.repeat(self.starts[1:], self.lengths) - 1 - np.arange(len(self.items))

    def where(self, mask: Bools) -> Sequences:
        """Some of the interactions; every user stays, if only with none."""
        starts = np.concatenate([[0], np.cumsum(mask)])[self.starts]
        return Sequences(self.items[mask], self.kinds[mask], self.times[mask], self.weights[mask], self.ordered[mask], starts, self.around)

    def last(self, count: int) -> Sequences:
        """Each user's newest interactions."""
        return self.where(self.from_end < count)

    def of(self, users: Ints) -> Sequences:
        """Some of the users, by their numbers and in that order."""
        lengths = self.lengths[users]
        starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        at = np.arange(starts[-1]) + np.repeat(self.starts[users] - starts[:-1], lengths)
        return Sequences(self.items[at], self.kinds[at], self.times[at], self.weights[at], self.ordered[at], starts, self._around(users))

    def batches(self, size: int) -> Iterator[tuple[slice, Sequences]]:
        """All users, some at a time: which they are, and their interactions."""
        for first in range(0, len(self), size):
            users = slice(first, min(first + size, len(self)))
            a, b = self.starts[users.start], self.starts[users.stop]
            starts = self.starts[users.start : users.stop + 1] - a
            yield users, Sequences(self.items[a:b], self.kinds[a:b], self.times[a:b], self.weights[a:b], self.ordered[a:b], starts, self._around(users))

    def _around(self, users: Ints | slice) -> Ints | None:
        return None if self.around is None else self.around[users]


def sequences(events: pl.DataFrame, vocabulary: Vocabulary) -> Sequences:
    """Number interactions; those with unknown items are left out, their users stay.

    Args:
        events: Schema INTERACTIONS, each user's together and in order.
        vocabulary: The items and kinds.
    """
    numbered = events.select(
        "weight",
        "ordered",
        item=vocabulary.number(events["item"]),
        kind=_number(events["kind"], vocabulary.kinds).fill_null(-1) + 1,
        time=pl.col("time").dt.epoch("s"),
        user=pl.col("user").rle_id(),
    )
    users, items = numbered["user"].to_numpy().astype(np.int64), numbered["item"].fill_null(-1).to_numpy().astype(np.int64)
    light = numbered["weight"].to_numpy() == 0
    known = numbered.filter(pl.col("item").is_not_null() & (pl.col("weight") > 0))
    lengths = np.bincount(known["user"].to_numpy(), minlength=numbered["user"].n_unique())
    return Sequences(
        items=known["item"].to_numpy().astype(np.int64),
        kinds=known["kind"].to_numpy().astype(np.int64),
        times=known["time"].to_numpy().astype(np.int64),
        weights=known["weight"].to_numpy().astype(np.float32),
        ordered=known["ordered"].to_numpy().astype(np.bool_),
        starts=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        around=around(users[light], items[light], len(lengths)),
    )


def around(users: Ints, items: Ints, count: int) -> Ints | None:
    """What people around users had met, as `Sequences.around`; None where nothing is known of that.

    Args:
        users: The number of the user that each item is told of, ascending; shape (n,).
        items: The number of the item, -1 where that is unknown; shape (n,).
        count: How many users there are.
    """
    users, items = users[items >= 0], items[items >= 0]
    if not len(users):
        return None
    place = np.arange(len(users)) - np.searchsorted(users, users)
    few = place < AROUND
    table = np.full((count, 1 + int(place[few].max())), -1, np.int64)
    table[users[few], place[few]] = items[few]
    return table


def _number(values: pl.Series, known: tuple[str, ...]) -> pl.Series:
    table = pl.DataFrame({"value": known, "number": range(len(known))}, schema={"value": pl.String, "number": pl.Int64})
    return values.rename("value").to_frame().join(table, on="value", how="left", maintain_order="left")["number"]
