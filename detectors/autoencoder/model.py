"""Score and explain rows by a trained autoencoder: encoder, network and pair counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
import torch
from numpy.typing import NDArray
from torch import Tensor

from detectors.autoencoder.attribution import CellAttribution, name_suspects
from detectors.autoencoder.category_pairs import CategoryPairs
from detectors.autoencoder.cell_surprise import CellSurprise
from detectors.autoencoder.expected_values import predict_values
from detectors.autoencoder.fitting import fine_tune
from detectors.autoencoder.missing_cells import describe_missing
from detectors.autoencoder.network import Layout, LeaveOneOutNetwork
from detectors.autoencoder.projection import Projection
from detectors.autoencoder.tiles import map_tiles
from detectors.autoencoder.training import BATCH
from detectors.encoding import EncodedRows, Encoder
from sluice.domain import ROW

VISITS = 2  # how often a row is learned from in an update
BOUND = 1e-3  # by which a score may be off on another device; whole floats are off by some 5e-5 at most, however far out a row is
CHUNK, WAVE = 65_536, 1_048_576  # rows encoded at once on a processor, and on a CUDA device


@dataclass(frozen=True, slots=True, eq=False)
class AutoencoderModel:
    """Scores a row by its most surprising cells: log10 of the sum of 1 / p over its channels, and over its pairs of categories.

    Attributes:
        encoder: Turns rows into tensors.
        surprises: What is said against a row.
        picture: Where a row lies in a picture.
        trim_fraction: The share of the rows that its scales are fitted without.
        device: Where to compute.
    """

    encoder: Encoder
    surprises: CellSurprise
    picture: Projection
    trim_fraction: float
    device: str

    @classmethod
    def of(
        cls, encoder: Encoder, network: LeaveOneOutNetwork, pairs: CategoryPairs, rarity: Tensor, rows: EncodedRows, trim_fraction: float, device: str
    ) -> AutoencoderModel:
        """Scale network and pairs on rows that they have not learned from, but for a share of them; `rarity` is what empty cells say."""
        return cls(encoder, CellSurprise.fit(network, pairs, rarity, rows, trim_fraction), Projection.fit(network, rows), trim_fraction, device)

    def score_rows(self, rows: pl.DataFrame) -> NDArray[np.float64]:
        """Return one number a row: about -log10 p of its worst cell; on another device the same within `score_tolerance`."""
        parts = (self._encoded(part) for part in rows.iter_slices(WAVE if self.device.startswith("cuda") else CHUNK)) if rows.height else [self._encoded(rows)]
        return torch.cat([map_tiles(part, self.surprises.row) for part in parts]).double().cpu().numpy()

    def explain(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the columns to blame, the worst first, what the worst was expected to be, and `how` it is odd where it is empty and hardly ever was."""
        encoded, blame, columns = self._encoded(rows), self._blame, self.encoder.columns
        surprise = blame.by_column(encoded)
        suspects = blame.suspects(encoded, surprise)
        likely = predict_values(self.encoder, self.surprises.network, encoded)
        values = [likely[columns[column]][row] for row, column in enumerate(suspects[:, 0])]
        odd = describe_missing(rows, blame.gone(encoded), columns)[np.arange(rows.height), suspects[:, 0]].tolist()
        schema = pl.Schema({"columns": pl.List(pl.String), "expected": pl.String(), "how": pl.String()})
        return pl.DataFrame({"columns": name_suspects(suspects, surprise, columns), "expected": values, "how": odd}, schema=schema)

    def explain_cells(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return one row a row and column: `_row_id`, `column`, its `surprise` (-log10 p), the value `expected` as text or null, and `how` as in `explain`.

        What surprises only beside the cell to blame does not surprise.
        """
        encoded, columns, blame = self._encoded(rows), self.encoder.columns, self._blame
        surprise, likely = blame.settled(encoded), predict_values(self.encoder, self.surprises.network, encoded)
        values = np.stack([likely[column] for column in columns], axis=1).ravel().tolist()
        ids = pl.Series(ROW, np.repeat(rows[ROW].to_numpy(), len(columns)), dtype=pl.String)
        names = pl.Series("column", list(columns) * rows.height, dtype=pl.String)
        odd = pl.Series("how", describe_missing(rows, blame.gone(encoded), columns).ravel().tolist(), dtype=pl.String)
        return pl.DataFrame([ids, names, pl.Series("surprise", surprise.ravel(), dtype=pl.Float64), pl.Series("expected", values, dtype=pl.String), odd])

    def project(self, rows: pl.DataFrame) -> NDArray[np.float64]:
        """Return [rows, 2]: where a row lies in the plane in which what the network holds of clean rows differs most."""
        return self.picture(self.surprises.network, self._encoded(rows))

    def partial_fit(self, rows: pl.DataFrame, seed: int) -> AutoencoderModel:
        """Return the model after its network has learned on from rows; its scales must be fitted anew with `rescale`. Pairs wait for the next whole fit."""
        encoded = self._encoded(rows)
        if not len(encoded):
            return self
        network = fine_tune(self.surprises.network, encoded, steps=max(VISITS * len(encoded) // BATCH, 1), seed=seed)
        return replace(self, surprises=replace(self.surprises, network=network))

    def rescale(self, rows: pl.DataFrame) -> AutoencoderModel:
        """Return the model with its scales fitted on these rows; its picture stays, so that points can be compared."""
        surprises = self.surprises
        return replace(self, surprises=CellSurprise.fit(surprises.network, surprises.pairs, surprises.rarity, self._encoded(rows), self.trim_fraction))

    @property
    def score_tolerance(self) -> float:
        """Return by how much a score may be off where another device computes it."""
        return BOUND

    @property
    def _blame(self) -> CellAttribution:
        return CellAttribution.of(self.surprises, self.encoder)

    def _encoded(self, rows: pl.DataFrame) -> EncodedRows:
        return self.encoder.encode(rows, self.device)

    def pack(self) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
        """Return arrays and as JSON."""
        (arrays, meta), (more, ordered) = self.encoder.pack(), self.surprises.pack()
        return {**arrays, **more, **self.picture.pack()}, {**meta, **ordered, "trim": self.trim_fraction}

    @classmethod
    def unpack(cls, arrays: Mapping[str, NDArray[Any]], meta: Mapping[str, Any], device: str) -> AutoencoderModel:
        """Restore what `pack` returned."""
        encoder = Encoder.unpack(arrays, meta)
        network = LeaveOneOutNetwork(make_layout(encoder, int(meta["hidden"])), torch.Generator()).to(device)
        return cls(encoder, CellSurprise.unpack(arrays, meta, network), Projection.unpack(arrays), float(meta["trim"]), device)


def make_layout(encoder: Encoder, hidden: int) -> Layout:
    """Return the network's shape for an encoder's channels."""
    return Layout(encoder.groups.tolist(), len(encoder.grids), [words.sizes for words in encoder.vocabularies], hidden)
