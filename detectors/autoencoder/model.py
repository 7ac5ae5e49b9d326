"""The trained model: encoder, network and cell scale; scores rows in fixed tiles and blames cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
import torch
from numpy.typing import NDArray

from detectors.autoencoder.expected import expected
from detectors.autoencoder.network import Layout, Network, Prediction, surprise
from detectors.autoencoder.scale import CellScale
from detectors.autoencoder.training import one_thread
from detectors.encoding import Encoded, Encoder

TILE = 1024  # rows computed at once, padded to it: a row's score is then the same to the last bit in any company
SUSPECTS = 4  # columns that are tried for the blame


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """Scores a row by its most surprising cells: log10 of the sum of 1 / p over its channels."""

    encoder: Encoder
    network: Network
    scale: CellScale
    device: str

    def scores(self, rows: pl.DataFrame) -> NDArray[np.float64]:
        """One number a row: about -log10 p of its worst cell."""
        return np.asarray(np.log10((10 ** self.surprises(self.encoder.encode(rows))).sum(axis=1)))

    def surprises(self, encoded: Encoded, visible: NDArray[np.float32] | None = None) -> NDArray[np.float64]:
        """[rows, channels] of calibrated surprise; `visible` is 0 where a cell must not be looked at."""
        return self.scale(likelihoods(self.network, encoded, self.device, visible))

    def explain(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The columns to blame and what the worst was expected to be.

        A wrong cell also makes its neighbours look strange. So each of the most surprising columns is hidden in turn, and the
        one without which the others look least strange is blamed first.
        """
        encoded = self.encoder.encode(rows)
        groups, surprises = self.encoder.groups, self.surprises(encoded)
        columns = np.stack([surprises[:, groups == group].max(axis=1) for group in range(len(self.encoder.columns))], axis=1)
        suspects = np.argsort(-columns, axis=1, kind="stable")[:, :SUSPECTS]
        left = np.stack([self._left(encoded, suspects[:, i]) for i in range(suspects.shape[1])], axis=1)
        suspects = np.take_along_axis(suspects, np.argsort(left, axis=1, kind="stable"), axis=1)
        worst = np.take_along_axis(columns, suspects, axis=1)
        blamed = [[self.encoder.columns[c] for c, how in zip(row, of, strict=True) if how > 1 or c == row[0]] for row, of in zip(suspects, worst, strict=True)]
        prediction = self._predict(encoded)
        told = [expected(self.encoder, prediction, i, self.encoder.columns[row[0]]) for i, row in enumerate(suspects)]
        return pl.DataFrame({"columns": blamed, "expected": told}, schema={"columns": pl.List(pl.String), "expected": pl.String})

    def _left(self, encoded: Encoded, hidden: NDArray[np.int64]) -> NDArray[np.float64]:
        """How strange the other columns look, [rows], once the given column of each row is hidden."""
        own = self.encoder.groups[None, :] == hidden[:, None]
        others = np.where(own, 0.0, self.surprises(encoded, (~own).astype(np.float32)))
        return np.asarray(np.clip(others - 1, 0, 6).sum(axis=1))

    @torch.inference_mode()
    def _predict(self, encoded: Encoded) -> Prediction:
        with one_thread():
            return self.network(torch.from_numpy(encoded.numbers).to(self.device), torch.from_numpy(encoded.codes).to(self.device))  # type: ignore[no-any-return]  # a module's call is untyped

    def pack(self) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
        """As arrays and as JSON."""
        arrays, meta = self.encoder.pack()
        weights = {f"network.{name}": tensor.cpu().numpy() for name, tensor in self.network.state_dict().items()}
        scale = {"scale.quantiles": self.scale.quantiles, "scale.tails": self.scale.tails}
        return {**arrays, **weights, **scale}, {**meta, "hidden": self.network.layout.hidden}

    @classmethod
    def unpack(cls, arrays: Mapping[str, NDArray[Any]], meta: Mapping[str, Any], device: str) -> Model:
        """What `pack` gave."""
        encoder = Encoder.unpack(arrays, meta)
        network = Network(layout_of(encoder, int(meta["hidden"])), torch.Generator())
        prefix = "network."
        network.load_state_dict({name.removeprefix(prefix): torch.from_numpy(array.copy()) for name, array in arrays.items() if name.startswith(prefix)})
        return cls(encoder, network.to(device).eval(), CellScale(arrays["scale.quantiles"], arrays["scale.tails"], len(encoder.grids)), device)


def layout_of(encoder: Encoder, hidden: int) -> Layout:
    """The network's shape for an encoder's channels."""
    return Layout(encoder.groups.tolist(), len(encoder.grids), [words.sizes for words in encoder.vocabularies], hidden)


@torch.inference_mode()
def likelihoods(network: Network, encoded: Encoded, device: str, visible: NDArray[np.float32] | None = None) -> NDArray[np.float64]:
    """Negative log-likelihood of each cell, [rows, channels]; NaN where there is nothing to say."""
    n, channels = len(encoded), len(network.layout.groups)
    padding = -n % TILE
    numbers = torch.from_numpy(np.pad(encoded.numbers, ((0, padding), (0, 0), (0, 0))))
    codes = torch.from_numpy(np.pad(encoded.codes, ((0, padding), (0, 0), (0, 0))))
    seen = torch.from_numpy(np.pad(np.ones((n, channels), np.float32) if visible is None else visible, ((0, padding), (0, 0))))
    told = np.empty((n + padding, channels))
    with one_thread():
        for start in range(0, n, TILE):
            tile = [part[start : start + TILE].to(device) for part in (numbers, codes, seen)]
            told[start : start + TILE] = surprise(network(*tile), tile[0], tile[1]).cpu().numpy()
    return told[:n]
