"""Share the settings of detectors that train a network."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

import torch

from detectors.autoencoder.training import BATCH
from detectors.classical.fallback import make_fallback
from detectors.learning.base import LearnedDetector
from sluice.errors import InvalidValue, ModelError
from sluice.messages import make_error

VISITS = 20  # how often a row is learned from
FEWEST, MOST = 300, 2_000  # updates
TRIM = 0.02


@dataclass(frozen=True)
class NetworkDetector(LearnedDetector):
    """Provide the settings of a detector with a network; see `LearnedDetector` for the settings that all share.

    Attributes:
        training_steps: Weight updates in training, of 512 rows each; 0: as many as show each row 20 times, from 300 to 2,000.
        hidden_units: Number of hidden units; more find finer dependencies and take longer.
        trim_fraction: Share of the rows, the most anomalous ones, that most of the training and the scales leave out, so that errors among them are not
            learned; empty: 0.02. At least `contamination` is left out.
        device: Device to compute on: cpu, cuda, or cuda:1 for the second of several; auto or empty: cuda where there is one.
    """

    training_steps: int = 0
    hidden_units: int = 16
    trim_fraction: float | None = None
    device: str = ""

    multiple: ClassVar[int] = 16  # that hidden_units must be of

    def __post_init__(self) -> None:
        """Check the settings."""
        super().__post_init__()
        if self.training_steps < 0 or self.hidden_units < 1 or self.hidden_units % self.multiple:
            raise make_error(InvalidValue, "autoencoder_sizes_unfit", multiple=self.multiple)
        if not 0 <= self.min_trim < 0.5:
            raise make_error(InvalidValue, "trim_unfit")
        if not re.fullmatch(r"|auto|cpu|cuda(:\d+)?", self.device):
            raise make_error(InvalidValue, "device_unknown", device=self.device)

    @property
    def fallback(self) -> LearnedDetector | None:
        """Return histograms of the columns, which need fewer rows."""
        return make_fallback(self)

    @property
    def min_trim(self) -> float:
        """Return the share of the rows that is left out whether they are believed dirty or not."""
        return TRIM if self.trim_fraction is None else self.trim_fraction

    @property
    def total_trim(self) -> float:
        """Return the share of the rows that is left out of training and scales."""
        return max(self.min_trim, self.contamination)

    @property
    def torch_device(self) -> str:
        """Return the device that is computed on.

        Raises:
            ModelError: Torch does not find it.
        """
        device_count = torch.cuda.device_count() if torch.cuda.is_available() else 0
        device = ("cuda" if device_count else "cpu") if self.device in ("", "auto") else self.device
        if device != "cpu" and int(device.partition(":")[2] or 0) >= device_count:
            raise make_error(ModelError, "cuda_device_missing", detector=self.name, count=device_count, device=device)
        return device

    def count_steps(self, rows: int) -> int:
        """Return how many updates so many rows are learned from in."""
        return self.training_steps or min(max(VISITS * rows // BATCH, FEWEST), MOST)
