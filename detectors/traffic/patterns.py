"""List the patterns of unusual traffic."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

import polars as pl

from detectors.traffic import (
    burst,
    click_farm,
    clock_skew,
    crawler,
    funnel,
    hourly_volume,
    price_mismatch,
    rare_path,
    rare_transition,
    regular_timing,
    replay,
    shared_session,
)
from detectors.traffic.state import TrafficState


@dataclass(frozen=True, slots=True)
class DetectionParameters:
    """Hold the parameters of detection.

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


FindOddEvents: TypeAlias = Callable[[pl.DataFrame, TrafficState, DetectionParameters], pl.DataFrame]


@dataclass(frozen=True, slots=True)
class TrafficPattern:
    """Represent one pattern of unusual traffic.

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
    find: FindOddEvents
    learns: bool = True
    whole: bool = True
    strong: bool = False


def _way(module: Any, find: FindOddEvents, **more: bool) -> TrafficPattern:  # noqa: ANN401  # modules have no common type
    return TrafficPattern(module.NAME, module.NEEDS, module.MESSAGE, find, **more)


def _known(state: TrafficState, module: Any) -> Any:  # noqa: ANN401  # each way knows its own part
    return state.parts[module.NAME]


_ALL = (
    _way(crawler, lambda rows, _, asked: crawler.find_crawlers(rows, chance=asked.chance), learns=False, strong=True),
    _way(
        click_farm,
        lambda rows, state, asked: click_farm.find_click_farms(
            rows, _known(state, click_farm), similarity=asked.similarity, group=asked.group, items=asked.items, chance=asked.chance
        ),
        learns=False,
        strong=True,
    ),
    _way(replay, lambda rows, state, asked: replay.find_replays(rows, _known(state, replay), chance=asked.chance), learns=False, strong=True),
    _way(burst, lambda rows, state, asked: burst.find_bursts(rows, _known(state, burst), chance=asked.chance), strong=True),
    _way(regular_timing, lambda rows, state, asked: regular_timing.find_regular_timing(rows, _known(state, regular_timing), chance=asked.chance)),
    _way(clock_skew, lambda rows, state, asked: clock_skew.find_clock_skew(rows, _known(state, clock_skew), now=asked.now), learns=False, whole=False),
    _way(rare_transition, lambda rows, state, _: rare_transition.find_rare_transitions(rows, _known(state, rare_transition))),
    _way(rare_path, lambda rows, state, asked: rare_path.find_rare_paths(rows, _known(state, rare_path), chance=asked.chance)),
    _way(funnel, lambda rows, state, asked: funnel.find_odd_funnels(rows, _known(state, funnel), chance=asked.chance)),
    _way(shared_session, lambda rows, state, asked: shared_session.find_shared_sessions(rows, _known(state, shared_session), chance=asked.chance)),
    _way(price_mismatch, lambda rows, state, _: price_mismatch.find_price_mismatches(rows, state.prices), learns=False, whole=False),
    _way(hourly_volume, lambda rows, state, asked: hourly_volume.find_odd_hours(rows, _known(state, hourly_volume), chance=asked.chance)),
)

PATTERNS: Mapping[str, TrafficPattern] = {each.name: each for each in _ALL}
