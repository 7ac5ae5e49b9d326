"""Limit what a summary of rows keeps, and mix the values that decide by chance what is kept."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl


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
    share = min(4 * count / max(len(hashes), 1), 1.0)
    while True:
        chosen = (hashes if share >= 1 else hashes.filter(hashes <= int(share * 2**64))).unique()
        if len(chosen) >= count or share >= 1:
            return chosen.sort().head(count)
        share = min(share * 1.5 * count / max(len(chosen), 1), 1.0)
