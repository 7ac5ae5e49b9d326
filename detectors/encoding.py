"""Turns rows into arrays: numbers on a Gaussian scale, categories as bounded codes; fitted on accepted rows, then one row at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtri

from detectors.channels import Channel, channels_of, read
from sluice.domain import Schema

NODES = 512  # quantiles kept of a number
CODES = 256  # the most codes of a category; values beyond it share codes, but never both of their two
VALUES = 20_000  # the most values of a category that are remembered; rarer ones count as unknown
FAR = 1e18  # stands for infinity


@dataclass(frozen=True, slots=True, eq=False)
class Encoded:
    """Rows as arrays: one row a row, one column a channel.

    Attributes:
        numbers: float32 [rows, numeric channels, 2]: Gaussian rank, and standardised logarithm; NaN where null.
        codes: int64 [rows, categorical channels, 2]: two codes a value; -1 where the value was never seen.
    """

    numbers: NDArray[np.float32]
    codes: NDArray[np.int64]

    def __getitem__(self, rows: slice | NDArray[np.int64]) -> Encoded:
        """Some of the rows."""
        return Encoded(self.numbers[rows], self.codes[rows])

    def __len__(self) -> int:
        """The number of rows."""
        return len(self.numbers)


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """A number's quantiles: maps values to Gaussian ranks with linear tails, and back.

    Attributes:
        nodes: float64 [n]: distinct values, growing.
        ranks: float64 [n]: their mid-ranks in (0, 1).
        center: Median and spread of the signed logarithm.
    """

    nodes: NDArray[np.float64]
    ranks: NDArray[np.float64]
    center: NDArray[np.float64]

    @classmethod
    def fit(cls, values: NDArray[np.float64]) -> Grid:
        """Learn from values without NaN, at least one."""
        quantiles = np.quantile(values, np.linspace(0, 1, NODES), method="inverted_cdf")
        nodes, first, counts = np.unique(quantiles, return_index=True, return_counts=True)
        ranks = (first + (counts - 1) / 2 + 0.5) / NODES
        logs = _log(values)
        low, middle, high = np.quantile(logs, [0.05, 0.5, 0.95])
        return cls(nodes, ranks, np.array([middle, max((high - low) / 3.29, 1e-3)]))

    def encode(self, values: NDArray[np.float64]) -> NDArray[np.float32]:
        """Values to [n, 2]: rank and logarithm."""
        low, high = self.nodes[0], self.nodes[-1]
        reach = max(high - low, 1e-9 * max(abs(high), 1.0))
        inside = np.clip(ndtri(np.interp(values, self.nodes, self.ranks)), -3, 3)
        beyond = 4 * np.clip((values - high) / reach, 0, 5) - 4 * np.clip((low - values) / reach, 0, 5)
        logs = np.clip((_log(values) - self.center[0]) / self.center[1], -8, 8)
        return np.stack([inside + beyond, logs], axis=-1).astype(np.float32)

    def decode(self, rank: float) -> float:
        """The value of a Gaussian rank."""
        from scipy.special import ndtr

        return float(np.interp(ndtr(rank), self.ranks, self.nodes))


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """A category's known values, the most frequent first, each with two codes that no platform or version changes."""

    values: tuple[str, ...]
    counts: tuple[int, ...]

    @classmethod
    def fit(cls, values: pl.Series) -> Vocabulary:
        """Remember the values that came more than once."""
        counted = values.drop_nulls().alias("value").value_counts().filter(pl.col("count") > 1).sort(["count", "value"], descending=[True, False]).head(VALUES)
        return cls(tuple(counted["value"]), tuple(counted["count"]))

    @property
    def sizes(self) -> tuple[int, int]:
        """How many first and second codes there are."""
        return (CODES, CODES) if len(self.values) > CODES else (max(len(self.values), 1), 1)

    @property
    def codes(self) -> NDArray[np.int64]:
        """int64 [values, 2]."""
        if len(self.values) <= CODES:
            return np.stack([np.arange(len(self.values)), np.zeros(len(self.values), np.int64)], axis=-1).astype(np.int64)
        return np.array([_hashed(value) for value in self.values], np.int64)

    def encode(self, values: pl.Series) -> NDArray[np.int64]:
        """Values to [n, 2]."""
        if not self.values:
            return np.full((len(values), 2), -1, np.int64)
        place = values.replace_strict(list(self.values), list(range(len(self.values))), default=-1, return_dtype=pl.Int64).fill_null(-1).to_numpy()
        return np.where(place[:, None] >= 0, self.codes[place], -1)


