"""Score a row by its cells and pairs, each on its own scale."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import torch
from numpy.typing import NDArray
from torch import Tensor

from detectors.autoencoder.category_pairs import CategoryPairs
from detectors.autoencoder.cell_scale import CellScale
from detectors.autoencoder.missing_cells import is_missing
from detectors.autoencoder.network import LeaveOneOutNetwork, cell_nll
from detectors.autoencoder.tiles import map_tiles
from detectors.encoding import EncodedRows

STEEP = 100.0  # what a nat of evidence may say at most: evidence of next to nothing, be it rounding, says nothing


@dataclass(frozen=True, slots=True, eq=False)
class CellSurprise:
    """Score cells by the network and the pair counts, on the scale of clean rows.

    Attributes:
        network: Predicts each cell from the others.
        pairs: Which categories go together.
        cells: The scale of the network's surprise, by channel.
        beside: The scale of the evidence, by ordered pair.
        rarity: float32 [channels, 1]: what an empty cell says, see `emptiness`.
        calibrated: How many rows the scales were fitted on.
    """

    network: LeaveOneOutNetwork
    pairs: CategoryPairs
    cells: CellScale
    beside: CellScale
    rarity: Tensor
    calibrated: int

    @classmethod
    def fit(cls, network: LeaveOneOutNetwork, pairs: CategoryPairs, rarity: Tensor, rows: EncodedRows, trim: float) -> Self:
        """Scale network and pairs on rows that they have not learned from.

        Args:
            network: Learned already.
            pairs: Counted already.
            rarity: See `emptiness`.
            rows: Some of them may be dirty: cells of theirs would stretch the scales, so that dirt looked usual.
            trim: The share of them, the strangest ones on the scales of all, that is then left out.
        """
        nats = map_tiles(rows, lambda tile, _: cell_nll(network(tile.numbers, tile.codes), tile.numbers, tile.codes, excess=True))
        evidence = map_tiles(rows, lambda tile, _: pairs.evidence(tile.values))
        scaled = cls(network, pairs, CellScale.fit(nats), CellScale.fit(evidence), rarity, len(rows))
        left = int(trim * len(rows))
        if not left:
            return scaled
        strangest = scaled.together(scaled._scaled(nats, evidence, is_missing(rows))).argsort(stable=True)
        retained = strangest[: len(rows) - left].sort().values
        return cls(network, pairs, CellScale.fit(nats[:, retained]), CellScale.fit(evidence[:, retained]), rarity, len(rows))

    def __call__(self, tile: EncodedRows, visible: Tensor | None = None) -> Tensor:
        """Return float32 [channels and ordered pairs, rows] of -log10 p, for a tile."""
        nats = cell_nll(self.network(tile.numbers, tile.codes, visible), tile.numbers, tile.codes, excess=True)
        return self._scaled(nats, self.pairs.evidence(tile.values), is_missing(tile))

    def _scaled(self, nats: Tensor, evidence: Tensor, lacking: Tensor) -> Tensor:
        surprise, split = self.cells(nats), self.network.layout.numbers
        likely = nats[split:].nan_to_num(0.0).clamp(min=0) / math.log(10)
        surprise[split:] = torch.minimum(surprise[split:], likely)  # a value as likely as not is no surprise, however rare such doubt is
        surprise += self.rarity * lacking
        if not self.pairs.ordered:
            return surprise
        against = evidence.nan_to_num(0.0).clamp(min=0)
        most = math.log10(self.calibrated + 1) + against / math.log(10)  # as many rows as it was calibrated on, and its own weight on top
        return torch.cat([surprise, torch.minimum(self.beside(evidence), torch.minimum(most, STEEP * against))])

    def row(self, tile: EncodedRows, visible: Tensor | None = None) -> Tensor:
        """Return float32 [rows]: log10 of the sum of 1 / p, about -log10 p of the most surprising cell."""
        return self.together(self(tile, visible))

    @staticmethod
    def together(surprise: Tensor) -> Tensor:
        """Return [rows]: all that is said against a row as one number; `surprise` is overwritten."""
        return surprise.mul_(math.log(10)).exp_().sum(0).log10_()  # no p is below `scale.MOST`, so no term has to be taken out of the sum

    def pack(self) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
        """Return arrays and as JSON."""
        arrays, meta = self.pairs.pack()
        weights = {f"network.{name}": (tensor.half() if name == "mix" else tensor).cpu().numpy() for name, tensor in self.network.state_dict().items()}
        scales = {**self.cells.pack("cells"), **self.beside.pack("beside"), "rarity": self.rarity.cpu().numpy()}
        return {**arrays, **weights, **scales}, {**meta, "hidden": self.network.layout.hidden, "calibrated": self.calibrated}

    @classmethod
    def unpack(cls, arrays: Mapping[str, NDArray[Any]], meta: Mapping[str, Any], network: LeaveOneOutNetwork) -> Self:
        """Restore what `pack` returned, into a network of the same layout."""
        prefix = "network."
        network.load_state_dict({name.removeprefix(prefix): torch.from_numpy(array.copy()) for name, array in arrays.items() if name.startswith(prefix)})
        scales = CellScale.unpack(arrays, "cells"), CellScale.unpack(arrays, "beside")
        rarity = torch.from_numpy(arrays["rarity"].copy()).to(network.mix.device)
        return cls(network.eval(), CategoryPairs.unpack(arrays, meta, network.mix.device), *scales, rarity, int(meta["calibrated"]))
