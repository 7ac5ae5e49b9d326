"""Suggest sets and patterns for text."""

from __future__ import annotations

import re
from collections.abc import Iterator

import polars as pl

from checks.suggestions import Suggestion, flag_step
from checks.suggestions.limits import chance_of_new_value
from checks.suggestions.roles import is_open
from sluice.domain import Column, Message
from sluice.rules.naming.closed_words import names_closed_set

_MAX_VALUES = 20
_MIN_ROWS = 100
_MIN_REPEATS = 20  # rows per value, on average
_MIN_SEEN = 5  # rows of the rarest value of a set
_MIN_SHARE = 0.98  # of the cells that match
_SAMPLE, _MIN_SAMPLE_SHARE = 1_000, 0.9  # cells that are looked at first; where fewer of them match, 98 % of all do with no chance worth the time
_MAX_NEW = 0.02  # chance that the next row has another value
_MOSTLY = 0.9  # a new value among the rows of a day is news, not a fault
_WORD = r"[\p{L}'\x{2019}.]*"
_CAPITALISED = rf"^\p{{Lu}}{_WORD}\p{{Ll}}{_WORD}(?:[ ,-]+\p{{L}}{_WORD}){{0,4}}$|^\p{{Lu}}{{2,}}(?:[ ,-]+[\p{{Lu}}']{{2,}}){{1,3}}$"
_WITHOUT_CASE = r"^[\p{Lo}\p{M}]{2,}(?:[ ·\x{3000}][\p{Lo}\p{M}]+){0,3}$"
_PATTERNS = {
    "a UUID": r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
    "an e-mail address": r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
    "a web address": r"^https?://\S+$",
    "capital letters of a code": r"^[A-Z]{2,3}$",
}


def suggest(column: Column, cells: pl.Series) -> Iterator[Suggestion]:
    """Suggest the set of values where they are few and a new one is improbable, else the pattern where there is an evident one.

    Args:
        column: Text column. No value of a personal column is suggested.
        cells: Its cells, without nulls.
    """
    suggestion = _set(column, cells) or _pattern(column, cells)
    if suggestion is not None:
        yield suggestion


def _set(column: Column, cells: pl.Series) -> Suggestion | None:
    """Suggest the frequent values; rare ones may be misspelt, and values of one kind of column are never complete."""
    if column.personal or is_open(column.name) or cells.len() < _MIN_ROWS:
        return None
    counts = cells.value_counts(sort=True)
    common = counts.filter(pl.col("count") >= max(_MIN_SEEN, cells.len() / 1000))
    covered = common["count"].sum() / cells.len()
    if not 1 < common.height <= _MAX_VALUES or cells.len() < _MIN_REPEATS * common.height or covered < _MIN_SHARE:
        return None
    chance = chance_of_new_value(counts.filter(pl.col("count") == 1).height, cells.len())
    if chance > _MAX_NEW or any(_is_open_value(value) for value in common[cells.name].to_list()):
        return None
    if not names_closed_set(column.name) and _may_be_people(common[cells.name]):
        return None
    values = sorted(common[cells.name].to_list())
    reason = Message.of("suggested_set", values=common.height, share=float(covered), rows=cells.len(), chance=chance)
    doubt = Message.of("init_values_seen", values=common.height)
    return flag_step("expect_column_values_to_be_in_set", reason, doubt=doubt, column=column.name, value_set=values, mostly=_MOSTLY)


def _is_open_value(value: str) -> bool:
    """Return True for versions, addresses, times and sentences."""
    return bool(re.search(r"\d+[.:/-]\d+|://|@", value)) or len(value.split()) > 6


def _may_be_people(values: pl.Series) -> bool:
    """Return True where half of some values may be names of people: words that begin with a capital letter, or are of a script without capitals."""
    return 2 * int((values.str.contains(_CAPITALISED) | values.str.contains(_WITHOUT_CASE)).sum()) >= values.len()


def _pattern(column: Column, cells: pl.Series) -> Suggestion | None:
    if cells.len() < _MIN_ROWS:
        return None
    sample = cells.gather_every(-(-cells.len() // _SAMPLE))
    for name, pattern in [*_PATTERNS.items(), *([] if column.personal else _numbered(sample))]:
        if _share(sample, pattern) < _MIN_SAMPLE_SHARE:
            continue
        if (share := _share(cells, pattern)) >= _MIN_SHARE:
            reason = Message.of("suggested_pattern", pattern=name, share=share, rows=cells.len())
            return flag_step("expect_column_values_to_match_regex", reason, column=column.name, regex=pattern, mostly=_MOSTLY)
    return None


def _share(cells: pl.Series, pattern: str) -> float:
    return float(cells.str.contains(pattern).sum()) / cells.len()


def _numbered(cells: pl.Series) -> Iterator[tuple[str, str]]:
    """Yield the pattern of an id such as u00042: a constant prefix, then digits. Ids grow, so any number of digits is allowed."""
    prefixes = cells.str.extract(r"^(\D{1,12})\d+$").drop_nulls().value_counts(sort=True)
    if not prefixes.is_empty():
        yield ("a constant prefix and a number", f"^{re.escape(prefixes[cells.name][0])}\\d+$")
