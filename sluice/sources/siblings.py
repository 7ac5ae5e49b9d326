"""Recognize the dated sibling of a file: `products_2026-11-28.csv` beside `products.csv`, and the file that was downloaded again."""

from __future__ import annotations

import re

from sluice.sources.decompression import without_compression
from sluice.sources.file_dates import period_end

_DATED = re.compile(r"[-_. ]?\d[\dTZ:._-]*")
WEEK = re.compile(r"(?<![^\W_])(?:(?i:KW|CW)|W)[-_ ]?(?:0?[1-9]|[1-4]\d|5[0-3])(?!\d)")  # KW48, W48; the year may be beside it
_OF_WEEK = re.compile(rf"(?:[-_. ](?:\d{{4}}[-_. ]?)?|(?=[KkCc])){WEEK.pattern}(?:[-_. ]?\d{{4}})?")
_DOWNLOADED_AGAIN = re.compile(r" ?\(\d{1,3}\)")  # as browsers name a file whose name is taken


def is_dated_sibling(name: str, plain: str) -> bool:
    """Return True where a file's name is another one with a date, a week, or a browser's number, before its ending; compression may differ.

    Example:
        >>> is_dated_sibling("products_2026-11-28.csv.gz", "products.csv"), is_dated_sibling("products_variants.csv", "products.csv")
        (True, False)
        >>> is_dated_sibling("prices_KW48.xlsx", "prices.xlsx"), is_dated_sibling("prices_2026-W48.csv", "prices.csv")
        (True, True)
    """
    stem, point, ending = without_compression(plain).rpartition(".")
    other, _, other_ending = without_compression(name).rpartition(".")
    if not point or not stem or ending.lower() != other_ending.lower() or not other.startswith(stem):
        return False
    rest = other.removeprefix(stem)
    if _DOWNLOADED_AGAIN.fullmatch(rest) or _OF_WEEK.fullmatch(rest):
        return True
    return _DATED.fullmatch(rest) is not None and period_end(rest) is not None
