"""The autoencoder as a step of the configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from numpy.typing import NDArray

from detectors.autoencoder.model import Model, layout_of, likelihoods
from detectors.autoencoder.network import ALIGNED, Network, cells_lost
from detectors.autoencoder.scale import CellScale
from detectors.autoencoder.training import train
from detectors.columns import chosen
from detectors.encoding import Encoder
from detectors.history import Parts
from detectors.learned import Learned


@dataclass(frozen=True)
class Autoencoder(Learned):
    """Learns to predict each cell from the others of its row, and flags rows whose cells do not fit together.

    Attributes:
        schema: The dataset (filled in by the program).
        columns: The columns to look at; empty: all but keys, identifiers and personal ones.
        budget: The share of clean rows that may be flagged by mistake.
        needs: The fewest accepted rows to learn from; before that the detector is skipped.
        sample: The most accepted rows to learn from, the newest ones.
        severity: Who is told.
        on_fail: What happens to a flagged row.
        steps: Updates of the weights in training, of 512 rows each.
        hidden: Hidden units for each cell, a multiple of 16; more see finer dependencies and take longer.
        device: Where to compute: cpu, or cuda; empty: cuda where there is one.
    """

    steps: int = 400
    hidden: int = 16
    device: str = ""

    kind: ClassVar[str] = "autoencoder"

    def __post_init__(self) -> None:
        """Check the settings."""
        super().__post_init__()
        if self.steps < 1 or self.hidden < 1 or self.hidden % ALIGNED:
            raise ValueError(f"steps must be at least 1, and hidden a multiple of {ALIGNED}")

    def fit(self, parts: Parts, seed: int) -> Model:
        """Train the network on one part and scale its cells on another."""
        encoder = Encoder.fit(parts.train, chosen(self.schema, self.columns), self.schema)
        layout, encoded = layout_of(encoder, self.hidden), encoder.encode(parts.train)
        network = train(
            Network(layout, torch.Generator().manual_seed(seed)),
            cells_lost,
            [torch.as_tensor(encoded.numbers), torch.as_tensor(encoded.codes)],
            steps=self.steps,
            seed=seed,
            device=self._device,
            noise=len(layout.groups),
        )
        scale = CellScale.fit(likelihoods(network, encoder.encode(parts.scale), self._device), len(encoder.grids))
        return Model(encoder, network, scale, self._device)

    def restore(self, arrays: Mapping[str, NDArray[Any]], meta: Mapping[str, Any]) -> Model:
        """The model as it was packed."""
        return Model.unpack(arrays, meta, self._device)

    @property
    def _device(self) -> str:
        return self.device or ("cuda" if torch.cuda.is_available() else "cpu")
