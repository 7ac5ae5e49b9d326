"""Parse numbers as people write them: `1.234,50 €`, `$12`, `1,299.00`, `12 oz`, `(5)`."""

from __future__ import annotations

import html
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Literal

from cleaning.parsers import ParsedValue
from sluice.domain import Message
from sluice.domain.exact import exact_float
from sluice.domain.units import conversion_factor, currency_codes, exact_factor, join_units, normalize_unit

DecimalSeparator = Literal[".", ","]

_PARTS = re.compile(r"(?P<before>[^\d.,()+-]*)(?P<sign>[+-]?)(?P<middle>[^\d.,()+-]*)(?P<digits>\d[\d.,' ]*(?:[eE][+-]?\d+)?|[.,]\d+)(?P<after>.*)", re.DOTALL)
_THOUSANDS = re.compile(r"[.,' ]")
_WHOLE = re.compile(r"\d*|\d{1,3}([.,' ])\d{3}(?:\1\d{3})*|\d{1,2},(?:\d\d,)*\d{3}")  # the last: groups of India
_FRACTION = re.compile(r"\d*(?:[eE][+-]?\d{1,3})?")
_EXACT = Context(prec=1000)  # digits; the default of 28 would round
_SCALES = {"万": 10_000, "亿": 100_000_000}
_NO_CENTS = re.compile("[.,][-\u2013\u2014]|.[:/][-\u2013\u2014]")  # 199,- and 199.\u2013, and 199:- and 199/-
_ABBREVIATED = re.compile(r"^([^\W\d_]{1,4})\.\s*(?=\d)")  # kr. 199
_GROUPED = re.compile(r"\d{1,3}([.,' ])\d{3}(\1\d{3})*")


@dataclass(frozen=True, slots=True)
class NumberParts:
    """Hold the parts of a text with a number: its digits with their separators, its sign, the text around them, and what a sign such as 万 multiplies it by."""

    digits: str
    negative: bool
    unit: str
    scale: int = 1


def split_number(text: str) -> NumberParts | None:
    """Split a text into digits, sign and unit; None where it holds no number, or more than one."""
    text = unicodedata.normalize("NFKC", html.unescape(text)).replace("\u2212", "-").strip()  # the typographic minus
    text = _ABBREVIATED.sub(r"\1 ", text)
    bracketed = text.startswith("(") and text.endswith(")")  # accounting notation: (5) is -5
    match = _PARTS.fullmatch(text[1:-1].strip() if bracketed else text)
    if match is None or any(letter.isdigit() for letter in match["after"]):
        return None
    digits = match["digits"].strip(" '.,") if match["digits"][0].isdigit() else match["digits"]
    ending = match["after"]
    if _NO_CENTS.match(f"{match['digits'][-1]}{ending}"):  # a whole amount, so that other marks separate thousands
        mark = match["digits"][-1]
        digits, ending = f"{_THOUSANDS.sub('', digits)}{mark if mark in '.,' else ''}", ending.lstrip(":/-\u2013\u2014")
    before, after = match["before"].strip(), f"{match['middle']}{ending}".strip()
    scale = _SCALES.get(after[:1], 1)
    return NumberParts(digits, bracketed or match["sign"] == "-", join_units(before, after[1:] if scale > 1 else after), scale)


def decimal_separator(digits: str) -> DecimalSeparator | None:
    """Return the decimal separator that a number shows without ambiguity; None where it could be read both ways.

    Example:
        >>> decimal_separator("1.234,50"), decimal_separator("1,299")
        (',', None)
    """
    marks = [mark for mark in digits if mark in ".,"]
    if len(set(marks)) == 2:
        return "," if marks[-1] == "," else "."
    if len(marks) > 1:
        return "." if marks[0] == "," else ","
    if marks and not (_GROUPED.fullmatch(digits) and not digits.startswith("0")):
        return "," if marks[0] == "," else "."
    return None


@dataclass(frozen=True, slots=True)
class ColumnFormat:
    """Hold the decimal separator of a column, and the confidence it gives to a number that could be read both ways."""

    separator: DecimalSeparator = "."
    confidence: float = 0.6


def infer_format(digits: Iterable[str], *, cast_decimals: int, integers: bool) -> ColumnFormat:
    """Infer the format of a column from the majority of the numbers whose separator is unambiguous.

    Args:
        digits: Digits of the cells that did not cast.
        cast_decimals: Number of cells that did cast and have decimals. They were written with a point, or repaired before, so they
            can contradict a comma, but do not prove a point.
        integers: True where the column holds whole numbers: a mark before three digits separates thousands.
    """
    counts = Counter(map(decimal_separator, digits))
    points, commas = counts["."] + cast_decimals, counts[","]
    if max(points, commas) < 0.9 * (points + commas):
        return ColumnFormat()
    if commas > points:
        return ColumnFormat(",", 0.95)
    return ColumnFormat(".", 0.95 if integers or counts["."] else 0.8 if points else 0.6)


