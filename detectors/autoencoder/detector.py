"""The autoencoder as a step of the configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from numpy.typing import NDArray

from detectors.autoencoder.emptiness import rarity
from detectors.autoencoder.fitting import fit
from detectors.autoencoder.model import Model, layout_of
from detectors.autoencoder.pairs import Pairs
from detectors.autoencoder.settings import Networked
from detectors.columns import chosen
from detectors.encoding import Encoder
from detectors.history import Parts

SCALED = 50_000  # the most rows that cells are scaled on: more would hardly move their quantiles


@dataclass(frozen=True)
class Autoencoder(Networked):
    """Learns to predict each cell from the others of its row, and flags rows whose cells do not fit together.

    Its settings are those of `Networked`; `hidden` counts units for each cell, a multiple of 16.
    """

    kind: ClassVar[str] = "autoencoder"

    def fit(self, parts: Parts, seed: int) -> Model:
        """Train the network on one part and scale its cells on another."""
        encoder = Encoder.fit(parts.train, chosen(self.schema, self.columns), self.schema)
        rows = encoder.encode(parts.train, self.where)
        network = fit(rows, layout_of(encoder, self.hidden), steps=self.updates(len(rows)), seed=seed, trim=self.left_out)
        others, split = encoder.encode(parts.scale.tail(SCALED), self.where), len(encoder.grids)
        among = [i for i, channel in enumerate(encoder.channels[split:]) if channel.kind == "category"]
        pairs = Pairs.fit(rows.values, others.values, [len(words) for words in encoder.vocabularies], among)
        return Model.of(encoder, network, pairs, rarity(rows, encoder.channels), others, self.left_out, self.where)

    def restore(self, arrays: Mapping[str, NDArray[Any]], meta: Mapping[str, Any]) -> Model:
        """The model as it was packed."""
        return Model.unpack(arrays, meta, self.where)
