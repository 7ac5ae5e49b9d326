"""A trained model together with what it was calibrated on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detectors.calibration import Promise, p_values
from detectors.fitted import Fitted
from detectors.packing import pack


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """A model at hand, with the sorted scores of its calibration rows."""

    fitted: Fitted
    calibration: NDArray[np.float64]

    def p(self, rows: pl.DataFrame) -> NDArray[np.float64]:
        """The p-value of each row."""
        return p_values(self.fitted.scores(rows), self.calibration)

    def flags(self, rows: pl.DataFrame, promise: Promise) -> NDArray[np.bool_]:
        """Which rows it flags."""
        return promise.flags(self.p(rows), len(self.calibration))

    def pack(self) -> bytes:
        """As safetensors."""
        arrays, meta = self.fitted.pack()
        return pack({**arrays, "calibration": self.calibration}, meta)
