"""What a text is made of: how usual its pairs of bytes are, hashed into a bounded table of counts.

Mojibake, keyboard noise and texts of another language are made of pairs that accepted texts hardly hold, whatever their words are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

BUCKETS = 4096
FACTOR = np.uint32(2_654_435_761)  # Knuth's multiplicative hash


@dataclass(frozen=True, slots=True, eq=False)
class Texture:
    """How usual each hashed pair of bytes is.

    Attributes:
        logs: float32 [BUCKETS]: the logarithm of each one's share of all pairs.
    """

    logs: NDArray[np.float32]

    @classmethod
    def fit(cls, texts: pl.Series) -> Texture:
        """Count the pairs of accepted texts."""
        buckets, _ = _pairs(texts.drop_nulls())
        counts = np.bincount(buckets, minlength=BUCKETS) + 0.5
        return cls(np.log(counts / counts.sum()).astype(np.float32))

    def read(self, texts: pl.Series) -> pl.Series:
        """The mean logarithm over each text's pairs, Float64; null where the text is null or has none."""
        buckets, ends = _pairs(texts)
        sums = np.concatenate([[0.0], np.cumsum(self.logs[buckets], dtype=np.float64)])
        starts = np.concatenate([[0], ends[:-1]])
        means = (sums[ends] - sums[starts]) / np.maximum(ends - starts, 1)
        return pl.Series(texts.name, np.round(np.where(ends > starts, means, np.nan), 6), nan_to_null=True)  # rounded: a cumulated sum depends on its company


def _pairs(texts: pl.Series) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The bucket of each pair of neighbouring bytes, and where each text's pairs end, [texts]."""
    lengths = texts.str.len_bytes().fill_null(0).to_numpy().astype(np.int64)
    joined = np.frombuffer("".join(texts.fill_null("")).encode(), np.uint8).astype(np.uint32)
    pairs = (((joined[:-1] << np.uint32(8)) | joined[1:]) * FACTOR >> np.uint32(20)).astype(np.int64)
    last = np.cumsum(lengths)[lengths > 0][:-1] - 1  # a pair that reaches into the next text is none
    return np.delete(pairs, last) if len(pairs) else pairs, np.cumsum(np.maximum(lengths - 1, 0))
