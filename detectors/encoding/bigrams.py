"""Measure what a text is made of: how usual its pairs of bytes are, hashed into a bounded table of counts.

Mojibake, keyboard noise and texts of another language are made of pairs that accepted texts hardly hold, whatever their words are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detectors.encoding.text_hashes import encode_bytes, iter_chunks

BUCKETS = 4096
ONE = 65_536  # a logarithm of one, as it is added up
FACTOR = np.uint32(2_654_435_761)  # Knuth's multiplicative hash


@dataclass(frozen=True, slots=True, eq=False)
class BigramModel:
    """Hold how usual each hashed pair of bytes is.

    Attributes:
        logs: float32 [BUCKETS]: the logarithm of each one's share of all pairs.
    """

    logs: NDArray[np.float32]

    @classmethod
    def fit(cls, texts: pl.Series) -> BigramModel:
        """Count the pairs of accepted texts."""
        counts = sum((np.bincount(_pairs(part)[0], minlength=BUCKETS) for part in iter_chunks(texts)), np.full(BUCKETS, 0.5))
        return cls(np.log(counts / counts.sum()).astype(np.float32))

    def read(self, texts: pl.Series) -> pl.Series:
        """Return the mean logarithm over each text's pairs, Float64; null where the text is null or has none."""
        means = np.concatenate([np.empty(0), *(self._means(part) for part in iter_chunks(texts))])
        return pl.Series(texts.name, means, nan_to_null=True)

    def _means(self, texts: pl.Series) -> NDArray[np.float64]:
        buckets, counts = _pairs(texts)
        whole = np.rint(self.logs * ONE).astype(np.int64)  # whole numbers: sums of fractions would depend on a text's company
        sums, ends = np.append(0, np.cumsum(whole[buckets])), np.cumsum(counts)
        return np.where(counts > 0, (sums[ends] - sums[ends - counts]) / np.maximum(counts, 1) / ONE, np.nan)


def _pairs(texts: pl.Series) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the bucket of each pair of neighbouring bytes, and how many pairs each text has, [texts]."""
    spelling, lengths = encode_bytes(texts)
    wide = spelling.astype(np.uint32)
    pairs = (((wide[:-1] << np.uint32(8)) | wide[1:]) * FACTOR >> np.uint32(20)).astype(np.int64)
    last = np.cumsum(lengths)[lengths > 0][:-1] - 1  # a pair that reaches into the next text is none
    return np.delete(pairs, last) if len(pairs) else pairs, np.maximum(lengths - 1, 0)
