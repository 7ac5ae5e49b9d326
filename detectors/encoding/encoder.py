"""Encode rows as tensors, with what was learned of each channel of a dataset."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import polars as pl
import torch
from numpy.typing import NDArray
from torch import Tensor

from detectors.encoding.bigrams import BigramModel
from detectors.encoding.numeric_scales import INFINITY, QuantileScale, ScaleName
from detectors.encoding.vocabulary import Vocabulary
from detectors.features.column_features import ColumnFeature, derive_features, read_feature
from sluice.domain import Schema

SCALES: tuple[ScaleName, ...] = ("rank", "log")  # that the network looks at
CHUNK = 16_384  # rows whose numbers are encoded at once: a whole table would need its memory twice
WAVE = 1_048_576  # the same on a device, where every step costs its launch


@dataclass(frozen=True, slots=True, eq=False)
class EncodedRows:
    """Hold rows as tensors on one device; the last dimension is the row, so that a channel lies together.

    Attributes:
        numbers: float32 [2, numeric channels, rows]: Gaussian rank, and standardised logarithm; NaN where null.
        codes: int64 [2, categorical channels, rows]: two codes a value; -1 where the value was never seen.
        values: int64 [categorical channels, rows]: the value's place in its vocabulary; UNKNOWN where it was never seen, EMPTY where it is a null such
            as was never seen.
    """

    numbers: Tensor
    codes: Tensor
    values: Tensor

    def __getitem__(self, rows: slice | Tensor) -> EncodedRows:
        """Select some of the rows."""
        return EncodedRows(self.numbers[..., rows], self.codes[..., rows], self.values[..., rows])

    def __len__(self) -> int:
        """Return the number of rows."""
        return self.numbers.shape[-1]


@dataclass(frozen=True, slots=True, eq=False)
class Encoder:
    """Hold all channels of a dataset with what was learned of each; numeric channels come first."""

    channels: tuple[ColumnFeature, ...]
    grids: tuple[QuantileScale, ...]
    vocabularies: tuple[Vocabulary, ...]
    textures: Mapping[str, BigramModel]

    @classmethod
    def fit(cls, rows: pl.DataFrame, names: Sequence[str], schema: Schema) -> Encoder:
        """Learn the channels of the named columns from accepted rows."""
        channels = derive_features(rows, names, schema)
        textures = {channel.column: BigramModel.fit(read_feature(rows, channel)) for channel in channels if channel.kind == "texture"}
        grids = tuple(QuantileScale.fit(_finite_values(_number(rows, channel, textures))) for channel in channels if channel.numeric)
        return cls(channels, grids, tuple(Vocabulary.fit(read_feature(rows, channel)) for channel in channels if not channel.numeric), textures)

    def encode(self, rows: pl.DataFrame, device: str = "cpu") -> EncodedRows:
        """Return rows to tensors; columns that are lacking count as null, others are not looked at."""
        split, n, size = len(self.grids), rows.height, CHUNK if device == "cpu" else WAVE
        numbers = torch.empty((2, split, n), device=device)
        for start in range(0, n, size):
            for i, values in enumerate(self._numbers(rows[start : start + size], device)):
                for k, scale in enumerate(SCALES):
                    numbers[k, i, start : start + size] = self.grids[i].encode(values, scale)
        places = [torch.from_numpy(codes) for codes in self.places(rows)]
        stacked = torch.stack(places).to(device) if places else torch.zeros((0, n), dtype=torch.int64, device=device)
        return EncodedRows(numbers, self._codes(stacked), stacked)

    def places(self, rows: pl.DataFrame) -> list[NDArray[np.int64]]:
        """Return the categorical channels as places in their vocabularies, int64 [rows] each; negative where a value is unknown."""
        named = zip(self.channels[len(self.grids) :], self.vocabularies, strict=True)
        return [words.places(read_feature(rows, channel)) for channel, words in named]

    def scaled(self, rows: pl.DataFrame, scale: ScaleName, device: str = "cpu") -> Tensor:
        """Return the numeric channels on one scale, float32 [numeric channels, rows]; NaN where null."""
        numbers = torch.empty((len(self.grids), rows.height), device=device)
        for i, values in enumerate(self._numbers(rows, device)):
            numbers[i] = self.grids[i].encode(values, scale)
        return numbers

    def _numbers(self, rows: pl.DataFrame, device: str) -> Iterator[Tensor]:
        """Return the numeric channels as they are, float64 [rows] each; one at a time, since all would be twice the encoded table."""
        return (torch.from_numpy(to_finite(_number(rows, channel, self.textures))).to(device) for channel in self.channels[: len(self.grids)])

    def _codes(self, places: Tensor) -> Tensor:
        encoded = torch.full((2, *places.shape), -1, dtype=torch.int64, device=places.device)
        for i, words in enumerate(self.vocabularies):
            if len(words):
                codes = torch.from_numpy(words.codes).to(places.device)
                encoded[:, i] = torch.where(places[i] >= 0, codes[places[i].clamp(min=0)].T, -1)
        return encoded

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns that have a channel, each once."""
        return tuple(dict.fromkeys(channel.column for channel in self.channels))

    @property
    def groups(self) -> NDArray[np.int64]:
        """Return int64 [channels]: the place in `columns` of each channel's column."""
        return np.array([self.columns.index(channel.column) for channel in self.channels], np.int64)

    def pack(self) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
        """Return arrays and as JSON."""
        arrays = {f"grid.{i}.{name}": getattr(grid, name) for i, grid in enumerate(self.grids) for name in ("nodes", "ranks", "moments")}
        arrays |= {f"words.{i}.{name}": getattr(words, name) for i, words in enumerate(self.vocabularies) for name in ("keys", "counts")}
        arrays |= {f"texture.{column}": texture.logs for column, texture in self.textures.items()}
        return arrays, {"channels": [asdict(channel) for channel in self.channels], "names": [list(words.names) for words in self.vocabularies]}

    @classmethod
    def unpack(cls, arrays: Mapping[str, NDArray[Any]], meta: Mapping[str, Any]) -> Encoder:
        """Restore what `pack` returned."""
        channels = tuple(ColumnFeature(**item) for item in meta["channels"])
        grids = tuple(
            QuantileScale(*(arrays[f"grid.{i}.{name}"] for name in ("nodes", "ranks", "moments"))) for i in range(sum(item.numeric for item in channels))
        )
        words = tuple(Vocabulary(arrays[f"words.{i}.keys"], arrays[f"words.{i}.counts"], tuple(names)) for i, names in enumerate(meta["names"]))
        textures = {channel.column: BigramModel(arrays[f"texture.{channel.column}"]) for channel in channels if channel.kind == "texture"}
        return cls(channels, grids, words, textures)


def _number(rows: pl.DataFrame, channel: ColumnFeature, textures: Mapping[str, BigramModel]) -> pl.Series:
    return textures[channel.column].read(read_feature(rows, channel)) if channel.kind == "texture" else read_feature(rows, channel)


def _finite_values(values: pl.Series) -> NDArray[np.float64]:
    """Return what a scale is learned from: infinity is no measurement, and would stretch every scale."""
    return to_finite(values.filter(values.is_finite()))


def to_finite(values: pl.Series) -> NDArray[np.float64]:
    """Return a Float64 series as an array: NaN where null, and a very large number for infinity."""
    array = values.to_numpy()
    if array.size and not (np.abs(array) <= INFINITY).all():
        array = np.clip(array, -INFINITY, INFINITY)
    return np.require(array, np.float64, ["C", "W"])
