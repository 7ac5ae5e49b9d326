"""Hold a fitted model together with its calibration."""

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
    """Turn a model's scores into p-values and flags.

    Attributes:
        model: The fitted model.
        calibration_scores: Scores of its calibration rows, sorted.
        excluded: uint32: checksums of the accepted rows that must not be learned from.
    """

    model: DetectorModel
    calibration_scores: NDArray[np.float64]
    excluded: NDArray[np.uint32] = field(default_factory=lambda: np.empty(0, np.uint32))

    def p_values(self, rows: pl.DataFrame) -> NDArray[np.float64]:
        """Compute the p-value of each row, [rows]."""
        return compute_p_values(self.model.score_rows(rows), self.calibration_scores)

    def flag(self, rows: pl.DataFrame, control: ErrorControl) -> NDArray[np.bool_]:
        """Flag anomalous rows, [rows]."""
        return control.flag(self.p_values(rows), len(self.calibration_scores))

    def pack(self) -> bytes:
        """Serialize as safetensors."""
        arrays, meta = self.model.pack()
        return pack({**arrays, "calibration": self.calibration_scores, "left": self.excluded}, meta)
