"""Infer a column's type from all its values as text."""

from __future__ import annotations

from typing import Literal, TypeAlias

import polars as pl

from sluice.domain import Column
from sluice.sources.cast import as_text, to_type
from sluice.sources.infer.column_names import is_digits_as_text

Type: TypeAlias = Literal["string", "integer", "number", "boolean", "date", "timestamp"]

MIN_SHARE = 0.95  # share of a column's values that must be of its type
NULL_WORDS = ("na", "n/a", "nan", "null", "none", "nil", "-", "--", "?", "unknown", "empty")
_TEXTS: tuple[Type, ...] = ("boolean", "date", "timestamp")
_BOOLEAN_WORDS = ("true", "false", "yes", "no", "t", "f", "y", "n")


def infer_type(cells: pl.Series) -> tuple[Type, str]:
    """Return the type that nearly all values have, and a note on exceptions."""
    if cells.dtype.is_numeric() and not is_digits_as_text(cells.name):
        return ("integer" if cells.dtype.is_integer() else "number"), ""
    if cells.dtype == pl.Boolean or cells.dtype.is_temporal():
        return "boolean" if cells.dtype == pl.Boolean else "date" if cells.dtype == pl.Date else "timestamp", ""
    text = as_text(cells).str.strip_chars()
    values = text.filter(~text.str.to_lowercase().is_in(["", *NULL_WORDS]))
    if not len(values):
        return "string", "no values"
    return _infer_text_type(values, cells.name)


def _infer_text_type(values: pl.Series, name: str) -> tuple[Type, str]:
    if values.str.contains(r"^[+-]?0\d+(\.\d+)?$").any():
        return "string", "leading zeros are kept"
    quantities: tuple[Type, ...] = () if is_digits_as_text(name) else ("integer", "number")
    for type_ in (*quantities, *_TEXTS):
        misfits = len(values) - _count_matches(values, name, type_)
        if misfits <= (1 - MIN_SHARE) * len(values):
            return type_, f"{misfits:,} of {len(values):,} values are of no such type" if misfits else ""
    if is_digits_as_text(name) and values.str.contains(r"^\d+$").mean() == 1:
        return "string", "digits, but no quantity"
    return "string", ""


def _count_matches(values: pl.Series, name: str, type_: Type) -> int:
    """Count the values of a type; digits are no boolean words."""
    if type_ == "boolean":
        return int(values.str.to_lowercase().is_in(_BOOLEAN_WORDS).sum())
    return int(to_type(values, Column(name, type_)).count())