@dataclass(frozen=True, slots=True, eq=False)
class Encoder:
    """All channels of a dataset with what was learned of each; numeric channels come first."""

    channels: tuple[Channel, ...]
    grids: tuple[Grid, ...]
    vocabularies: tuple[Vocabulary, ...]

    @classmethod
    def fit(cls, rows: pl.DataFrame, names: Sequence[str], schema: Schema) -> Encoder:
        """Learn the channels of the named columns from accepted rows."""
        channels = channels_of(rows, names, schema)
        grids = tuple(Grid.fit(finite(read(rows, channel).drop_nulls())) for channel in channels if channel.numeric)
        return cls(channels, grids, tuple(Vocabulary.fit(read(rows, channel)) for channel in channels if not channel.numeric))

    def encode(self, rows: pl.DataFrame) -> Encoded:
        """Rows to arrays; columns that are lacking count as null, others are not looked at."""
        n, split = rows.height, len(self.grids)
        numbers = [grid.encode(finite(read(rows, channel))) for channel, grid in zip(self.channels[:split], self.grids, strict=True)]
        codes = [words.encode(read(rows, channel)) for channel, words in zip(self.channels[split:], self.vocabularies, strict=True)]
        return Encoded(
            np.stack(numbers, 1) if numbers else np.zeros((n, 0, 2), np.float32),
            np.stack(codes, 1) if codes else np.zeros((n, 0, 2), np.int64),
        )

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that have a channel, each once."""
        return tuple(dict.fromkeys(channel.column for channel in self.channels))

    @property
    def groups(self) -> NDArray[np.int64]:
        """int64 [channels]: the place in `columns` of each channel's column."""
        return np.array([self.columns.index(channel.column) for channel in self.channels], np.int64)

    def pack(self) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
        """As arrays and as JSON."""
        arrays = {f"grid.{i}.{name}": getattr(grid, name) for i, grid in enumerate(self.grids) for name in ("nodes", "ranks", "center")}
        words = [{"values": list(each.values), "counts": list(each.counts)} for each in self.vocabularies]
        return arrays, {"channels": [asdict(channel) for channel in self.channels], "vocabularies": words}

    @classmethod
    def unpack(cls, arrays: Mapping[str, NDArray[Any]], meta: Mapping[str, Any]) -> Encoder:
        """What `pack` gave."""
        channels = tuple(Channel(**each) for each in meta["channels"])
        numeric = sum(channel.numeric for channel in channels)
        grids = tuple(Grid(*(arrays[f"grid.{i}.{name}"] for name in ("nodes", "ranks", "center"))) for i in range(numeric))
        return cls(channels, grids, tuple(Vocabulary(tuple(each["values"]), tuple(each["counts"])) for each in meta["vocabularies"]))


def finite(values: pl.Series) -> NDArray[np.float64]:
    """A Float64 series as an array: NaN where null, and a very large number for infinity."""
    return np.asarray(np.clip(values.to_numpy().astype(np.float64), -FAR, FAR))


def _log(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.sign(values) * np.log1p(np.abs(values)))


def _hashed(value: str) -> tuple[int, int]:
    digest = hashlib.blake2b(value.encode(), digest_size=8).digest()
    return int.from_bytes(digest[:4], "little") % CODES, int.from_bytes(digest[4:], "little") % CODES