def parse_number(parts: NumberParts, column: ColumnFormat) -> tuple[Decimal, float] | None:
    """Return the number and its confidence; None where the digits form no number.

    Args:
        parts: Parts of the text.
        column: Format of the column, for numbers that could be read both ways.
    """
    own = decimal_separator(parts.digits)
    decimal = own or column.separator
    whole, _, fraction = parts.digits.partition(decimal)
    if not _WHOLE.fullmatch(whole) or not _FRACTION.fullmatch(fraction):
        return None
    value = Decimal(f"{_THOUSANDS.sub('', whole) or 0}.{fraction or 0}")
    confidence = column.confidence if own is None and any(mark in parts.digits for mark in ".,") else 0.99
    return _EXACT.multiply(value.copy_negate() if parts.negative else value, Decimal(parts.scale)), confidence


@dataclass(frozen=True, slots=True)
class NumberParser:
    """Parse the numbers of one column.

    Attributes:
        format: Decimal separator of the column.
        common_unit: Unit that nearly all of its texts carry, for a column that declares none.
        low: Smallest number among the cells that did cast; with `high` it tells `5 %` from 0.05.
        high: Largest number among the cells that did cast.
        integers: True where only whole numbers are parsed.

    Example:
        >>> NumberParser(ColumnFormat(",", 0.95)).parse("1.234,50 kg", "g").value
        1234500.0
    """

    format: ColumnFormat = ColumnFormat()
    common_unit: str = ""
    low: float | None = None
    high: float | None = None
    integers: bool = False

    def parse(self, text: str, unit: str | None) -> ParsedValue | None:
        """Parse the number of a text and convert it to a unit (of the column, or the currency of the row)."""
        parts = split_number(text)
        number = parse_number(parts, self.format) if parts else None
        if parts is None or number is None:
            return None
        value, confidence = number
        converted = self._convert(value, parts.unit, unit)
        if converted is None:
            return None
        exact = _exact_integer(converted[0]) if self.integers else _read_back(converted[0], was_converted=converted[0] != value)
        return None if exact is None else ParsedValue(exact, min(confidence, converted[1]), converted[2])

    def _convert(self, value: Decimal, source: str, target: str | None) -> tuple[Decimal, float, Message] | None:
        if not source:
            return value, 1.0, Message.of("parsed_number")
        if "%" in source:
            return self._convert_percentage(value, target) if source.strip() == "%" else None
        if codes := currency_codes(source):
            return self._check_currency(value, source, target, codes)
        if target is None:
            return (value, 0.9, Message.of("unit_shared_by_column")) if normalize_unit(source) == self.common_unit else None
        factor = 1.0 if normalize_unit(source) == normalize_unit(target) else conversion_factor(source, target)
        if factor is None:
            return None
        return (
            value * (1 if factor == 1 else exact_factor(source, target)),
            0.97,
            Message.of("unit_converted", unit=target) if factor != 1 else Message.of("unit_of_column"),
        )

    def _check_currency(self, value: Decimal, source: str, target: str | None, codes: frozenset[str]) -> tuple[Decimal, float, Message]:
        if target is None:
            return value, (0.9 if normalize_unit(source) == self.common_unit else 0.5), Message.of("currency_beside_number")
        if target.upper() in codes:
            return value, 0.98, Message.of("currency_of_column")
        return value, 0.3, Message.of("currency_of_another")

    def _convert_percentage(self, value: Decimal, target: str | None) -> tuple[Decimal, float, Message]:
        if target == "%":
            return value, 0.99, Message.of("unit_of_column")
        if target == "1":
            return value / 100, 0.97, Message.of("percentage_as_share")
        fits = [self.low is not None and self.high is not None and self.low <= number <= self.high for number in (value, value / 100)]
        if fits[0]:
            return value, (0.5 if fits[1] else 0.9), Message.of("percent_sign")
        return value / 100, (0.9 if fits[1] else 0.5), Message.of("percentage_as_share")


def _exact_integer(value: Decimal) -> int | None:
    return int(value) if value.is_finite() and value == value.to_integral_value() and abs(value) < 2**63 else None


def _read_back(value: Decimal, *, was_converted: bool) -> float | None:
    """Return the float of a number; of a converted number the nearest one, as 1 lb is no finite number of ounces."""
    number = float(value)
    return (number if math.isfinite(number) else None) if was_converted else exact_float(value)
