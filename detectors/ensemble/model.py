"""Score rows by the average of the members that help, and name the cells to blame by the network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detectors.autoencoder.model import AutoencoderModel as Network
from detectors.ensemble.clean_scale import CleanScale
from detectors.ensemble.member_selection import average_scores
from detectors.ensemble.members import SCALES, Likelihood, Member, NearestRow
from detectors.features.matrix_serialization import pack_matrix
from detectors.learning.model import DetectorModel


@dataclass(frozen=True, slots=True, eq=False)
class EnsembleModel(DetectorModel):
    """Score rows by the members that count, and explain them by the network.

    Attributes:
        network: Names the cells, whether its scores count or not.
        members: By name.
        weights: Of those that count.
        finds: What each choice of members would find of planted errors, for whoever asks.
    """

    network: Network
    members: Mapping[str, Member]
    weights: Mapping[str, float]
    finds: Mapping[str, float]

    def score_rows(self, rows: pl.DataFrame) -> NDArray[np.float64]:
        """Return the average of the members that count."""
        return average_scores({name: self.members[name].score_rows(rows) for name in self.weights}, self.weights)

    @property
    def score_tolerance(self) -> float:
        """Return by how much a score may be off where another device computes it: the members' bounds on the scale of clean rows, averaged as they are."""
        return sum(weight * self.members[name].score_tolerance for name, weight in self.weights.items()) / sum(self.weights.values())

    def explain(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the network's answer."""
        return self.network.explain(rows)

    def explain_cells(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the network's surprise."""
        return self.network.explain_cells(rows)

    def project(self, rows: pl.DataFrame) -> NDArray[np.float64]:
        """Return the network's plane."""
        return self.network.project(rows)

    def partial_fit(self, rows: pl.DataFrame, seed: int) -> EnsembleModel:
        """Return each member after it has learned on."""
        return self._with(self.network.partial_fit(rows, seed), {name: member.partial_fit(rows, seed) for name, member in self.members.items()})

    def rescale(self, rows: pl.DataFrame) -> EnsembleModel:
        """Return each member on a scale that is fitted on these rows."""
        return self._with(self.network.rescale(rows), {name: member.rescale(rows) for name, member in self.members.items()})

    def _with(self, network: Network, members: Mapping[str, Member]) -> EnsembleModel:
        shared = {"network": network, "likelihood": Likelihood(network)}
        return replace(self, network=network, members={name: replace(member, way=shared.get(name, member.way)) for name, member in members.items()})

    def pack(self) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
        """Return arrays and as JSON: the network, the core sets, and each PyOD detector under its name."""
        arrays, meta = self.network.pack()
        outliers = {name: member.way.pack() for name, member in self.members.items() if name not in OWN_MEMBERS}
        for name, member in self.members.items():
            arrays |= pack_matrix(f"core.{name}", member.way.core.rows.float().cpu().numpy()) if isinstance(member.way, NearestRow) else {}
        arrays |= {f"{name}/{inside}": array for name, (packed, _) in outliers.items() for inside, array in packed.items()}
        scales = {name: [member.scale.middle, member.scale.spread, member.scale.distance] for name, member in self.members.items()}
        settings = {
            "scales": scales,
            "weights": dict(self.weights),
            "finds": dict(self.finds),
            "outliers": {name: more for name, (_, more) in outliers.items()},
        }
        return arrays, {**meta, "ensemble": settings}


def unpack_scale(packed: list[Any]) -> CleanScale:
    """Restore what `pack` wrote of a scale."""
    return CleanScale(float(packed[0]), float(packed[1]), bool(packed[2]))


OWN_MEMBERS = (*SCALES, "network", "likelihood")  # members that are no PyOD detectors
