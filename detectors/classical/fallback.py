"""Stand in for a detector that has too little history yet by a simpler one."""

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
    """Histograms, one a column (HBOS), under the name of the detector that they stand in for; `replaces` is that name."""

    replaces: str = ""

    kind: ClassVar[str] = "fallback"

    @property
    def rule(self) -> str:
        """Return the rule of the detector that it stands in for."""
        return self.replaces


def make_fallback(detector: LearnedDetector) -> FallbackHbos | None:
    """Return the fallback of a detector; None where it would need as many rows."""
    needs = max(FEWEST, math.ceil(SPARE * detector.error_control.min_calibration_rows / (1 - SCALE_END)))
    if needs >= detector.min_rows:
        return None
    shared = {name: getattr(detector, name) for name in ("columns", "max_fpr", "guarantee", "contamination", "max_rows", "severity", "on_fail")}
    return FallbackHbos(detector.schema, min_rows=needs, replaces=detector.rule, **shared)
