"""Configure the ensemble as a step of `detect`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar

import numpy as np
import polars as pl
import torch
from numpy.typing import NDArray

from detectors.autoencoder.base import NetworkDetector
from detectors.autoencoder.detector import Autoencoder
from detectors.autoencoder.model import AutoencoderModel as Network
from detectors.classical.feature_matrix import FeatureMatrix
from detectors.classical.pyod_by_name import NamedPyodDetector
from detectors.ensemble import member_selection
from detectors.ensemble.coreset import CoreSet
from detectors.ensemble.members import SCALES, Likelihood, Member, NearestRow, ScoringModel
from detectors.ensemble.model import EnsembleModel, unpack_scale
from detectors.features.columns import select_columns
from detectors.features.matrix_serialization import unpack_matrix
from detectors.learning.history import HistorySplit
from sluice.errors import InvalidValue
from sluice.messages import make_error

SHARED_SETTINGS = (
    "columns",
    "max_fpr",
    "contamination",
    "min_rows",
    "max_rows",
    "training_steps",
    "hidden_units",
    "trim_fraction",
    "device",
)  # with its autoencoder


@dataclass(frozen=True)
class Ensemble(NetworkDetector):
    """Average distances to accepted rows on three scales, the leave-one-out network, and PyOD detectors.

    Errors are injected into accepted rows, and a member joins where the average then finds more of them. The network names the cells to blame.
    Its other settings are those of `NetworkDetector`.

    Attributes:
        members: PyOD detectors to try beside distances and network, by their names there (such as IForest, LUNAR).
        coreset_size: Largest number of accepted rows that distances are measured to.
        trim_fraction: Share of the rows, the most anomalous ones, that training leaves out: as much as is believed wrong in the history.
        hidden_units: Hidden units of the network: more than those of the autoencoder, since its likelihood of a whole row counts here.

    Example:
        >>> from sluice.domain import Column, Schema
        >>> schema = Schema("orders", columns=(Column("price", "number"), Column("country")))
        >>> Ensemble(schema, max_fpr=0.005, members=("IForest",)).name
        'orders.ensemble'
    """

    members: tuple[str, ...] = ()
    coreset_size: int = 8192
    trim_fraction: float = 0.0
    hidden_units: int = 32

    kind: ClassVar[str] = "ensemble"

    def __post_init__(self) -> None:
        """Check the settings."""
        super().__post_init__()
        for name in self.members:
            self._named(name)
        if self.coreset_size < 1:
            raise make_error(InvalidValue, "coreset_unfit")

    def fit(self, split: HistorySplit, seed: int) -> EnsembleModel:
        """Fit every member on the train part, and decide on the scale part which count; a small table's distances are then measured to both."""
        network = self._autoencoder().fit(split, seed)
        ways: dict[str, ScoringModel] = {
            "likelihood": Likelihood(network),
            "network": network,
            **{name: self._named(name).fit(split, seed) for name in self.members},
        }
        others = {name: Member.of(name, way, split.scale) for name, way in ways.items()}
        members = {**self._near(network, split.train), **others}

        def scored(rows: pl.DataFrame) -> dict[str, NDArray[np.float64]]:
            return {name: member.score_rows(rows) for name, member in members.items()}

        names = select_columns(self.schema, self.columns)
        weights, finds = member_selection.select_members(scored, split.scale, names, SCALES, ("likelihood", *self.members), "network", seed)
        small = split.train.height < self.coreset_size
        return EnsembleModel(network, {**members, **self._near(network, pl.concat([split.train, split.scale]))} if small else members, weights, finds)

    def _near(self, network: Network, rows: pl.DataFrame) -> dict[str, Member]:
        core = rows.head(self.coreset_size)
        return {scale: Member(scale, *NearestRow.fit(network.encoder, scale, core, self.total_trim, self.torch_device)) for scale in SCALES}

    def restore(self, arrays: Mapping[str, NDArray[Any]], meta: Mapping[str, Any]) -> EnsembleModel:
        """Return the model as it was packed; PyOD's detectors are fitted again on the rows that were kept."""
        network, settings = self._autoencoder().restore(arrays, meta), meta["ensemble"]
        ways: dict[str, Any] = {"network": network, "likelihood": Likelihood(network)}
        for scale in SCALES:
            core = CoreSet(torch.from_numpy(unpack_matrix(arrays, f"core.{scale}")).double().to(self.torch_device))
            ways[scale] = NearestRow(FeatureMatrix(network.encoder, scale), core)
        for name, more in settings["outliers"].items():
            inside = {key.removeprefix(f"{name}/"): array for key, array in arrays.items() if key.startswith(f"{name}/")}
            ways[name] = self._named(name).restore(inside, more)
        members = {name: Member(name, ways[name], unpack_scale(scale)) for name, scale in settings["scales"].items()}
        return EnsembleModel(network, members, settings["weights"], settings["finds"])

    def _autoencoder(self) -> Autoencoder:
        settings = {field.name: getattr(self, field.name) for field in fields(Autoencoder) if field.name in SHARED_SETTINGS}
        return Autoencoder(self.schema, **settings)

    def _named(self, name: str) -> NamedPyodDetector:
        return NamedPyodDetector(self.schema, columns=self.columns, algorithm=name)
