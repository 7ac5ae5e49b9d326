"""Recognize the sibling of a file: dated, a later part of its export, or downloaded again."""

from __future__ import annotations

import re

from sluice.sources.decompression import without_compression
from sluice.sources.file_dates import period_end

_DATED = re.compile(r"[-_. ]?\d[\dTZ:._-]*")
WEEK = re.compile(r"(?<![^\W_])(?:(?i:KW|CW)|W)[-_ ]?(?:0?[1-9]|[1-4]\d|5[0-3])(?!\d)")  # KW48, W48; the year may be beside it
_OF_WEEK = re.compile(rf"(?:[-_. ](?:\d{{4}}[-_. ]?)?|(?=[KkCc])){WEEK.pattern}(?:[-_. ]?\d{{4}})?")
_FIRST_PART = re.compile(r"(.*[^\W\d_][-_. ](?:part|teil)?[-_ ]?)(0*[01])", re.IGNORECASE)  # its number stands by itself, as in items_1 and items-part-0000
_DOWNLOADED_AGAIN = re.compile(r" ?\(\d{1,3}\)")  # as browsers name a file whose name is taken


def is_dated_sibling(name: str, plain: str) -> bool:
    """Return True where a file's name is another one with a date, a week, or a browser's number, before its ending; compression may differ.

    A later part of an export whose name ends in the number of its first part is a sibling of it, too.

    Example:
        >>> is_dated_sibling("products_2026-11-28.csv.gz", "products.csv"), is_dated_sibling("products_variants.csv", "products.csv")
        (True, False)
        >>> is_dated_sibling("prices_KW48.xlsx", "prices.xlsx"), is_dated_sibling("prices_2026-W48.csv", "prices.csv")
        (True, True)
        >>> is_dated_sibling("items_2.csv", "items_1.csv"), is_dated_sibling("big6.csv", "big5.csv")
        (True, False)
    """
    stem, point, ending = without_compression(plain).rpartition(".")
    other, _, other_ending = without_compression(name).rpartition(".")
    if not point or not stem or ending.lower() != other_ending.lower():
        return False
    if is_later_part(other, stem):
        return True
    if not other.startswith(stem):
        return False
    rest = other.removeprefix(stem)
    if _DOWNLOADED_AGAIN.fullmatch(rest) or _OF_WEEK.fullmatch(rest):
        return True
    return _DATED.fullmatch(rest) is not None and period_end(rest) is not None


def is_first_part(stem: str) -> bool:
    """Return True where a name ends in 0 or 1 behind a separator, as that of the first file of an export in parts.

    Example:
        >>> is_first_part("products_export_1"), is_first_part("level1"), is_first_part("iphone-15")
        (True, False, False)
    """
    return _FIRST_PART.fullmatch(stem) is not None


def is_later_part(stem: str, first: str) -> bool:
    """Return True where two names differ in their last number alone, which begins with 0 or 1 in the first.

    Example:
        >>> is_later_part("part-00012", "part-00000"), is_later_part("items_2", "items_3"), is_later_part("items_20261128", "items_1")
        (True, False, False)
    """
    match = _FIRST_PART.fullmatch(first)
    if match is None or not stem.startswith(match[1]) or not re.fullmatch(r"[0-9]{1,6}", number := stem.removeprefix(match[1])):
        return False
    padded = len(match[2]) > 1
    return int(number) > int(match[2]) and (len(number) == len(match[2]) if padded else not number.startswith("0") and period_end(stem) is None)
