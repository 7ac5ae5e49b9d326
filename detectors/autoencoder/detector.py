"""Configure the autoencoder as a step of `detect`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from numpy.typing import NDArray

from detectors.autoencoder.base import NetworkDetector
from detectors.autoencoder.category_pairs import CategoryPairs
from detectors.autoencoder.fitting import fit
from detectors.autoencoder.missing_cells import compute_null_rarity
from detectors.autoencoder.model import AutoencoderModel, make_layout
from detectors.encoding import Encoder
from detectors.features.columns import select_columns
from detectors.learning.history import HistorySplit

SCALED = 50_000  # the most rows that cells are scaled on: more would hardly move their quantiles


@dataclass(frozen=True)
class Autoencoder(NetworkDetector):
    """Predict each cell from the others of its row, and flag rows whose cells do not fit together.

    Its settings are those of `NetworkDetector`; `hidden_units` counts units for each cell, a multiple of 16.

    Example:
        >>> from sluice.domain import Column, Schema
        >>> schema = Schema("orders", columns=(Column("price", "number"), Column("country")))
        >>> Autoencoder(schema, max_fpr=0.005, guarantee="conditional").name
        'orders.autoencoder'
    """

    kind: ClassVar[str] = "autoencoder"

    def fit(self, split: HistorySplit, seed: int) -> AutoencoderModel:
        """Train the network on one part and scale its cells on another."""
        encoder = Encoder.fit(split.train, select_columns(self.schema, self.columns), self.schema)
        rows = encoder.encode(split.train, self.torch_device)
        network = fit(rows, make_layout(encoder, self.hidden_units), steps=self.count_steps(len(rows)), seed=seed, trim=self.total_trim)
        others, first = encoder.encode(split.scale.tail(SCALED), self.torch_device), len(encoder.grids)
        among = [i for i, channel in enumerate(encoder.channels[first:]) if channel.kind == "category"]
        pairs = CategoryPairs.fit(rows.values, others.values, [len(words) for words in encoder.vocabularies], among)
        return AutoencoderModel.of(encoder, network, pairs, compute_null_rarity(rows, encoder.channels), others, self.total_trim, self.torch_device)

    def restore(self, arrays: Mapping[str, NDArray[Any]], meta: Mapping[str, Any]) -> AutoencoderModel:
        """Return the model as it was packed."""
        return AutoencoderModel.unpack(arrays, meta, self.torch_device)
