"""Hash texts to 64 bits, whole columns at once: a few vector operations a part, no loop over values.

Each text is read as 64-bit little-endian words; the words are mixed together with their places (the finaliser of SplitMix64: Steele, Lea
and Flood 2014), added up, and mixed once more with the length. It needs no seed and no library: every platform and version agrees.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

PART = 65_536  # texts that are hashed at once, so that what is in work stays in the cache
STEP = np.uint64(0x9E3779B97F4A7C15)  # 2^64 over the golden ratio, odd: places and lengths far apart


def hash_texts(texts: pl.Series) -> NDArray[np.uint64]:
    """Return uint64 [n]: the hash of each text; that of the empty text where it is null."""
    return np.concatenate([np.empty(0, np.uint64), *(_hashed(*encode_bytes(part)) for part in iter_chunks(texts))])


def iter_chunks(texts: pl.Series) -> Iterator[pl.Series]:
    """Return a column in pieces."""
    return (texts[start : start + PART] for start in range(0, len(texts), PART))


def encode_bytes(texts: pl.Series) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return the bytes of all texts in a row, and how many each has, int64 [n]; null has none."""
    joined = texts.str.join("").item() or ""
    return np.frombuffer(joined.encode(), np.uint8), texts.str.len_bytes().fill_null(0).to_numpy().astype(np.int64)


def _hashed(spelling: NDArray[np.uint8], lengths: NDArray[np.int64]) -> NDArray[np.uint64]:
    counts = -(-lengths // 8)
    ends = np.cumsum(counts)
    places = np.arange(counts.sum()) - np.repeat(ends - counts, counts)
    words = _words(spelling, np.repeat(np.cumsum(lengths) - lengths, counts) + 8 * places, np.repeat(lengths, counts) - 8 * places)
    sums = np.append(np.uint64(0), np.cumsum(_mixed(words + (places + 1).astype(np.uint64) * STEP)))  # what overflows is taken away again exactly
    return _mixed(sums[ends] - sums[ends - counts] + lengths.astype(np.uint64) * STEP)


def _words(spelling: NDArray[np.uint8], at: NDArray[np.int64], left: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Return the word at each place, without what lies beyond the `left` bytes of its text."""
    padded = np.append(spelling, np.zeros(8, np.uint8))
    every = np.ndarray((len(padded) - 7,), "<u8", padded, strides=(1,))  # the word at every byte
    return every[at].astype(np.uint64) << (8 * np.maximum(8 - left, 0)).astype(np.uint64)


def _mixed(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return words ^ (words >> np.uint64(31))
