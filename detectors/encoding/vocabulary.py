"""Encode categories of any cardinality: known values by a 64-bit hash that no platform or version changes, and two bounded codes each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detectors.encoding.text_hashes import hash_texts
from detectors.features.column_features import NULL

CODES = 256  # the most codes of a category; values beyond it share codes, but hardly ever both of their two
MAX_VALUES = 200_000  # the most values of a category that are remembered; rarer ones count as unknown
UNKNOWN, EMPTY = -1, -2  # places of a value that is not among the known ones, and of null where null is not
NAMED = 2_000  # the most that are remembered by name, so that they can be told as expected


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Hold a category's known values, the most frequent first.

    Attributes:
        keys: uint64 [n]: their hashes.
        counts: int64 [n]: how often each came.
        names: The first of them by name.
    """

    keys: NDArray[np.uint64]
    counts: NDArray[np.int64]
    names: tuple[str, ...]

    @classmethod
    def fit(cls, values: pl.Series) -> Vocabulary:
        """Remember the values that came more than once."""
        counted = (
            values.drop_nulls().alias("value").value_counts().filter(pl.col("count") > 1).sort(["count", "value"], descending=[True, False]).head(MAX_VALUES)
        )
        return cls(hash_texts(counted["value"]), counted["count"].to_numpy().astype(np.int64), tuple(counted["value"].head(NAMED)))

    def __len__(self) -> int:
        """Return how many values are known."""
        return len(self.keys)

    @property
    def sizes(self) -> tuple[int, int]:
        """Return how many first and second codes there are."""
        return (CODES, CODES) if len(self) > CODES else (max(len(self), 1), 1)

    @cached_property
    def codes(self) -> NDArray[np.int64]:
        """Return int64 [n, 2]: the two codes of each known value."""
        if len(self) <= CODES:
            return np.stack([np.arange(len(self)), np.zeros(len(self))], axis=-1).astype(np.int64)
        low, high = self.keys & np.uint64(0xFFFFFFFF), self.keys >> np.uint64(32)
        return np.stack([low % CODES, high % CODES], axis=-1).astype(np.int64)

    def places(self, values: pl.Series) -> NDArray[np.int64]:
        """Return each value's place among the known ones, [n]; UNKNOWN or EMPTY where it is none of them."""
        keys = hash_texts(values.fill_null(NULL))
        others = np.where(keys == _NULL, EMPTY, UNKNOWN)
        if not len(self):
            return others
        at = np.searchsorted(self._sorted, keys).clip(max=len(self) - 1)
        return np.where(self._sorted[at] == keys, self._order[at], others)

    @cached_property
    def _order(self) -> NDArray[np.int64]:
        return np.argsort(self.keys, kind="stable")

    @cached_property
    def _sorted(self) -> NDArray[np.uint64]:
        return self.keys[self._order]


_NULL = hash_texts(pl.Series([NULL]))[0]
