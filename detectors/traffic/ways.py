"""The table of the ways in which traffic can be odd."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

import polars as pl

from detectors.traffic import burst, clock, crawl, farm, funnel, mix, path, price, replay, sequence, session, timing
from detectors.traffic.state import State


@dataclass(frozen=True, slots=True)
class Asked:
    """What the ways are asked with.

    Attributes:
        chance: How likely one thing may be found by chance.
        similarity: How equal the items of two accounts of a farm are.
        group: The fewest accounts of a farm.
        items: The fewest items of an account of a farm.
        now: The time that the batch is judged at.
    """

    chance: float
    similarity: float
    group: int
    items: int
    now: datetime


Find: TypeAlias = Callable[[pl.DataFrame, State, Asked], pl.DataFrame]


@dataclass(frozen=True, slots=True)
class Way:
    """One way to be odd.

    Attributes:
        name: As in the rule's name.
        needs: The columns that it cannot do without.
        message: What is expected, in words.
        find: The odd events, as a frame of schema TELLS; of `mix`, the odd hours.
        learns: Does it find anything only once there is a past?
        whole: Does only a whole batch show it?
        strong: Is it proof enough to hold an event back?
    """

    name: str
    needs: tuple[str, ...]
    message: str
    find: Find
    learns: bool = True
    whole: bool = True
    strong: bool = False


def _way(module: Any, find: Find, **more: bool) -> Way:  # noqa: ANN401  # modules have no common type
    return Way(module.NAME, module.NEEDS, module.MESSAGE, find, **more)


def _known(state: State, module: Any) -> Any:  # noqa: ANN401  # each way knows its own part
    return state.parts[module.NAME]


_ALL = (
    _way(crawl, lambda rows, _, asked: crawl.find(rows, chance=asked.chance), learns=False, strong=True),
    _way(
        farm,
        lambda rows, state, asked: farm.find(rows, _known(state, farm), similarity=asked.similarity, group=asked.group, items=asked.items, chance=asked.chance),
        learns=False,
        strong=True,
    ),
    _way(replay, lambda rows, state, asked: replay.find(rows, _known(state, replay), chance=asked.chance), learns=False, strong=True),
    _way(burst, lambda rows, state, asked: burst.find(rows, _known(state, burst), chance=asked.chance), strong=True),
    _way(timing, lambda rows, state, asked: timing.find(rows, _known(state, timing), chance=asked.chance)),
    _way(clock, lambda rows, state, asked: clock.find(rows, _known(state, clock), now=asked.now), learns=False, whole=False),
    _way(sequence, lambda rows, state, _: sequence.find(rows, _known(state, sequence))),
    _way(path, lambda rows, state, asked: path.find(rows, _known(state, path), chance=asked.chance)),
    _way(funnel, lambda rows, state, asked: funnel.find(rows, _known(state, funnel), chance=asked.chance)),
    _way(session, lambda rows, state, asked: session.find(rows, _known(state, session), chance=asked.chance)),
    _way(price, lambda rows, state, _: price.find(rows, state.prices), learns=False, whole=False),
    _way(mix, lambda rows, state, asked: mix.find(rows, _known(state, mix), chance=asked.chance)),
)

WAYS: Mapping[str, Way] = {each.name: each for each in _ALL}
