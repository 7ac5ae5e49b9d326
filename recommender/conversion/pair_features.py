"""What is known of a user and an item at the moment when the one may be shown the other: a table of numbers, with their names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from recommender.conversion.item_statistics import Evidence, closeness, smoothed
from recommender.data.sequences import Bools, Floats, Ints, Sequences

HISTORY = 50  # of the user's last events that are held against the item
VISIT = 1800  # seconds that count as now
LONG_AGO = 86400 * 365  # seconds since an event that never was
PRIOR = 10.0  # impressions with the shop's own rate that every user has beside his own
CLICKS = 3.0  # the same, of clicks
NEAR = 0.2  # the same, of impressions of one item
BATCH = 2048
SHOWN, CLICKED, BOUGHT = 0, 1, 2


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """Pairs of a user and an item, each at a moment; every array has shape (n,).

    Attributes:
        users: Their place among the histories.
        items: Item numbers; -1 where the item is not known.
        until: How many events, of all in the histories, stand before the moment: the user's own later ones are not looked at.
        times: The moment, in seconds since 1970.
    """

    users: Ints
    items: Ints
    until: Ints
    times: Ints

    def part(self, places: slice) -> Asked:
        """Some of them."""
        return Asked(self.users[places], self.items[places], self.until[places], self.times[places])


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Features by name; `values` has shape (n, features)."""

    names: tuple[str, ...]
    values: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Told:
    """The last events before each moment, the newest first; every array has shape (n, HISTORY)."""

    items: Ints
    stages: Ints
    ages: Ints
    inside: Bools

    def of(self, stage: int) -> Bools:
        found: Bools = self.inside & (self.stages == stage)
        return found


def table(known: Evidence, histories: Sequences, stages: Ints, asked: Asked) -> Table:
    """The features of each pair, from the user's events before its moment and what is known of the items.

    Args:
        known: Of the items.
        histories: The users' events, repeats not collapsed.
        stages: SHOWN, CLICKED or BOUGHT for each number of a kind in the histories, -1 for any other; shape (kinds + 1,).
        asked: The pairs.
    """
    staged = stages[histories.kinds]
    parts = [_part(known, histories, staged, asked.part(slice(at, at + BATCH))) for at in range(0, max(len(asked.items), 1), BATCH)]
    return Table(tuple(parts[0]), np.concatenate([np.stack(list(each.values()), axis=1) for each in parts]))


def _part(known: Evidence, histories: Sequences, staged: Ints, asked: Asked) -> dict[str, Floats]:
    told = _told(histories, staged, asked)
    items = {name: values[asked.items] for name, values in known.facts.items()}
    spaces = [_in_space(name, vectors, told, asked.items, known.rates) for name, vectors in known.described.spaces.items()]
    codes = {f"{name} met": _share(told.inside & (values[told.items] == values[asked.items][:, None]), told) for name, values in known.described.codes.items()}
    numbers = [_number(name, values, told, asked.items) for name, values in known.described.numbers.items()]
    return {**_user(known, histories, staged, asked), **_now(told), **_pair(told, asked.items), **items, **_joined(spaces), **codes, **_joined(numbers)}


def _told(histories: Sequences, staged: Ints, asked: Asked) -> _Told:
    at = asked.until[:, None] - 1 - np.arange(HISTORY)
    inside = at >= histories.starts[asked.users][:, None]
    if not len(histories.items):
        empty = np.zeros(at.shape, np.int64)
        return _Told(empty - 1, empty - 1, empty + LONG_AGO, np.zeros(at.shape, bool))
    held = np.where(inside, at, 0)
    ages = np.where(inside, np.maximum(asked.times[:, None] - histories.times[held], 0), LONG_AGO)
    return _Told(np.where(inside, histories.items[held], -1), staged[held], ages, inside)


def _user(known: Evidence, histories: Sequences, staged: Ints, asked: Asked) -> dict[str, Floats]:
    """What the user has done before, over his whole history."""
    counted = []
    for stage in (SHOWN, CLICKED, BOUGHT):
        sums = np.concatenate([[0], np.cumsum(staged == stage)])
        counted.append((sums[asked.until] - sums[histories.starts[asked.users]]).astype(np.float64))
    shown, clicked, bought = counted
    rates = known.rates
    return {
        "user shown": np.log1p(shown).astype(np.float32),
        "user clicked": smoothed(clicked, shown, rates[0], PRIOR),
        "user clicks": np.log1p(clicked).astype(np.float32),
        "user bought": smoothed(bought, shown, rates[1], PRIOR),
        "user purchases": np.log1p(bought).astype(np.float32),
        "user bought of clicked": smoothed(bought, clicked, rates[1] / rates[0], CLICKS),
    }


def _now(told: _Told) -> dict[str, Floats]:
    idle = told.ages.min(axis=1, initial=LONG_AGO)
    return {"user idle": np.log1p(idle).astype(np.float32), "visit": _logged((told.ages < VISIT) & told.inside)}


def _pair(told: _Told, items: Ints) -> dict[str, Floats]:
    same = told.inside & (told.items == items[:, None]) & (items >= 0)[:, None]
    return {"met": _logged(same & told.of(SHOWN)), "met clicked": _logged(same & told.of(CLICKED)), "met bought": _logged(same & told.of(BOUGHT))}


def _in_space(name: str, vectors: Floats, told: _Told, items: Ints, rates: Floats) -> dict[str, Floats]:
    """How near the user's events lie to the item, and what became of those that do."""
    near = closeness(np.einsum("nhd,nd->nh", vectors[told.items], vectors[items]))
    shown, clicked, bought = ((near * told.of(stage)).sum(axis=1).astype(np.float64) for stage in (SHOWN, CLICKED, BOUGHT))
    return {
        f"{name} near": np.sqrt((near * told.inside).sum(axis=1)).astype(np.float32),
        f"{name} near clicked": smoothed(clicked, shown, rates[0], NEAR),
        f"{name} near bought": smoothed(bought, shown, rates[1], NEAR),
        f"{name} nearest bought": (near * told.of(BOUGHT)).max(axis=1).astype(np.float32),
    }


def _number(name: str, values: Floats, told: _Told, items: Ints) -> dict[str, Floats]:
    """A number, and how far it is from what the user has met."""
    counted = told.inside.sum(axis=1)
    usual = np.where(counted > 0, (values[told.items] * told.inside).sum(axis=1) / np.maximum(counted, 1), values[items])
    return {name: values[items], f"{name} against met": (values[items] - usual).astype(np.float32)}


def _share(mask: Bools, told: _Told) -> Floats:
    found: Floats = (mask.sum(axis=1) / np.maximum(told.inside.sum(axis=1), 1)).astype(np.float32)
    return found


def _logged(mask: Bools) -> Floats:
    found: Floats = np.log1p(mask.sum(axis=1)).astype(np.float32)
    return found


def _joined(parts: list[dict[str, Floats]]) -> Mapping[str, Floats]:
    return {name: values for part in parts for name, values in part.items()}
