"""What traffic is like, as far as it is known: one part for each way that needs a past, each of a bounded size.

Nothing in it names a person: visitors are hashed, all else are counts and times.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, Self

import polars as pl
from numpy.typing import NDArray

from detectors.packing import pack, unpack
from detectors.traffic import burst, clock, farm, funnel, mix, path, price, replay, sequence, session, timing
from sluice.errors import ModelError


class Part(Protocol):
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


class Learning(Part, Protocol):
    """What one way learns from accepted events."""

    def after(self, rows: pl.DataFrame) -> Self:
        """What is known once these accepted events, of one batch, are too."""
        ...


PARTS: Mapping[str, tuple[type[Learning], tuple[str, ...]]] = {
    "farm": (farm.Known, ("user",)),
    "replay": (replay.Recent, replay.NEEDS),
    "burst": (burst.Counts, burst.NEEDS),
    "timing": (timing.Spread, timing.NEEDS),
    "clock": (clock.Clocks, clock.NEEDS),
    "mix": (mix.Hours, mix.NEEDS),
    "sequence": (sequence.Steps, sequence.NEEDS),
    "path": (path.Chain, path.NEEDS),
    "funnel": (funnel.Rates, funnel.NEEDS),
    "session": (session.Sessions, session.NEEDS),
}
"""What learns from events, with the columns that it needs."""


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """All that is remembered.

    Attributes:
        parts: What each way learned of events, by the way's name.
        prices: What the catalog asked, and when.
    """

    parts: Mapping[str, Learning]
    prices: price.Prices

    @classmethod
    def none(cls) -> Self:
        """Nothing yet."""
        return cls({name: part.none() for name, (part, _) in PARTS.items()}, price.Prices.none())

    def after(self, rows: pl.DataFrame) -> Self:
        """What is known once the accepted events of one more batch are.

        Args:
            rows: Visits; a part whose columns are not among them learns nothing.
        """
        known = set(rows.columns)
        return type(self)({name: part.after(rows) if known.issuperset(PARTS[name][1]) else part for name, part in self.parts.items()}, self.prices)

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
            return cls({name: part.unpack(arrays) for name, (part, _) in PARTS.items()}, price.Prices.unpack(arrays))
        except KeyError as error:
            raise ModelError(f"what was learned of traffic lacks {error}; another version learned it: ask for a refit") from error
