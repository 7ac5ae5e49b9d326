"""Score rows by the members of an ensemble, on the scale of clean rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Protocol, Self

import numpy as np
import polars as pl
import torch
from numpy.typing import NDArray

from detectors.autoencoder.model import AutoencoderModel as Network
from detectors.autoencoder.network import cell_nll
from detectors.autoencoder.tiles import map_tiles
from detectors.classical.feature_matrix import FeatureMatrix
from detectors.encoding import EncodedRows, Encoder, ScaleName
from detectors.ensemble.clean_scale import CleanScale
from detectors.ensemble.coreset import CoreSet

SCALES: tuple[ScaleName, ...] = ("z", "rank", "minmax")
NATS = 1e-3  # by which a cell's likelihood may be off on another device


class ScoringModel(Protocol):
    """Score rows, each by itself."""

    def score_rows(self, rows: pl.DataFrame) -> NDArray[np.float64]:
        """Return one finite number a row; the higher, the stranger."""
        ...

    @property
    def score_tolerance(self) -> float:
        """Return by how much a score may be off where another device computes it."""
        ...

    def partial_fit(self, rows: pl.DataFrame, seed: int) -> Self:
        """Return the result after it has learned on from rows."""
        ...

    def rescale(self, rows: pl.DataFrame) -> Self:
        """Return itself with its own scales fitted on rows that it has not learned from."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class NearestRow:
    """Score rows by their distance to the nearest accepted row on one scale."""

    matrix: FeatureMatrix
    core: CoreSet

    @classmethod
    def fit(cls, encoder: Encoder, scale: ScaleName, rows: pl.DataFrame, trim: float, device: str) -> tuple[NearestRow, CleanScale]:
        """Return the core set, without the share of rows that lie farthest from all others, and the scale of the distances within it."""
        matrix = FeatureMatrix(encoder, scale)
        everything = torch.from_numpy(matrix(rows).astype(np.float64)).to(device)
        distances = CoreSet(everything).nearest(everything, itself=True)
        retained = np.sort(np.argsort(distances, kind="stable")[: len(distances) - int(trim * len(distances))])
        return cls(matrix, CoreSet(everything[torch.from_numpy(retained).to(device)])), CleanScale.fit(distances, distance=True)

    def score_rows(self, rows: pl.DataFrame) -> NDArray[np.float64]:
        """Return Distances, [rows]."""
        return self.core.nearest(self._features(rows))

    @property
    def score_tolerance(self) -> float:
        """Return the tolerance of the logarithm of a distance, which is computed in doubles."""
        return 1e-3

    def partial_fit(self, rows: pl.DataFrame, seed: int) -> NearestRow:
        """Return itself with a sample of its core and of these rows, of the core's size."""
        both = torch.cat([self.core.rows, self._features(rows)])
        picked = np.sort(np.random.default_rng(seed).choice(len(both), len(self.core.rows), replace=False))
        return replace(self, core=CoreSet(both[torch.from_numpy(picked).to(both.device)]))

    def rescale(self, rows: pl.DataFrame) -> NearestRow:
        """Return itself: it has no scale of its own."""
        return self

    def _features(self, rows: pl.DataFrame) -> torch.Tensor:
        return torch.from_numpy(self.matrix.like(rows, self.core.rows.cpu().numpy()).astype(np.float64)).to(self.core.rows.device)


@dataclass(frozen=True, slots=True, eq=False)
class Likelihood:
    """Score how unlikely a row is as a whole: the sum of its cells' negative log-likelihoods, each given the others (pseudo-likelihood; Besag 1975)."""

    network: Network

    def score_rows(self, rows: pl.DataFrame) -> NDArray[np.float64]:
        """Return scores in nats, [rows]."""

        def nats(tile: EncodedRows, _: torch.Tensor | None) -> torch.Tensor:
            predicted = self.network.surprises.network(tile.numbers, tile.codes)
            return cell_nll(predicted, tile.numbers, tile.codes).nan_to_num(0.0).sum(0)

        return map_tiles(self.network.encoder.encode(rows, self.network.device), nats).double().cpu().numpy()

    @property
    def score_tolerance(self) -> float:
        """Return scores in nats; what each cell is off by adds up."""
        return NATS * len(self.network.encoder.channels)

    def partial_fit(self, rows: pl.DataFrame, seed: int) -> Likelihood:
        """Return it of the network after it has learned on."""
        return Likelihood(self.network.partial_fit(rows, seed))

    def rescale(self, rows: pl.DataFrame) -> Likelihood:
        """Return itself: it has no scale of its own."""
        return self


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """Score rows by one model and its scale.

    Attributes:
        name: z, rank and minmax for distances, likelihood, network, or a PyOD detector's name.
        way: What scores.
        scale: Of clean rows.
    """

    name: str
    way: Any  # a Way: which one is known to what makes it alone
    scale: CleanScale

    @classmethod
    def of(cls, name: str, way: ScoringModel, clean: pl.DataFrame) -> Member:
        """Return a member scaled on clean rows that it has not learned from."""
        return cls(name, way, CleanScale.fit(way.score_rows(clean), distance=False))

    def score_rows(self, rows: pl.DataFrame) -> NDArray[np.float64]:
        """Return scores on the scale of clean rows, [rows]."""
        return self.scale(self.way.score_rows(rows))

    @property
    def score_tolerance(self) -> float:
        """Return on that scale, whose area hyperbolic sine makes no difference larger."""
        return float(self.way.score_tolerance) / self.scale.spread

    def partial_fit(self, rows: pl.DataFrame, seed: int) -> Member:
        """Return the result after it has learned on from rows."""
        return replace(self, way=self.way.partial_fit(rows, seed))

    def rescale(self, rows: pl.DataFrame) -> Member:
        """Return on a scale that is fitted on these rows."""
        way = self.way.rescale(rows)
        return replace(self, way=way, scale=CleanScale.fit(way.score_rows(rows), distance=self.scale.distance))
