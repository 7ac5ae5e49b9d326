"""Hold the state of traffic detection: one part per pattern that needs history, each of bounded size.

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
from sluice.messages import make_error


class PatternState(Protocol):
    """Represent the state of one pattern."""

    @classmethod
    def none(cls) -> Self:
        """Nothing yet."""
        ...

    @classmethod
    def unpack(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Restore from arrays."""
        ...

    def pack(self) -> dict[str, NDArray[Any]]:
        """Convert to arrays, whose names no other part uses."""
        ...


class LearnedPatternState(PatternState, Protocol):
    """Represent the state of a pattern that learns from accepted events."""

    def after(self, rows: pl.DataFrame) -> Self:
        """Return the state after these accepted events of one batch."""
        ...


PATTERN_STATES: Mapping[str, tuple[type[LearnedPatternState], tuple[str, ...]]] = {
    "click_farm": (click_farm.KnownUsers, ("user",)),
    "replay": (replay.RecentEvents, replay.NEEDS),
    "burst": (burst.WindowCounts, burst.NEEDS),
    "regular_timing": (regular_timing.PauseSpread, regular_timing.NEEDS),
    "clock_skew": (clock_skew.ClockDelays, clock_skew.NEEDS),
    "hourly_volume": (hourly_volume.HourlyCounts, hourly_volume.NEEDS),
    "rare_transition": (rare_transition.TransitionCounts, rare_transition.NEEDS),
    "rare_path": (rare_path.MarkovChain, rare_path.NEEDS),
    "funnel": (funnel.FunnelRates, funnel.NEEDS),
    "shared_session": (shared_session.SessionCounts, shared_session.NEEDS),
}
"""What learns from events, with the columns that it needs."""


@dataclass(frozen=True, slots=True, eq=False)
class TrafficState:
    """Hold the state of all patterns.

    Attributes:
        parts: What each pattern learned of events, by the pattern's name.
        prices: What the catalog asked, and when.
    """

    parts: Mapping[str, LearnedPatternState]
    prices: price_mismatch.PriceHistory

    @classmethod
    def none(cls) -> Self:
        """Nothing yet."""
        return cls({name: part.none() for name, (part, _) in PATTERN_STATES.items()}, price_mismatch.PriceHistory.none())

    def after(self, rows: pl.DataFrame) -> Self:
        """Return the state after the accepted events of one more batch.

        Args:
            rows: Visits; a part whose columns are not among them learns nothing.
        """
        present = set(rows.columns)
        return type(self)({name: part.after(rows) if present.issuperset(PATTERN_STATES[name][1]) else part for name, part in self.parts.items()}, self.prices)

    def pack(self) -> bytes:
        """Serialise as safetensors."""
        arrays = self.prices.pack()
        for part in self.parts.values():
            arrays |= part.pack()
        return pack(arrays, {})

    @classmethod
    def unpack(cls, tensors: bytes) -> Self:
        """Restore from arrays.

        Raises:
            ModelError: The bytes are damaged, not ours, or of a version that remembered something else.
        """
        arrays, _ = unpack(tensors)
        try:
            return cls({name: part.unpack(arrays) for name, (part, _) in PATTERN_STATES.items()}, price_mismatch.PriceHistory.unpack(arrays))
        except KeyError as error:
            raise make_error(ModelError, "traffic_state_lacks", error=str(error)) from error
