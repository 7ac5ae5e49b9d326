"""A simpler detector in the place of one that has too little history yet."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from detectors.classical.algorithms import Hbos
from detectors.history import SCALE

if TYPE_CHECKING:
    from detectors.learned import Learned

FEWEST = 1_000  # rows, of which a histogram a column can be learned
SPARE = 1.3  # the part of the rows that calibrate is drawn by chance: it must suffice all the same


@dataclass(frozen=True)
class StandIn(Hbos):
    """Histograms, one a column (HBOS), under the name of the detector that they stand in for; `of` is that name."""

    of: str = ""

    kind: ClassVar[str] = "stand_in"

    @property
    def rule(self) -> str:
        """That of the other."""
        return self.of


def stand_in(wanted: Learned) -> StandIn | None:
    """What stands in for a detector; None where it would need as many rows."""
    needs = max(FEWEST, math.ceil(SPARE * wanted.promised.needs / (1 - SCALE)))
    if needs >= wanted.needs:
        return None
    shared = {name: getattr(wanted, name) for name in ("columns", "budget", "promise", "contamination", "sample", "severity", "on_fail")}
    return StandIn(wanted.schema, needs=needs, of=wanted.rule, **shared)
