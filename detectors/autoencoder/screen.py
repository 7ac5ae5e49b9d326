"""The screen as a step of the configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import torch
from numpy.typing import NDArray
from torch import Tensor

from detectors.autoencoder import plain, radial
from detectors.autoencoder.points import Points
from detectors.autoencoder.screening import Network, Screened
from detectors.autoencoder.training import BATCH
from detectors.classical.standin import stand_in
from detectors.columns import chosen
from detectors.encoding import Encoder
from detectors.history import Parts
from detectors.learned import Learned

VISITS = 20  # how often a row is learned from
FEWEST, MOST = 300, 2_000  # updates


@dataclass(frozen=True)
class Screen(Learned):
    """Flags rows that do not pass through a narrow network as they are: the fastest detector, for tables too large for the others.

    It sees what is rare together, and values out of place. It is blind to much that only a prediction of each cell from all others
    sees (`autoencoder`): a usual value in the wrong row. See `Learned` for the settings that all share.

    Attributes:
        network: plain, a bottleneck; or radial, which remembers some thousand accepted rows and gives back the nearest: much slower, and
            better where rows come in clusters. What is expected of a cell is then what it is in that row.
        steps: Updates of the weights in training, of 512 rows each; 0: so many that each row is seen 20 times, from 300 to 2,000
            (radial: 100).
        hidden: Units of the bottleneck's wide layers, a multiple of 32; the narrow one has half of them.
        trim: The share of the rows, the worst reconstructed ones, that is left out of most of the bottleneck's training, so that dirt is
            not learned.
        device: Where to compute: cpu, or cuda; empty: cuda where there is one.
    """

    network: Literal["plain", "radial"] = "plain"
    steps: int = 0
    hidden: int = 64
    trim: float = 0.02
    device: str = ""

    kind: ClassVar[str] = "screen"

    def __post_init__(self) -> None:
        """Check the settings."""
        super().__post_init__()
        if self.steps < 0 or self.hidden < 1 or self.hidden % (2 * plain.ALIGNED):
            raise ValueError(f"steps must not be negative, and hidden must be a multiple of {2 * plain.ALIGNED}")
        if not 0 <= self.trim < 0.5:
            raise ValueError("trim is a share of the rows, from 0 to less than a half")

    @property
    def stand_in(self) -> Learned | None:
        """Histograms of the columns, which need fewer rows."""
        return stand_in(self)

    def fit(self, parts: Parts, seed: int) -> Screened:
        """Train the network on one part and scale its cells on another."""
        points = Points.of(Encoder.fit(parts.train, chosen(self.schema, self.columns), self.schema))
        return Screened.of(points, self._network(points(parts.train, self._device), seed), parts.scale, self._device)

    def _network(self, features: Tensor, seed: int) -> Network:
        if self.network == "radial":
            return radial.fit(features, steps=self.steps or radial.STEPS, seed=seed)
        steps = self.steps or min(max(VISITS * features.shape[1] // BATCH, FEWEST), MOST)
        return plain.fit(features, self.hidden, steps=steps, seed=seed, trim=self.trim)

    def restore(self, arrays: Mapping[str, NDArray[Any]], meta: Mapping[str, Any]) -> Screened:
        """The model as it was packed."""
        return Screened.unpack(arrays, meta, self._device)

    @property
    def _device(self) -> str:
        return self.device or ("cuda" if torch.cuda.is_available() else "cpu")
