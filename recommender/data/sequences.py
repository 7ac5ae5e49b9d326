"""Represent interactions as arrays of numbers, which models learn from and score."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence as List
from dataclasses import dataclass, replace
from typing import Self, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float32]
Bools: TypeAlias = NDArray[np.bool_]
Tokens: TypeAlias = NDArray[np.int16]  # numbers of values, of `SideFeatures.encode`

MAX_SOCIAL_ITEMS = 20  # items of the people around a user that are read


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Number the items and the kinds of events of a model by their position.

    Attributes:
        items: Ids of the items.
        kinds: Kinds of events.

    Example:
        >>> import polars as pl
        >>> Vocabulary(("tea", "cup")).encode(pl.Series(["cup", "pot"])).to_list()
        [1, None]
    """

    items: tuple[str, ...]
    kinds: tuple[str, ...] = ()

    def encode(self, items: pl.Series) -> pl.Series:
        """Return the number of each item; null where the item is unknown."""
        return _encode(items, self.items)


@dataclass(frozen=True, slots=True, eq=False)
class Sequences:
    """Store the interactions of many users, one user after the other, each in order.

    Attributes:
        items: Item numbers, shape (n,).
        kinds: 1 + the number of the kind, shape (n,); 0 where the kind is unknown.
        times: Seconds since 1970, shape (n,).
        weights: Weight of each interaction, shape (n,).
        ordered: False where the time is not reliable, shape (n,).
        starts: Position of each user's first interaction, and n at the end; shape (users + 1,).
        social_items: Item numbers that people around each user interacted with, which are no interactions of the user; padded with -1,
            shape (users, at most MAX_SOCIAL_ITEMS). None where no relations are known.
        side: Attributes of the user and context of each interaction, of `SideFeatures.encode`; shape (n, columns). None where none are read.
        request: The same of the moment for which each user's next item is asked; shape (users, columns). None where it is not known.

    Example:
        >>> histories = Sequences.from_lists([[0, 1, 2], [2]])
        >>> len(histories), histories.lengths.tolist(), histories.most_recent(1).items.tolist()
        (2, [3, 1], [2, 2])
    """

    items: Ints
    kinds: Ints
    times: Ints
    weights: Floats
    ordered: Bools
    starts: Ints
    social_items: Ints | None = None
    side: Tokens | None = None
    request: Tokens | None = None

    @classmethod
    def from_lists(cls, users: List[List[int]]) -> Self:
        """Build sequences from the item numbers of each user, oldest first; every weight is 1 and the position is the time."""
        starts = np.cumsum([0, *map(len, users)], dtype=np.int64)
        items = np.array([item for user in users for item in user], np.int64)
        times = np.array([position for user in users for position in range(len(user))], np.int64)
        return cls(items, np.zeros(len(items), np.int64), times, np.ones(len(items), np.float32), np.ones(len(items), np.bool_), starts)

    def __len__(self) -> int:
        """Return the number of users."""
        return len(self.starts) - 1

    @property
    def users(self) -> Ints:
        """Return the number of the user of each interaction, shape (n,)."""
        return np.repeat(np.arange(len(self)), self.lengths)

    @property
    def lengths(self) -> Ints:
        """Return the number of interactions of each user, shape (users,)."""
        return np.diff(self.starts)

    @property
    def positions_from_end(self) -> Ints:
        """Count the later interactions of the same user for each interaction, shape (n,)."""
        return np.repeat(self.starts[1:], self.lengths) - 1 - np.arange(len(self.items))

    def filter(self, mask: Bools) -> Sequences:
        """Return the interactions where `mask` is true; users without any stay, with an empty history."""
        starts = np.concatenate([[0], np.cumsum(mask)])[self.starts]
        return self._take(mask, starts)

    def most_recent(self, count: int) -> Sequences:
        """Return each user's newest interactions, at most `count`."""
        return self.filter(self.positions_from_end < count)

    def select_users(self, users: Ints) -> Sequences:
        """Return some of the users, by their numbers and in that order."""
        lengths = self.lengths[users]
        starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        at = np.arange(starts[-1]) + np.repeat(self.starts[users] - starts[:-1], lengths)
        return self._take(at, starts, users)

    def iter_batches(self, size: int) -> Iterator[tuple[slice, Sequences]]:
        """Yield all users in groups of at most `size`: the slice of their numbers, and their interactions."""
        for first in range(0, len(self), size):
            users = slice(first, min(first + size, len(self)))
            yield users, self._slice(users)

    def iter_groups(self, events: int) -> Iterator[Sequences]:
        """Yield all users in groups of at most so many interactions, or of one user with more."""
        first = 0
        while first < len(self):
            fitting = int(np.searchsorted(self.starts, self.starts[first] + events, side="right")) - 1
            users = slice(first, max(fitting, first + 1))
            yield self._slice(users)
            first = users.stop

    def _slice(self, users: slice) -> Sequences:
        a, b = self.starts[users.start], self.starts[users.stop]
        return self._take(slice(a, b), self.starts[users.start : users.stop + 1] - a, users)

    def _take(self, rows: Bools | Ints | slice, starts: Ints, users: Ints | slice = slice(None)) -> Sequences:
        """Return some interactions of some users."""
        columns = self.items[rows], self.kinds[rows], self.times[rows], self.weights[rows], self.ordered[rows]
        social = None if self.social_items is None else self.social_items[users]
        side, request = None if self.side is None else self.side[rows], None if self.request is None else self.request[users]
        return Sequences(*columns, starts, social, side, request)

    def with_request(self, request: Tokens | None) -> Sequences:
        """Return the same interactions, with the attributes and context for which the next items are asked."""
        return self if request is None else replace(self, request=request)


