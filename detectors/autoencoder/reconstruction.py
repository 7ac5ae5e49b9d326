"""Configure the reconstruction autoencoder as a step of `detect`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, TypeAlias

from numpy.typing import NDArray
from torch import Tensor

from detectors.autoencoder import bottleneck, radial_basis
from detectors.autoencoder.base import NetworkDetector
from detectors.autoencoder.category_points import CategoryPoints
from detectors.autoencoder.reconstruction_model import Network, ReconstructionModel
from detectors.encoding import Encoder
from detectors.features.columns import select_columns
from detectors.learning.history import HistorySplit

Architecture: TypeAlias = Literal["bottleneck", "radial_basis"]


@dataclass(frozen=True)
class ReconstructionAutoencoder(NetworkDetector):
    """Flag rows that a narrow network cannot reconstruct: the fastest detector, for tables too large for the others.

    It finds rare combinations and values out of place, but not a usual value in the wrong row, which only the leave-one-out prediction of
    `autoencoder` finds. Its other settings are those of `NetworkDetector`; `hidden_units` counts the units of the wide layers, a multiple of 32;
    the narrow layer has half of them. radial_basis trains for 100 steps by default.

    Attributes:
        architecture: bottleneck, or radial_basis: a network that stores some thousand accepted rows and returns the nearest. It is much slower, and
            better where rows form clusters; the expected value of a cell is that of the nearest row. By default it leaves out only `contamination`.

    Example:
        >>> from sluice.domain import Column, Schema
        >>> schema = Schema("orders", columns=(Column("price", "number"), Column("country")))
        >>> ReconstructionAutoencoder(schema, max_fpr=0.005, architecture="radial_basis").name
        'orders.reconstruction'
    """

    architecture: Architecture = "bottleneck"
    hidden_units: int = 64

    kind: ClassVar[str] = "reconstruction"
    multiple: ClassVar[int] = 2 * bottleneck.ALIGNED

    @property
    def min_trim(self) -> float:
        """Return the share of the rows that is left out whether they are believed dirty or not."""
        return 0.0 if self.trim_fraction is None and self.architecture == "radial_basis" else super().min_trim

    def fit(self, split: HistorySplit, seed: int) -> ReconstructionModel:
        """Train the network on one part and scale its cells on another."""
        points = CategoryPoints.of(Encoder.fit(split.train, select_columns(self.schema, self.columns), self.schema))
        return ReconstructionModel.of(points, self._network(points(split.train, self.torch_device), seed), split.scale, self.torch_device)

    def _network(self, features: Tensor, seed: int) -> Network:
        if self.architecture == "radial_basis":
            return radial_basis.fit(features, steps=self.training_steps or radial_basis.STEPS, seed=seed, trim=self.total_trim)
        return bottleneck.fit(features, self.hidden_units, steps=self.count_steps(features.shape[1]), seed=seed, trim=self.total_trim)

    def restore(self, arrays: Mapping[str, NDArray[Any]], meta: Mapping[str, Any]) -> ReconstructionModel:
        """Return the model as it was packed."""
        return ReconstructionModel.unpack(arrays, meta, self.torch_device)
