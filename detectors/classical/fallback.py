"""A simpler detector in the place of one that has too little history yet."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from detectors.classical.algorithms import Hbos
from detectors.learning.history import SCALE_END

if TYPE_CHECKING:
    from detectors.learning.base import LearnedDetector

FEWEST = 1_000  # rows, of which a histogram a column can be learned
SPARE = 1.3  # the part of the rows that calibrate is drawn by chance: it must suffice all the same


@dataclass(frozen=True)
class FallbackHbos(Hbos):
    """Histograms, one a column (HBOS), under the name of the detector that they stand in for; `of` is that name."""

    of: str = ""

    kind: ClassVar[str] = "stand_in"

    @property
    def rule(self) -> str:
        """That of the other."""
        return self.of


def make_fallback(wanted: LearnedDetector) -> FallbackHbos | None:
    """What stands in for a detector; None where it would need as many rows."""
    needs = max(FEWEST, math.ceil(SPARE * wanted.promised.needs / (1 - SCALE_END)))
    if needs >= wanted.needs:
        return None
    shared = {name: getattr(wanted, name) for name in ("columns", "budget", "promise", "contamination", "sample", "severity", "on_fail")}
    return FallbackHbos(wanted.schema, needs=needs, of=wanted.rule, **shared)
