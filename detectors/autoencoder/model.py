"""The trained model: encoder, network, pair counts and their scales; scores rows in fixed tiles and blames cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
import torch
from numpy.typing import NDArray

from detectors.autoencoder.expected import expected
from detectors.autoencoder.fitting import refit
from detectors.autoencoder.network import Layout, Network, Prediction, surprise
from detectors.autoencoder.pairs import Pairs, likeliest
from detectors.autoencoder.scale import CellScale
from detectors.autoencoder.training import BATCH, one_thread
from detectors.encoding import Encoded, Encoder
from sluice.domain import ROW

TILE = 1024  # rows computed at once, padded to it: a row's score is then the same to the last bit in any company
SUSPECTS = 4  # columns that are tried for the blame
VISITS = 2  # how often a row is learned from in an update


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """Scores a row by its most surprising cells: log10 of the sum of 1 / p over its channels, and over its pairs of categories.

    Attributes:
        encoder: Turns rows into tensors.
        network: Predicts each cell from the others.
        pairs: Which categories go together.
        cells: The scale of the network's surprise, by channel.
        beside: The scale of the evidence, by ordered pair.
        calibrated: How many rows the scales were fitted on.
        device: Where to compute.
    """

    encoder: Encoder
    network: Network
    pairs: Pairs
    cells_scale: CellScale
    pairs_scale: CellScale
    calibrated: int
    device: str

    @classmethod
    def of(cls, encoder: Encoder, network: Network, pairs: Pairs, rows: pl.DataFrame, device: str) -> Model:
        """Scale network and pairs on rows that they have not learned from."""
        encoded = encoder.encode(rows, device)
        cells = CellScale.fit(likelihoods(network, encoded), len(encoder.grids))
        evidence = pairs.evidence(encoded.values).double().cpu().numpy()
        return cls(encoder, network, pairs, cells, CellScale.fit(evidence, evidence.shape[1]), len(encoded), device)

    def scores(self, rows: pl.DataFrame) -> NDArray[np.float64]:
        """One number a row: about -log10 p of its worst cell."""
        return np.asarray(np.log10((10 ** self.surprises(self._encoded(rows))).sum(axis=1)))

    def surprises(self, encoded: Encoded, visible: NDArray[np.float32] | None = None) -> NDArray[np.float64]:
        """[rows, channels and ordered pairs] of calibrated surprise; `visible` [rows, channels] is 0 where a cell must not be looked at."""
        told = self.cells_scale(likelihoods(self.network, encoded, visible))
        evidence = self.pairs.evidence(encoded.values).double().cpu().numpy()
        beside = np.minimum(self.pairs_scale(evidence), likeliest(np.nan_to_num(evidence), self.calibrated)) * (np.nan_to_num(evidence) > 0)
        return np.concatenate([told, beside], axis=1)

    @property
    def told(self) -> NDArray[np.int64]:
        """int64 [channels and ordered pairs]: the place in `encoder.columns` of the column that each speaks of."""
        return np.concatenate([self.encoder.groups, self._of([b for _, b, _ in self.pairs.ordered])])

    @property
    def given(self) -> NDArray[np.int64]:
        """The same of the column beside it that an ordered pair looks at; a channel's own column."""
        return np.concatenate([self.encoder.groups, self._of([a for a, _, _ in self.pairs.ordered])])

    def _of(self, categories: list[int]) -> NDArray[np.int64]:
        return self.encoder.groups[np.array(categories, np.int64) + len(self.encoder.grids)] if categories else np.empty(0, np.int64)

    def by_column(self, surprises: NDArray[np.float64]) -> NDArray[np.float64]:
        """[rows, columns]: the worst surprise that speaks of each column."""
        told = self.told
        return np.stack([surprises[:, told == group].max(axis=1) for group in range(len(self.encoder.columns))], axis=1)

    def explain(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The columns to blame and what the worst was expected to be.

        A wrong cell also makes its neighbours look strange. So each of the most surprising columns is hidden in turn, and the
        one without which the others look least strange is blamed first.
        """
        encoded = self._encoded(rows)
        columns = self.by_column(self.surprises(encoded))
        suspects = np.argsort(-columns, axis=1, kind="stable")[:, :SUSPECTS]
        left = np.stack([self._left(encoded, suspects[:, i]) for i in range(suspects.shape[1])], axis=1)
        suspects = np.take_along_axis(suspects, np.argsort(left, axis=1, kind="stable"), axis=1)
        worst = np.take_along_axis(columns, suspects, axis=1)
        blamed = [[self.encoder.columns[c] for c, how in zip(row, of, strict=True) if how > 1 or c == row[0]] for row, of in zip(suspects, worst, strict=True)]
        prediction = self._predict(encoded)
        told = [expected(self.encoder, prediction, i, self.encoder.columns[row[0]]) for i, row in enumerate(suspects)]
        return pl.DataFrame({"columns": blamed, "expected": told}, schema={"columns": pl.List(pl.String), "expected": pl.String})

    def cells(self, rows: pl.DataFrame) -> pl.DataFrame:
        """One row a row and column: `_row_id`, `column`, its `surprise` (-log10 p) and the value `expected`, as text or null."""
        encoded = self._encoded(rows)
        columns, prediction = self.by_column(self.surprises(encoded)), self._predict(encoded)
        told = [expected(self.encoder, prediction, i, name) for i in range(rows.height) for name in self.encoder.columns]
        names = pl.Series("column", list(self.encoder.columns) * rows.height, dtype=pl.String)
        ids = pl.Series(ROW, np.repeat(rows[ROW].to_numpy(), len(self.encoder.columns)), dtype=pl.String)
        return pl.DataFrame([ids, names, pl.Series("surprise", columns.reshape(-1)), pl.Series("expected", told, dtype=pl.String)])

    @torch.inference_mode()
    def latent(self, rows: pl.DataFrame) -> NDArray[np.float64]:
        """[rows, hidden units]: what the network holds of each row before it predicts its cells."""
        encoded = self._encoded(rows)
        with one_thread():
            return self.network.hidden(encoded.numbers, encoded.codes).double().cpu().numpy()

    def updated(self, rows: pl.DataFrame, seed: int) -> Model:
        """The model after it has learned on from rows; its scales must be fitted anew with `rescaled`."""
        encoded = self._encoded(rows)
        steps = max(VISITS * len(encoded) // BATCH, 1)
        return replace(self, network=refit(self.network, encoded, steps=steps, seed=seed)) if len(encoded) else self

    def rescaled(self, rows: pl.DataFrame) -> Model:
        """The model with its scales fitted on these rows."""
        return Model.of(self.encoder, self.network, self.pairs, rows, self.device)

    def _encoded(self, rows: pl.DataFrame) -> Encoded:
        return self.encoder.encode(rows, self.device)

    def _left(self, encoded: Encoded, hidden: NDArray[np.int64]) -> NDArray[np.float64]:
        """How strange the other columns look, [rows], once the given column of each row is hidden."""
        own = (self.told[None, :] == hidden[:, None]) | (self.given[None, :] == hidden[:, None])
        visible = (~own[:, : len(self.encoder.channels)]).astype(np.float32)
        others = np.where(own, 0.0, self.surprises(encoded, visible))
        return np.asarray(np.clip(others - 1, 0, 6).sum(axis=1))

    @torch.inference_mode()
    def _predict(self, encoded: Encoded) -> Prediction:
        with one_thread():
            return self.network(encoded.numbers, encoded.codes)  # type: ignore[no-any-return]  # a module's call is untyped

    def pack(self) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
        """As arrays and as JSON."""
        (arrays, meta), (counts, ordered) = self.encoder.pack(), self.pairs.pack()
        weights = {f"network.{name}": tensor.cpu().numpy() for name, tensor in self.network.state_dict().items()}
        scales = {**self.cells_scale.pack("cells"), **self.pairs_scale.pack("beside")}
        return {**arrays, **counts, **weights, **scales}, {**meta, **ordered, "hidden": self.network.layout.hidden, "calibrated": self.calibrated}

    @classmethod
    def unpack(cls, arrays: Mapping[str, NDArray[Any]], meta: Mapping[str, Any], device: str) -> Model:
        """What `pack` gave."""
        encoder, pairs = Encoder.unpack(arrays, meta), Pairs.unpack(arrays, meta)
        network = Network(layout_of(encoder, int(meta["hidden"])), torch.Generator())
        prefix = "network."
        network.load_state_dict({name.removeprefix(prefix): torch.from_numpy(array.copy()) for name, array in arrays.items() if name.startswith(prefix)})
        cells, beside = CellScale.unpack(arrays, "cells", len(encoder.grids)), CellScale.unpack(arrays, "beside", len(pairs.ordered))
        return cls(encoder, network.to(device).eval(), pairs, cells, beside, int(meta["calibrated"]), device)


def layout_of(encoder: Encoder, hidden: int) -> Layout:
    """The network's shape for an encoder's channels."""
    return Layout(encoder.groups.tolist(), len(encoder.grids), [words.sizes for words in encoder.vocabularies], hidden)


@torch.inference_mode()
def likelihoods(network: Network, encoded: Encoded, visible: NDArray[np.float32] | None = None) -> NDArray[np.float64]:
    """Negative log-likelihood of each cell, [rows, channels]; NaN where there is nothing to say."""
    n, channels, device = len(encoded), len(network.layout.groups), encoded.numbers.device
    padding = -n % TILE
    numbers, codes = _padded(encoded.numbers, padding), _padded(encoded.codes, padding)
    seen = None if visible is None else _padded(torch.from_numpy(visible).to(device), padding)
    told = torch.empty((n + padding, channels), device=device)
    with one_thread():
        for start in range(0, n, TILE):
            tile = slice(start, start + TILE)
            told[tile] = surprise(network(numbers[tile], codes[tile], None if seen is None else seen[tile]), numbers[tile], codes[tile])
    return told[:n].double().cpu().numpy()


def _padded(rows: torch.Tensor, padding: int) -> torch.Tensor:
    return torch.cat([rows, rows.new_zeros((padding, *rows.shape[1:]))]) if padding else rows
