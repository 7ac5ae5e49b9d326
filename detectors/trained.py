"""A trained model together with what it was calibrated on."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detectors.calibration import Promise, p_values
from detectors.fitted import Fitted
from detectors.packing import pack


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """A model at hand.

    Attributes:
        fitted: The model.
        calibration: The scores of its calibration rows, sorted.
        left: uint32: the checksums of the rows that were not to be learned from.
    """

    fitted: Fitted
    calibration: NDArray[np.float64]
    left: NDArray[np.uint32] = field(default_factory=lambda: np.empty(0, np.uint32))

    def p(self, rows: pl.DataFrame) -> NDArray[np.float64]:
        """The p-value of each row."""
        return p_values(self.fitted.scores(rows), self.calibration)

    def flags(self, rows: pl.DataFrame, promise: Promise) -> NDArray[np.bool_]:
        """Which rows it flags."""
        return promise.flags(self.p(rows), len(self.calibration))

    def pack(self) -> bytes:
        """As safetensors."""
        arrays, meta = self.fitted.pack()
        return pack({**arrays, "calibration": self.calibration, "left": self.left}, meta)
