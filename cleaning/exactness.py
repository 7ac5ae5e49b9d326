"""Check a proposed value before it is applied: the one check that the proposals of all cleaners pass."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

import polars as pl

from sluice.domain import Message

NEW, CONFIDENCE, MESSAGE, TEXT = "_new", "_confidence", "_message", "text"

_DIGITS = re.compile(r"\d+")
_EXPONENT = re.compile(r"(?<=\d)[eE][+-]?\d+")
_UNIT_SIGNS = "%°'\"\u2032\u2033"  # percent, degrees, feet and inches
_SIGNIFICANT = 15  # decimal digits that a float always gives back
_COMPACT = 100_000  # a number from here on is no day and no year: seconds since 1970, or 20260314


def check_exactness(cells: pl.DataFrame, dtype: pl.DataType) -> pl.DataFrame:
    """Return proposed cells with a confidence of 0, and the reason, where the new value is not exact.

    A value must cast to the type of the column and come back equal; a number must be finite. Where a text was read, the value must
    read back as that text: all digits of the number, or the day and the year of the time.

    Args:
        cells: `_new`, `_confidence` and `_message` of each cell, and the `text` that did not cast (null where it did).
        dtype: Type of the column.

    Returns:
        The cells, whose `_new` has the type of the column.
    """
    typed = cells[NEW].cast(dtype, strict=False)
    proposed = cells[NEW].is_not_null()
    fails = proposed & (typed.is_null() | typed.cast(cells.schema[NEW], strict=False).ne_missing(cells[NEW]))
    infinite = typed.is_infinite() | typed.is_nan() if dtype.is_float() else pl.Series([False]).new_from_index(0, cells.height)
    reason = (
        pl.when(fails)
        .then(pl.lit(Message.of("repair_does_not_cast").dumps()))
        .when(infinite.fill_null(value=False))
        .then(pl.lit(Message.of("repair_not_finite").dumps()))
        .otherwise(_unlike_text(cells[TEXT], typed))
    )
    checked = cells.with_columns(typed.alias(NEW), reason.alias("_reason"))
    refused = pl.col("_reason").is_not_null()
    return checked.with_columns(
        pl.when(refused).then(0.0).otherwise(pl.col(CONFIDENCE)).alias(CONFIDENCE),
        pl.coalesce("_reason", MESSAGE).alias(MESSAGE),
    ).drop("_reason")


def _unlike_text(texts: pl.Series, values: pl.Series) -> pl.Series:
    """Return a message for each value that does not read back as its text; null where it does, or where there is no text."""
    if texts.null_count() == texts.len() or not (values.dtype.is_numeric() or values.dtype.is_temporal()):
        return pl.repeat(None, texts.len(), dtype=pl.String, eager=True)
    pairs = pl.DataFrame({"text": texts, "value": values})
    distinct = pairs.drop_nulls().unique(maintain_order=True)
    test, code = (_same_number, Message.of("repair_loses_digits")) if values.dtype.is_numeric() else (_same_day, Message.of("repair_changes_day"))
    unlike = [None if test(text, value) else code.dumps() for text, value in distinct.iter_rows()]
    return pairs.join(distinct.with_columns(pl.Series("unlike", unlike, dtype=pl.String)), on=["text", "value"], how="left", maintain_order="left")["unlike"]


def _same_number(text: str, value: float) -> bool:
    """Return True where a number has the digits of a text; one that a unit converted has others, but no more than a float holds."""
    written = "".join(str(int(digit)) for digits in _DIGITS.findall(_EXPONENT.sub("", text)) for digit in digits).strip("0")
    digits_of_value = "".join(map(str, Decimal(repr(value)).as_tuple().digits)).strip("0")
    has_unit = any(letter.isalpha() or letter in _UNIT_SIGNS for letter in text)
    return digits_of_value == written or (has_unit and len(written) <= _SIGNIFICANT)


def _same_day(text: str, value: date) -> bool:
    """Return True where the numbers of a text hold the day and the year of a date; a time may lie a day apart in another zone."""
    numbers = {int(number) for number in _DIGITS.findall(text)}
    if len(numbers) < 2 or max(numbers) >= _COMPACT:
        return True
    zoned = isinstance(value, datetime)
    days = {value.day, *((value.day - 1, value.day + 1, 1, 28, 29, 30, 31) if zoned else ())}
    years = {value.year, *((value.year - 1, value.year + 1) if zoned else ())}
    return bool(days & numbers) and bool((years | {year % 100 for year in years}) & numbers)
