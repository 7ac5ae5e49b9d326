"""Score rows by their reconstruction error, on the scale of clean rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self, TypeAlias

import numpy as np
import polars as pl
import torch
from numpy.typing import NDArray
from torch import Tensor

from detectors.autoencoder.attribution import name_suspects
from detectors.autoencoder.bottleneck import Bottleneck, map_feature_tiles, squared_errors
from detectors.autoencoder.category_points import CategoryPoints
from detectors.autoencoder.cell_scale import CellScale
from detectors.autoencoder.projection import SAMPLE, Projection
from detectors.autoencoder.radial_basis import RadialBasisNetwork
from detectors.autoencoder.training import BATCH
from sluice.domain import ROW

Network: TypeAlias = Bottleneck | RadialBasisNetwork

VISITS = 2  # how often a row is learned from in an update
BOUND = 1e-3  # by which a score may be off on another device
CHUNK = 65_536  # rows encoded at once
BEST_SHARE = 0.98  # the share of clean cells, the best reconstructed, that tell how well a channel can be
NARROW = 1e-2  # no channel can be reconstructed better than this


@dataclass(frozen=True, slots=True, eq=False)
class ReconstructionModel:
    """Scores a row by the sum of its cells' squared errors, each in units of its channel's usual one.

    Attributes:
        points: Turns rows into features.
        network: Reconstructs them.
        weights: float32 [channels, 1]: one over a channel's usual squared error.
        cells: The scale of squared errors, by channel.
        picture: Where a row lies in a picture.
        device: Where to compute.
    """

    points: CategoryPoints
    network: Network
    weights: Tensor
    cells_scale: CellScale
    picture: Projection
    device: str

    @classmethod
    def of(cls, points: CategoryPoints, network: Network, clean: pl.DataFrame, device: str) -> Self:
        """Scale the network on rows that it has not learned from."""
        features = points(clean, device)
        picture = Projection.of(map_feature_tiles(features[:, :SAMPLE], network.hidden))
        return cls(points, network, *_scales(points, network, features), picture, device)

    def score_rows(self, rows: pl.DataFrame) -> NDArray[np.float64]:
        """Return one number a row: the logarithm of the sum."""
        weights = self.weights.to(self.device)

        def score(tile: Tensor) -> Tensor:
            return self.points.by_channel(squared_errors(self.network, tile)).mul_(weights).sum(0).log1p_()

        results = [map_feature_tiles(self.points(rows[start : start + CHUNK], self.device), score) for start in range(0, max(rows.height, 1), CHUNK)]
        return torch.cat(results).double().cpu().numpy()

    def explain(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the columns to blame, the worst reconstructed first, and what the worst was expected to be."""
        features, columns = self.points(rows, self.device), self.points.encoder.columns
        (errors, surprise), likely = self._by_column(features), self._expected(features)
        suspects = np.argsort(-errors, axis=1, kind="stable")
        results = [likely[row][column] for row, column in enumerate(suspects[:, 0])]
        return pl.DataFrame(
            {"columns": name_suspects(suspects, surprise, columns), "expected": results}, schema={"columns": pl.List(pl.String), "expected": pl.String}
        )

    def explain_cells(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return one row a row and column: `_row_id`, `column`, its `surprise` (-log10 p) and the value `expected`, as text or null."""
        features, columns = self.points(rows, self.device), self.points.encoder.columns
        ids = pl.Series(ROW, np.repeat(rows[ROW].to_numpy(), len(columns)), dtype=pl.String)
        names = pl.Series("column", list(columns) * rows.height, dtype=pl.String)
        surprise = pl.Series("surprise", self._by_column(features)[1].ravel(), dtype=pl.Float64)
        expected = [value for row in self._expected(features) for value in row]
        return pl.DataFrame([ids, names, surprise, pl.Series("expected", expected, dtype=pl.String)])

    @property
    def score_tolerance(self) -> float:
        """Return by how much a score may be off where another device computes it."""
        return BOUND

    def project(self, rows: pl.DataFrame) -> NDArray[np.float64]:
        """Return [rows, 2]: where a row lies in the plane in which the narrow layer tells clean rows apart best."""
        features = self.points(rows, self.device)
        return map_feature_tiles(features, lambda tile: self.picture.points(self.network.hidden(tile))).T.double().cpu().numpy()

    def partial_fit(self, rows: pl.DataFrame, seed: int) -> Self:
        """Return the model after its network has learned on from rows; its scales must be fitted anew with `rescale`."""
        if rows.is_empty():
            return self
        steps = max(VISITS * rows.height // BATCH, 1)
        return replace(self, network=self.network.partial_fit(self.points(rows, self.device), steps=steps, seed=seed))

    def rescale(self, rows: pl.DataFrame) -> Self:
        """Return the model with its scales fitted on these rows; its picture stays, so that points can be compared."""
        weights, cells = _scales(self.points, self.network, self.points(rows, self.device))
        return replace(self, weights=weights, cells_scale=cells)

    def _by_column(self, features: Tensor) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return float32 [rows, columns] each: the squared error of each column's worst channel in units of its usual one, and -log10 p of it."""
        errors = map_feature_tiles(features, lambda tile: self.points.by_channel(squared_errors(self.network, tile)))
        tables = (errors.cpu() * self.weights).numpy(), self.cells_scale(errors).cpu().numpy()
        encoder = self.points.encoder
        first, second = (np.stack([table[encoder.groups == column].max(axis=0) for column in range(len(encoder.columns))], axis=1) for table in tables)
        return first, second

    def _expected(self, features: Tensor) -> list[list[str | None]]:
        """Return values by row and column."""
        values = self.points.values(map_feature_tiles(features, self.network))
        silent = [None] * features.shape[1]
        return [list(row) for row in zip(*(values.get(column, silent) for column in self.points.encoder.columns), strict=True)]

    def pack(self) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
        """Return arrays and as JSON."""
        arrays, meta = self.points.pack()
        network = {f"network.{name}": tensor.cpu().numpy() for name, tensor in self.network.state_dict().items()}
        scales = {"weights": self.weights.numpy(), **self.cells_scale.pack("cells")}
        tables = {
            "network": "radial" if isinstance(self.network, RadialBasisNetwork) else "plain",
            "features": self.network.features,
            "units": self.network.units,
        }
        return {**arrays, **network, **scales, **self.picture.pack()}, {**meta, **tables}

    @classmethod
    def unpack(cls, arrays: Mapping[str, NDArray[Any]], meta: Mapping[str, Any], device: str) -> Self:
        """Restore what `pack` returned."""
        sizes, prefix = (int(meta["features"]), int(meta["units"])), "network."
        network: Network = RadialBasisNetwork(*sizes) if meta["network"] == "radial" else Bottleneck(*sizes, torch.Generator())
        network.load_state_dict({name.removeprefix(prefix): torch.from_numpy(array.copy()) for name, array in arrays.items() if name.startswith(prefix)})
        weights = torch.from_numpy(arrays["weights"].copy())
        return cls(
            CategoryPoints.unpack(arrays, meta), network.to(device).eval(), weights, CellScale.unpack(arrays, "cells"), Projection.unpack(arrays), device
        )


def _scales(points: CategoryPoints, network: Network, features: Tensor) -> tuple[Tensor, CellScale]:
    """Return the weight of each channel, and the scale of its cells."""
    errors = map_feature_tiles(features, lambda tile: points.by_channel(squared_errors(network, tile)))
    limits = torch.from_numpy(np.quantile(errors.cpu().numpy(), BEST_SHARE, axis=1, keepdims=True)).float()
    typical = torch.minimum(errors.cpu(), limits).mean(1, keepdim=True)
    return 1 / typical.clamp(min=NARROW), CellScale.fit(errors)
