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
from sluice.domain import Message


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
        message: What happened where the pattern is found.
        find: The odd events, as a frame of schema TELLS; of `mix`, the odd hours.
        learns: Does it find anything only once there is a past?
        whole: Does only a whole batch show it?
        strong: Is it proof enough to hold an event back?
    """

    name: str
    needs: tuple[str, ...]
    message: Message
    find: FindOddEvents
    learns: bool = True
    whole: bool = True
    strong: bool = False


def _pattern(module: Any, find: FindOddEvents, **more: bool) -> TrafficPattern:  # noqa: ANN401  # modules have no common type
    return TrafficPattern(module.NAME, module.NEEDS, module.MESSAGE, find, **more)


def _state_of(state: TrafficState, module: Any) -> Any:  # noqa: ANN401  # each pattern knows its own part
    return state.parts[module.NAME]


_ALL = (
    _pattern(crawler, lambda rows, _, args: crawler.find_crawlers(rows, chance=args.chance), learns=False, strong=True),
    _pattern(
        click_farm,
        lambda rows, state, args: click_farm.find_click_farms(
            rows, _state_of(state, click_farm), similarity=args.similarity, group=args.group, items=args.items, chance=args.chance
        ),
        learns=False,
        strong=True,
    ),
    _pattern(replay, lambda rows, state, args: replay.find_replays(rows, _state_of(state, replay), chance=args.chance), learns=False, strong=True),
    _pattern(burst, lambda rows, state, args: burst.find_bursts(rows, _state_of(state, burst), chance=args.chance), strong=True),
    _pattern(regular_timing, lambda rows, state, args: regular_timing.find_regular_timing(rows, _state_of(state, regular_timing), chance=args.chance)),
    _pattern(clock_skew, lambda rows, state, args: clock_skew.find_clock_skew(rows, _state_of(state, clock_skew), now=args.now), learns=False, whole=False),
    _pattern(rare_transition, lambda rows, state, _: rare_transition.find_rare_transitions(rows, _state_of(state, rare_transition))),
    _pattern(rare_path, lambda rows, state, args: rare_path.find_rare_paths(rows, _state_of(state, rare_path), chance=args.chance)),
    _pattern(funnel, lambda rows, state, args: funnel.find_odd_funnels(rows, _state_of(state, funnel), chance=args.chance)),
    _pattern(shared_session, lambda rows, state, args: shared_session.find_shared_sessions(rows, _state_of(state, shared_session), chance=args.chance)),
    _pattern(price_mismatch, lambda rows, state, _: price_mismatch.find_price_mismatches(rows, state.prices), learns=False, whole=False),
    _pattern(hourly_volume, lambda rows, state, args: hourly_volume.find_odd_hours(rows, _state_of(state, hourly_volume), chance=args.chance)),
)

PATTERNS: Mapping[str, TrafficPattern] = {pattern.name: pattern for pattern in _ALL}
