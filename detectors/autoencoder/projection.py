"""Project rows to points of a scatter plot: the plane in which what the network holds of clean rows differs most (principal components)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from detectors.autoencoder.network import LeaveOneOutNetwork
from detectors.autoencoder.tiles import map_tiles
from detectors.encoding import EncodedRows

SAMPLE = 2_000  # rows that the plane is fitted to


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """Project hidden units to a plane.

    Attributes:
        middle: float32 [units]: their means.
        axes: float32 [2, units]: of length 1.
    """

    middle: NDArray[np.float32]
    axes: NDArray[np.float32]

    @classmethod
    def fit(cls, network: LeaveOneOutNetwork, clean: EncodedRows) -> Projection:
        """Find the plane for clean rows."""
        return cls.of(map_tiles(clean[:SAMPLE], lambda tile, _: network.hidden(tile.numbers, tile.codes).flatten(0, 1)))

    @classmethod
    def of(cls, hidden: Tensor) -> Projection:
        """Find the plane for what a network holds of clean rows, [units, rows]."""
        units = hidden.double().cpu().numpy()
        middle = units.mean(axis=1)
        _, vectors = np.linalg.eigh(np.cov(units, ddof=0).reshape(len(units), len(units)))
        axes = vectors[:, :-3:-1].T
        signs = np.sign(np.take_along_axis(axes, np.abs(axes).argmax(axis=1)[:, None], axis=1))  # an axis has two directions: one is chosen
        return cls(middle.astype(np.float32), (axes * signs).astype(np.float32))

    def __call__(self, network: LeaveOneOutNetwork, encoded: EncodedRows) -> NDArray[np.float64]:
        """Return float64 [rows, 2]."""
        return map_tiles(encoded, lambda tile, _: self.points(network.hidden(tile.numbers, tile.codes).flatten(0, 1))).T.double().cpu().numpy()

    def points(self, hidden: Tensor) -> Tensor:
        """Return [units, rows] to [2, rows]."""
        middle, axes = (torch.from_numpy(array).to(hidden.device) for array in (self.middle, self.axes))
        return axes @ (hidden - middle[:, None])

    def pack(self) -> dict[str, NDArray[Any]]:
        """Return arrays."""
        return {"picture.middle": self.middle, "picture.axes": self.axes}

    @classmethod
    def unpack(cls, arrays: Mapping[str, NDArray[Any]]) -> Projection:
        """Restore what `pack` returned."""
        return cls(arrays["picture.middle"].copy(), arrays["picture.axes"].copy())
