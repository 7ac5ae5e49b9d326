"""The screen as a step of the configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from numpy.typing import NDArray
from torch import Tensor

from detectors.autoencoder import bottleneck, radial_basis
from detectors.autoencoder.base import NetworkDetector
from detectors.autoencoder.category_points import CategoryPoints
from detectors.autoencoder.reconstruction_model import Network, ReconstructionModel
from detectors.encoding import Encoder
from detectors.features.columns import select_columns
from detectors.learning.history import HistorySplit


@dataclass(frozen=True)
class ReconstructionAutoencoder(NetworkDetector):
    """Flags rows that do not pass through a narrow network as they are: the fastest detector, for tables too large for the others.

    It sees what is rare together, and values out of place. It is blind to much that only a prediction of each cell from all others
    sees (`autoencoder`): a usual value in the wrong row. Its other settings are those of `NetworkDetector`; `hidden` counts units of the
    bottleneck's wide layers, a multiple of 32, the narrow one has half of them; a radial network takes 100 steps unless told.

    Attributes:
        network: plain, a bottleneck; or radial, which remembers some thousand accepted rows and gives back the nearest: much slower, and
            better where rows come in clusters. What is expected of a cell is then what it is in that row. Unless told it leaves out what is
            believed dirty alone: a dirty row hides only what lies right beside it, and a clean one left out makes its like look strange.
    """

    network: Literal["plain", "radial"] = "plain"
    hidden: int = 64

    kind: ClassVar[str] = "screen"
    multiple: ClassVar[int] = 2 * bottleneck.ALIGNED

    @property
    def trimmed(self) -> float:
        """The share of the rows that is left out whether they are believed dirty or not."""
        return 0.0 if self.trim is None and self.network == "radial" else super().trimmed

    def fit(self, parts: HistorySplit, seed: int) -> ReconstructionModel:
        """Train the network on one part and scale its cells on another."""
        points = CategoryPoints.of(Encoder.fit(parts.train, select_columns(self.schema, self.columns), self.schema))
        return ReconstructionModel.of(points, self._network(points(parts.train, self.where), seed), parts.scale, self.where)

    def _network(self, features: Tensor, seed: int) -> Network:
        if self.network == "radial":
            return radial_basis.fit(features, steps=self.steps or radial_basis.STEPS, seed=seed, trim=self.left_out)
        return bottleneck.fit(features, self.hidden, steps=self.updates(features.shape[1]), seed=seed, trim=self.left_out)

    def restore(self, arrays: Mapping[str, NDArray[Any]], meta: Mapping[str, Any]) -> ReconstructionModel:
        """The model as it was packed."""
        return ReconstructionModel.unpack(arrays, meta, self.where)
