"""Turn rows into features that a bottleneck can reconstruct: a number is its Gaussian rank, a category's value a fixed random point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
import torch
from numpy.typing import NDArray
from torch import Tensor

from detectors.encoding import CODES, Encoder
from detectors.features.column_features import NULL

WIDTH = 4  # features of a categorical channel
DRAWN = 20  # seeds the points, which are the same in every model


@dataclass(frozen=True, slots=True, eq=False)
class CategoryPoints:
    """Encode categories as fixed random points.

    Attributes:
        encoder: Of the rows.
        tables: float32 [2, CODES, WIDTH]: the point of each first and of each second code; a value's is their sum.
    """

    encoder: Encoder
    tables: Tensor

    @classmethod
    def of(cls, encoder: Encoder) -> CategoryPoints:
        """Draw the points."""
        return cls(encoder, torch.randn(2, CODES, WIDTH, generator=torch.Generator().manual_seed(DRAWN)) / WIDTH**0.5)

    def __call__(self, rows: pl.DataFrame, device: str) -> Tensor:
        """Return rows to float32 [features, rows]; NaN where a number is null or a value was never seen."""
        if not self.encoder.vocabularies:
            return self.encoder.scaled(rows, "rank", device)
        encoded = self.encoder.encode(rows, device)
        return torch.cat([encoded.numbers[0], *(self._placed(codes).T for codes in encoded.codes.unbind(1))])

    def _placed(self, codes: Tensor) -> Tensor:
        """Return [rows, WIDTH]: the points of codes [2, rows]."""
        first, second = self.tables.to(codes.device)
        return torch.where(codes[0, :, None] >= 0, first[codes[0].clamp(min=0)] + second[codes[1].clamp(min=0)], torch.nan)

    def by_channel(self, squares: Tensor) -> Tensor:
        """Return [features, rows] to [channels, rows]: the sum over each channel's features."""
        split = len(self.encoder.grids)
        if split == len(squares):
            return squares
        return torch.cat([squares[:split], squares[split:].view(-1, WIDTH, squares.shape[1]).sum(1)])

    def values(self, features: Tensor) -> Mapping[str, Sequence[str | None]]:
        """Return by column the value that lies nearest to where features [features, rows] point; columns whose channels tell no value are left out."""
        split, texts = len(self.encoder.grids), dict[str, Sequence[str | None]]()
        for i, channel in enumerate(self.encoder.channels):
            if channel.kind == "number":
                texts[channel.column] = [f"{self.encoder.grids[i].decode(value):.6g}" for value in features[i].tolist()]
            elif channel.kind == "category" and self.encoder.vocabularies[i - split].names:
                at = split + (i - split) * WIDTH
                texts[channel.column] = self._nearest(features[at : at + WIDTH].T, i - split)
        return texts

    def _nearest(self, points: Tensor, i: int) -> Sequence[str | None]:
        words = self.encoder.vocabularies[i]
        named = self._placed(torch.from_numpy(words.codes[: len(words.names)]).T.to(points.device))
        nearest = (named @ points.T - named.square().sum(1, keepdim=True) / 2).argmax(0)
        return [None if words.names[at] == NULL else words.names[at] for at in nearest.tolist()]

    def pack(self) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
        """Return arrays and as JSON."""
        arrays, meta = self.encoder.pack()
        return {**arrays, "points": self.tables.numpy()}, meta

    @classmethod
    def unpack(cls, arrays: Mapping[str, NDArray[Any]], meta: Mapping[str, Any]) -> CategoryPoints:
        """Restore what `pack` returned."""
        return cls(Encoder.unpack(arrays, meta), torch.from_numpy(np.array(arrays["points"])))