def build_sequences(events: pl.DataFrame, vocabulary: Vocabulary, side: Tokens | None = None) -> Sequences:
    """Encode interactions; those with unknown items are left out, their users stay.

    Args:
        events: Schema INTERACTIONS, each user's together and in order.
        vocabulary: The items and kinds.
        side: Of `SideFeatures.encode`, a row for each interaction; None where none are read.
    """
    encoded = events.select(
        "weight",
        "ordered",
        item=vocabulary.encode(events["item"]),
        kind=_encode(events["kind"], vocabulary.kinds).fill_null(-1) + 1,
        time=pl.col("time").dt.epoch("s"),
        user=pl.col("user").rle_id(),
    )
    users, items = encoded["user"].to_numpy().astype(np.int64), encoded["item"].fill_null(-1).to_numpy().astype(np.int64)
    social = encoded["weight"].to_numpy() == 0
    is_own = encoded["item"].is_not_null() & (encoded["weight"] > 0)
    own = encoded.filter(is_own)
    lengths = np.bincount(own["user"].to_numpy(), minlength=encoded["user"].n_unique())
    return Sequences(
        items=own["item"].to_numpy().astype(np.int64),
        kinds=own["kind"].to_numpy().astype(np.int64),
        times=own["time"].to_numpy().astype(np.int64),
        weights=own["weight"].to_numpy().astype(np.float32),
        ordered=own["ordered"].to_numpy().astype(np.bool_),
        starts=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        social_items=pad_social_items(users[social], items[social], len(lengths)),
        side=None if side is None else side[is_own.to_numpy()],
    )


def pad_social_items(users: Ints, items: Ints, count: int) -> Ints | None:
    """Arrange items of the people around users as `Sequences.social_items`; None where there are none.

    Args:
        users: Number of the user whose surroundings each item comes from, ascending; shape (n,).
        items: Number of each item, -1 where unknown; shape (n,).
        count: Number of users.
    """
    users, items = users[items >= 0], items[items >= 0]
    if not len(users):
        return None
    column = np.arange(len(users)) - np.searchsorted(users, users)
    within = column < MAX_SOCIAL_ITEMS
    table = np.full((count, 1 + int(column[within].max())), -1, np.int64)
    table[users[within], column[within]] = items[within]
    return table


def _encode(values: pl.Series, categories: tuple[str, ...]) -> pl.Series:
    table = pl.DataFrame({"value": categories, "number": range(len(categories))}, schema={"value": pl.String, "number": pl.Int64})
    return values.rename("value").to_frame().join(table, on="value", how="left", maintain_order="left")["number"]
