"""What traffic is like, as far as it is known: one part for each way that needs a past, each of a bounded size.

Nothing in it names a person: visitors are hashed, all else are counts and times.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, Self

import polars as pl
from numpy.typing import NDArray

from detectors.features.serialization import pack, unpack
from detectors.traffic import (
    burst,
    click_farm,
    clock_skew,
    funnel,
    hourly_volume,
    price_mismatch,
    rare_path,
    rare_transition,
    regular_timing,
    replay,
    shared_session,
)
from sluice.errors import ModelError


class PatternState(Protocol):
    """What one way remembers."""

    @classmethod
    def none(cls) -> Self:
        """Nothing yet."""
        ...

    @classmethod
    def unpack(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """As it was packed."""
        ...

    def pack(self) -> dict[str, NDArray[Any]]:
        """As arrays, whose names no other part uses."""
        ...


class LearnedPatternState(PatternState, Protocol):
    """What one way learns from accepted events."""

    def after(self, rows: pl.DataFrame) -> Self:
        """What is known once these accepted events, of one batch, are too."""
        ...


PATTERN_STATES: Mapping[str, tuple[type[LearnedPatternState], tuple[str, ...]]] = {
    "farm": (click_farm.KnownUsers, ("user",)),
    "replay": (replay.RecentEvents, replay.NEEDS),
    "burst": (burst.WindowCounts, burst.NEEDS),
    "timing": (regular_timing.PauseSpread, regular_timing.NEEDS),
    "clock": (clock_skew.ClockDelays, clock_skew.NEEDS),
    "mix": (hourly_volume.HourlyCounts, hourly_volume.NEEDS),
    "sequence": (rare_transition.TransitionCounts, rare_transition.NEEDS),
    "path": (rare_path.MarkovChain, rare_path.NEEDS),
    "funnel": (funnel.FunnelRates, funnel.NEEDS),
    "session": (shared_session.SessionCounts, shared_session.NEEDS),
}
"""What learns from events, with the columns that it needs."""


@dataclass(frozen=True, slots=True, eq=False)
class TrafficState:
    """All that is remembered.

    Attributes:
        parts: What each way learned of events, by the way's name.
        prices: What the catalog asked, and when.
    """

    parts: Mapping[str, LearnedPatternState]
    prices: price_mismatch.PriceHistory

    @classmethod
    def none(cls) -> Self:
        """Nothing yet."""
        return cls({name: part.none() for name, (part, _) in PATTERN_STATES.items()}, price_mismatch.PriceHistory.none())

    def after(self, rows: pl.DataFrame) -> Self:
        """What is known once the accepted events of one more batch are.

        Args:
            rows: Visits; a part whose columns are not among them learns nothing.
        """
        known = set(rows.columns)
        return type(self)({name: part.after(rows) if known.issuperset(PATTERN_STATES[name][1]) else part for name, part in self.parts.items()}, self.prices)

    def pack(self) -> bytes:
        """As safetensors."""
        arrays = self.prices.pack()
        for part in self.parts.values():
            arrays |= part.pack()
        return pack(arrays, {})

    @classmethod
    def unpack(cls, tensors: bytes) -> Self:
        """As it was packed.

        Raises:
            ModelError: The bytes are damaged, not ours, or of a version that remembered something else.
        """
        arrays, _ = unpack(tensors)
        try:
            return cls({name: part.unpack(arrays) for name, (part, _) in PATTERN_STATES.items()}, price_mismatch.PriceHistory.unpack(arrays))
        except KeyError as error:
            raise ModelError(f"what was learned of traffic lacks {error}; another version learned it: ask for a refit") from error
