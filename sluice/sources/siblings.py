"""Recognize the dated sibling of a file: `products_2026-11-28.csv` beside `products.csv`, and the file that was downloaded again."""

from __future__ import annotations

import re

from sluice.sources.decompression import without_compression
from sluice.sources.file_dates import period_end

_DATED = re.compile(r"[-_. ]?\d[\dTZ:._-]*")
_DOWNLOADED_AGAIN = re.compile(r" ?\(\d{1,3}\)")  # as browsers name a file whose name is taken


def is_dated_sibling(name: str, plain: str) -> bool:
    """Return True where a file's name is another one with a date, or a browser's number, before its ending; compression may differ.

    Example:
        >>> is_dated_sibling("products_2026-11-28.csv.gz", "products.csv"), is_dated_sibling("products_variants.csv", "products.csv")
        (True, False)
    """
    stem, point, ending = without_compression(plain).rpartition(".")
    other, _, other_ending = without_compression(name).rpartition(".")
    if not point or not stem or ending.lower() != other_ending.lower() or not other.startswith(stem):
        return False
    rest = other.removeprefix(stem)
    return _DOWNLOADED_AGAIN.fullmatch(rest) is not None or (_DATED.fullmatch(rest) is not None and period_end(rest) is not None)
