"""Read numbers; what would come back as another number does not cast."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

import polars as pl

from sluice.domain import Column
from sluice.domain.exact import MAX_WHOLE, exact_float
from sluice.domain.units import FULL_WIDTH_SIGNS, spellings
from sluice.sources.cast_text import as_text

_SAFE_DIGITS = 15  # a decimal number of so many significant digits is always read back from its float
_BLANKS = "[\u00a0\u202f\u2009]"
_GROUPED = {  # a zero begins no group of thousands: 0.967 among decimal commas is another format, and not 967
    "decimal_point": r"^[+-]?[1-9]\d{0,2}(?:[, '\x{2019}]\d{3})+(?:\.\d+)?$",
    "decimal_comma": r"^[+-]?[1-9]\d{0,2}(?:[. '\x{2019}]\d{3})+(?:,\d+)?$",
}
_NO_CENTS = r"^[+-]?(?:\d+|\d{1,3}(?:[., '\x{2019}]\d{3})+)[.,][-\x{2013}\x{2014}]+$"
_COMMA = r"^[+-]?\d+(?:,\d+)?(?:e\d)?$"
_THOUSANDS = {"decimal_point": "[, '\u2019]", "decimal_comma": "[. '\u2019]"}


def numbers_in_text(text: pl.Series, column: Column) -> pl.Series:
    """Return the numbers of a column's texts, without surrounding blanks; null where a text is no number of the column's format and unit."""
    if column.format == "decimal_comma":
        return _exact(_plain(text, column))
    numbers = _exact(text)
    missing = numbers.is_null() & text.is_not_null()
    if missing.any():
        numbers = numbers.scatter(missing.arg_true(), _exact(_plain(text.filter(missing), column)))
    return numbers


def integers_in_text(text: pl.Series, column: Column) -> pl.Series:
    """Return the whole numbers of a column's texts, also written 5.0, as programs do whose integers cannot be null."""
    whole = text.cast(pl.Int64, strict=False) if column.format != "decimal_comma" else _nothing(text, pl.Int64())
    if whole.null_count() == text.null_count():
        return whole
    plain = text if column.format is None and column.unit is None else _plain(text, column).fill_null(text)
    whole = whole.fill_null(plain.str.extract(r"^([+-]?\d+)\.0*$").cast(pl.Int64, strict=False))
    return whole.fill_null(plain.cast(pl.Int64, strict=False)).fill_null(_whole(_exact(plain, strict=True)))


def numbers_in_numbers(cells: pl.Series) -> pl.Series:
    """Return typed numbers as floats; null where the float is another number."""
    numbers = cells.cast(pl.Float64, strict=False)
    if cells.dtype.is_float():
        finite = numbers.is_finite()
        return numbers if finite.all() else numbers.set(~finite.fill_null(value=True), None)
    if cells.dtype.is_decimal():
        return _exact(as_text(cells), strict=True)
    same = numbers.cast(pl.Int128, strict=False) == cells.cast(pl.Int128, strict=False)
    return numbers.set(~same.fill_null(value=True), None)


def integers_in_numbers(cells: pl.Series) -> pl.Series:
    """Return typed numbers as integers; null where they are not whole, or too large."""
    if cells.dtype.is_float():
        return _whole(cells.cast(pl.Float64))
    if cells.dtype.is_decimal():
        return as_text(cells).cast(pl.Int64, strict=False)
    return cells.cast(pl.Int64, strict=False)


def _whole(numbers: pl.Series) -> pl.Series:
    exact = (numbers.abs() <= MAX_WHOLE) & (numbers == numbers.round())
    return numbers.set(~exact.fill_null(value=False), None).cast(pl.Int64)


def _nothing(text: pl.Series, dtype: pl.DataType) -> pl.Series:
    return pl.repeat(None, text.len(), dtype=dtype, eager=True)


def _exact(text: pl.Series, *, strict: bool = False) -> pl.Series:
    """Cast text to floats; the few that may not be read back are compared as decimal numbers."""
    numbers = text.cast(pl.Float64, strict=False)
    numbers = numbers.set(~numbers.is_finite().fill_null(value=True), None)
    long = (text.str.len_bytes() > _SAFE_DIGITS) & numbers.is_not_null()
    if not long.any():
        return numbers
    candidates = pl.DataFrame({"text": text, "number": numbers}).with_row_index().filter(long)
    doubtful = candidates.filter(pl.col("number").cast(pl.String) != pl.col("text"))
    distinct = doubtful["text"].unique()
    values = pl.Series([_exact_number(value, strict=strict) for value in distinct], dtype=pl.Float64)
    return numbers.scatter(doubtful["index"], doubtful["text"].replace_strict(distinct, values, return_dtype=pl.Float64)) if doubtful.height else numbers


def _exact_number(text: str, *, strict: bool) -> float | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    number = exact_float(value)
    return None if number is None or (strict and Decimal(repr(number)) != value) else number


def _whole_amounts_as_digits(text: pl.Series) -> pl.Series:
    """Return whole amounts such as `1.299,-` as their digits: a mark before the dash proves that the others separate thousands."""
    whole = text.str.contains(_NO_CENTS).fill_null(value=False)
    return text.zip_with(~whole, text.str.replace_all(r"[., '\x{2019}]|[-\x{2013}\x{2014}]+$", "")) if whole.any() else text


def _plain(text: pl.Series, column: Column) -> pl.Series:
    """Return numbers with a decimal point alone: without the column's unit, thousands separators and the signs for 10,000; null for other texts."""
    plain = text.str.replace_all(_BLANKS, " ")
    if column.unit:
        names = "|".join(re.escape(name) for name in sorted(spellings(column.unit), key=len, reverse=True))
        plain = plain.str.replace_many(FULL_WIDTH_SIGNS).str.replace(rf"(?i)^([+-]?)\s*(?:{names})\s*", "${1}")
        plain = plain.str.replace(rf"(?i)(?:\s*(?:{names}))+\.?$", "")
    plain = _whole_amounts_as_digits(plain.str.replace("万$", "e4").str.replace("亿$", "e8"))
    separators = column.format or ""
    if separators not in _GROUPED:
        return plain
    grouped = plain.str.contains(_GROUPED[separators])
    if separators == "decimal_comma":
        grouped = grouped | plain.str.contains(_COMMA)
        bare = plain.str.replace_all(_THOUSANDS[separators], "").str.replace(",", ".", literal=True)
        return bare.set(~grouped.fill_null(value=False), None)
    return plain.zip_with(~grouped.fill_null(value=False), plain.str.replace_all(_THOUSANDS[separators], ""))
