"""The autoencoder as a step of the configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from numpy.typing import NDArray

from detectors.autoencoder.fitting import fit
from detectors.autoencoder.model import Model, layout_of
from detectors.autoencoder.network import ALIGNED
from detectors.autoencoder.pairs import Pairs
from detectors.autoencoder.training import BATCH
from detectors.classical.standin import stand_in
from detectors.columns import chosen
from detectors.encoding import Encoder
from detectors.history import Parts
from detectors.learned import Learned

VISITS = 20  # how often a row is learned from
FEWEST, MOST = 300, 2_000  # updates
SCALED = 50_000  # the most rows that cells are scaled on: more would hardly move their quantiles


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
        steps: Updates of the weights in training, of 512 rows each; 0: so many that each row is seen 20 times, from 300 to 2,000.
        hidden: Hidden units for each cell, a multiple of 16; more see finer dependencies and take longer.
        trim: The share of the rows, the strangest ones, that is left out of most of the training, so that dirt among them is not learned.
        device: Where to compute: cpu, or cuda; empty: cuda where there is one.
    """

    steps: int = 0
    hidden: int = 32
    trim: float = 0.02
    device: str = ""

    kind: ClassVar[str] = "autoencoder"

    def __post_init__(self) -> None:
        """Check the settings."""
        super().__post_init__()
        if self.steps < 0 or self.hidden < 1 or self.hidden % ALIGNED:
            raise ValueError(f"steps must not be negative, and hidden must be a multiple of {ALIGNED}")
        if not 0 <= self.trim < 0.5:
            raise ValueError("trim is a share of the rows, from 0 to less than a half")

    @property
    def stand_in(self) -> Learned | None:
        """Histograms of the columns, which need fewer rows."""
        return stand_in(self)

    def fit(self, parts: Parts, seed: int) -> Model:
        """Train the network on one part and scale its cells on another."""
        encoder = Encoder.fit(parts.train, chosen(self.schema, self.columns), self.schema)
        rows = encoder.encode(parts.train, self._device)
        network = fit(rows, layout_of(encoder, self.hidden), steps=self._steps(len(rows)), seed=seed, trim=self.trim)
        others, split = encoder.encode(parts.scale.tail(SCALED), self._device), len(encoder.grids)
        among = [i for i, channel in enumerate(encoder.channels[split:]) if channel.kind == "category"]
        pairs = Pairs.fit(rows.values, others.values, [len(words) for words in encoder.vocabularies], among)
        return Model.of(encoder, network, pairs, others, self._device)

    def restore(self, arrays: Mapping[str, NDArray[Any]], meta: Mapping[str, Any]) -> Model:
        """The model as it was packed."""
        return Model.unpack(arrays, meta, self._device)

    def _steps(self, rows: int) -> int:
        return self.steps or min(max(VISITS * rows // BATCH, FEWEST), MOST)

    @property
    def _device(self) -> str:
        return self.device or ("cuda" if torch.cuda.is_available() else "cpu")
