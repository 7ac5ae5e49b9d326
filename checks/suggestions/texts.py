"""Suggest sets, patterns and lengths for text."""

from __future__ import annotations

import re
from collections.abc import Iterator

import polars as pl

from checks.suggestions import Suggestion, suggest_step
from sluice.domain import Column

_MAX_VALUES = 20
_MIN_REPEATS = 20  # rows per value, on average
_MIN_SHARE = 0.98  # of the cells that match
_PATTERNS = {
    "a UUID": r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
    "an e-mail address": r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
    "a web address": r"^https?://\S+$",
    "an IPv4 address": r"^\d{1,3}(\.\d{1,3}){3}$",
}


def suggest(column: Column, cells: pl.Series) -> Iterator[Suggestion]:
    """Suggest the set of values where they are few, the pattern where there is an evident one, the length otherwise.

    Args:
        column: Text column. No value of a personal column is suggested.
        cells: Its cells, without nulls.
    """
    suggestion = (None if column.personal else _set(column, cells)) or _pattern(column, cells) or _length(column, cells)
    if suggestion is not None:
        yield suggestion


def _set(column: Column, cells: pl.Series) -> Suggestion | None:
    """Suggest the frequent values; rare ones may be misspelt."""
    counts = cells.value_counts(sort=True)
    common = counts.filter(pl.col("count") >= max(2, cells.len() / 1000))
    covered = common["count"].sum() / cells.len()
    if not 0 < common.height <= _MAX_VALUES or cells.len() < _MIN_REPEATS * common.height or covered < _MIN_SHARE:
        return None
    values = sorted(common[cells.name].to_list())
    reason = f"{common.height} values make up {covered:.2%} of the rows"
    return suggest_step("expect_column_values_to_be_in_set", reason, "critical" if covered == 1 else "warning", column=column.name, value_set=values)


def _pattern(column: Column, cells: pl.Series) -> Suggestion | None:
    for name, pattern in [*_PATTERNS.items(), *_numbered(cells)]:
        share = cells.str.contains(pattern).mean()
        if isinstance(share, float) and share >= _MIN_SHARE:
            return suggest_step(
                "expect_column_values_to_match_regex",
                f"{name} in {share:.2%} of the rows",
                "critical" if share == 1 else "warning",
                column=column.name,
                regex=pattern,
            )
    return None


def _numbered(cells: pl.Series) -> Iterator[tuple[str, str]]:
    """Yield the pattern of an id such as u00042: a constant prefix, then digits, always as many or not."""
    parts = cells.str.extract_groups(r"^(\D{0,12})(\d+)$").struct.unnest()
    prefixes = parts["1"].drop_nulls().value_counts(sort=True)
    if prefixes.is_empty():
        return
    prefix = prefixes["1"][0]
    lengths = parts.filter(pl.col("1") == prefix)["2"].str.len_chars()
    digits = f"{{{lengths[0]}}}" if lengths.min() == lengths.max() else "+"
    yield ("a constant prefix and a number", f"^{re.escape(prefix)}\\d{digits}$")


def _length(column: Column, cells: pl.Series) -> Suggestion | None:
    lengths = cells.str.len_chars()
    low, high = lengths.min(), lengths.max()
    if not isinstance(low, int) or not isinstance(high, int):
        return None
    bounds = {"min_value": max(1, low // 2), "max_value": high * 2}
    return suggest_step("expect_column_value_lengths_to_be_between", f"{low} to {high} characters now", "warning", column=column.name, **bounds)
