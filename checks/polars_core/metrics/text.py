"""Define conditions on cells as text: patterns, lengths, formats. Patterns are those of the regex crate of Rust, which take linear time."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import polars as pl

from checks.polars_core.domain import Domain
from checks.polars_core.metrics.cells import bounded


def _contains(text: pl.Expr, pattern: str) -> pl.Expr:
    try:
        pl.Series([""]).str.contains(pattern)
    except pl.exceptions.ComputeError:
        raise ValueError("the pattern is no regular expression that is read here (look-around and back-references are not)") from None
    return text.str.contains(pattern)


def _patterns(domain: Domain) -> list[pl.Expr]:
    patterns: Sequence[str] = domain.settings.get("regex_list") or ()
    if not patterns:
        raise ValueError("regex_list needs at least one pattern")
    return [_contains(domain.text, pattern) for pattern in patterns]


def _match_list(domain: Domain) -> pl.Expr:
    match_on = domain.settings.get("match_on") or "any"
    if match_on not in ("any", "all"):
        raise ValueError("match_on must be any or all")
    return functools.reduce(operator.or_ if match_on == "any" else operator.and_, _patterns(domain))


def _length(domain: Domain) -> pl.Expr:
    return domain.text.str.len_chars()


def _strftime(domain: Domain) -> pl.Expr:
    if domain.dtype != pl.String:
        raise TypeError("a strftime format is for text; the column is already of another type")
    pattern = domain.settings["strftime_format"]

    def fits(text: str) -> bool:
        try:
            datetime.strptime(text, pattern)  # noqa: DTZ007  # only the format matters
        except ValueError:
            return False
        return True

    def check(column: pl.Series) -> pl.Series:
        distinct = column.unique().drop_nulls()
        answers = pl.Series([fits(text) for text in distinct], dtype=pl.Boolean)
        return column.replace_strict(distinct, answers, default=None, return_dtype=pl.Boolean)

    return domain.cell.map_batches(check, return_dtype=pl.Boolean, is_elementwise=True)


CONDITIONS: Mapping[str, Callable[[Domain], pl.Expr]] = {
    "column_values.match_regex": lambda domain: _contains(domain.text, domain.settings["regex"]),
    "column_values.not_match_regex": lambda domain: ~_contains(domain.text, domain.settings["regex"]),
    "column_values.match_regex_list": _match_list,
    "column_values.not_match_regex_list": lambda domain: ~functools.reduce(operator.or_, _patterns(domain)),
    "column_values.value_length.between": lambda domain: bounded(_length(domain), domain.settings, pl.UInt32()),
    "column_values.value_length.equals": lambda domain: _length(domain) == domain.settings["value"],
    "column_values.match_strftime_format": _strftime,
}
