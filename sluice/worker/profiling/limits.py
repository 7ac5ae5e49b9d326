"""Limit what a summary of rows keeps, and mix the values that decide by chance what is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

_SLICE = 2**16  # cells at a time


@dataclass(frozen=True, slots=True)
class Limits:
    """Limit what a summary of rows keeps; two summaries that are merged have the same limits.

    Attributes:
        sample: Number of rows of the sample; fewer rows are all kept.
        counted: Largest number of distinct values of a column that are counted one by one.
        hashes: Number of hashes from which more distinct values are estimated; their standard error is `1 / sqrt(hashes - 2)`.
        text: Characters of a text that are kept.
        top: Number of top values of a profile.
        patterns: Number of patterns of a profile.
    """

    sample: int = 8192
    counted: int = 1024
    hashes: int = 4096
    text: int = 100
    top: int = 20
    patterns: int = 10


LIMITS = Limits()


def least_hashes(hashes: pl.Series, count: int) -> pl.Series:
    """Return the distinct hashes that are among the least ones, in order.

    Hashes of distinct values are spread evenly, so that few of many need to be compared with one another.

    Args:
        hashes: Hashes of values, each as often as its value.
        count: Number of hashes to return; all where there are fewer.
    """
    share = _first_share(count, len(hashes))
    while True:
        chosen = (hashes if share >= 1 else hashes.filter(hashes <= int(share * 2**64))).unique()
        if len(chosen) >= count or share >= 1:
            return chosen.sort().head(count)
        share = min(share * 1.5 * count / max(len(chosen), 1), 1.0)


def least_hashes_of(cells: pl.Series, count: int) -> pl.Series:
    """Return the distinct hashes of cells that are among the least ones, in order; a few cells are hashed at a time, whose hashes stay in a core's cache.

    Args:
        cells: The cells.
        count: Number of hashes to return; all where there are fewer.
    """
    if (share := _first_share(count, len(cells))) < 1:
        hashed = (part.hash() for part in slices_of(cells))
        chosen = pl.concat([hashes.filter(hashes <= int(share * 2**64)) for hashes in hashed]).unique()
        if len(chosen) >= count:
            return chosen.alias("hash").sort().head(count)
    return least_hashes(cells.hash().alias("hash"), count)


def slices_of(cells: pl.Series) -> Iterator[pl.Series]:
    """Yield so many cells at a time as what is computed of them fits into a core's cache, so that it takes no memory that the system must clear first."""
    return (cells.slice(start, _SLICE) for start in range(0, len(cells), _SLICE))


def _first_share(count: int, hashes: int) -> float:
    return min(4 * count / max(hashes, 1), 1.0)
