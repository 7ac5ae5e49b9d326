"""A trained model together with what it was calibrated on."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detectors.features.serialization import pack
from detectors.learning.calibration import ErrorControl, compute_p_values
from detectors.learning.model import DetectorModel


@dataclass(frozen=True, slots=True, eq=False)
class CalibratedModel:
    """A model at hand.

    Attributes:
        fitted: The model.
        calibration: The scores of its calibration rows, sorted.
        left: uint32: the checksums of the rows that were not to be learned from.
    """

    fitted: DetectorModel
    calibration: NDArray[np.float64]
    left: NDArray[np.uint32] = field(default_factory=lambda: np.empty(0, np.uint32))

    def p(self, rows: pl.DataFrame) -> NDArray[np.float64]:
        """The p-value of each row."""
        return compute_p_values(self.fitted.scores(rows), self.calibration)

    def flags(self, rows: pl.DataFrame, promise: ErrorControl) -> NDArray[np.bool_]:
        """Which rows it flags."""
        return promise.flags(self.p(rows), len(self.calibration))

    def pack(self) -> bytes:
        """As safetensors."""
        arrays, meta = self.fitted.pack()
        return pack({**arrays, "calibration": self.calibration, "left": self.left}, meta)
