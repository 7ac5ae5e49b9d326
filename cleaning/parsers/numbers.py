"""Parse numbers as people write them: `1.234,50 €`, `$12`, `1,299.00`, `12 oz`, `(5)`."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from cleaning.parsers import ParsedValue
from cleaning.parsers.units import conversion_factor, currency_codes, normalize_unit

DecimalSeparator = Literal[".", ","]

_PARTS = re.compile(r"(?P<before>[^\d.,()+-]*)(?P<sign>[+-]?)(?P<middle>[^\d.,()+-]*)(?P<digits>\d[\d.,' ]*(?:[eE][+-]?\d+)?|[.,]\d+)(?P<after>.*)", re.DOTALL)
_GROUPED = re.compile(r"\d{1,3}([.,' ])\d{3}(\1\d{3})*")


@dataclass(frozen=True, slots=True)
class NumberParts:
    """Hold the parts of a text with a number: its digits with their separators, its sign, and the text around them."""

    digits: str
    negative: bool
    unit: str


def split_number(text: str) -> NumberParts | None:
    """Split a text into digits, sign and unit; None where it holds no number, or more than one."""
    text = unicodedata.normalize("NFKC", text).replace("\u2212", "-").strip()  # the typographic minus
    bracketed = text.startswith("(") and text.endswith(")")  # accounting notation: (5) is -5
    match = _PARTS.fullmatch(text[1:-1].strip() if bracketed else text)
    if match is None or any(letter.isdigit() for letter in match["after"]):
        return None
    unit = f"{match['before']}{match['middle']}{match['after']}".strip().removesuffix(",-").removesuffix(".-")
    return NumberParts(match["digits"].strip(" '.,") if match["digits"][0].isdigit() else match["digits"], bracketed or match["sign"] == "-", unit.strip())


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


def parse_number(parts: NumberParts, column: ColumnFormat) -> tuple[float, float] | None:
    """Return the number and its confidence; None where the digits form no number.

    Args:
        parts: Parts of the text.
        column: Format of the column, for numbers that could be read both ways.
    """
    own = decimal_separator(parts.digits)
    decimal = own or column.separator
    thousands = "," if decimal == "." else "."
    plain = parts.digits.replace(thousands, "").replace("'", "").replace(" ", "").replace(decimal, ".")
    try:
        value = float(plain)
    except ValueError:
        return None
    confidence = column.confidence if own is None and any(mark in parts.digits for mark in ".,") else 0.99
    return (-value if parts.negative else value), confidence


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
        rounded = float(f"{converted[0]:.12g}")
        if self.integers and not (rounded.is_integer() and abs(rounded) < 2**53):
            return None
        return ParsedValue(int(rounded) if self.integers else rounded, min(confidence, converted[1]), converted[2])

    def _convert(self, value: float, source: str, target: str | None) -> tuple[float, float, str] | None:
        if not source:
            return value, 1.0, "written in another number format"
        if "%" in source:
            return self._convert_percentage(value, target) if source.strip() == "%" else None
        if codes := currency_codes(source):
            return self._check_currency(value, source, target, codes)
        if target is None:
            return (value, 0.9, "the unit that the cells of the column share stands beside the number") if normalize_unit(source) == self.common_unit else None
        factor = 1.0 if normalize_unit(source) == normalize_unit(target) else conversion_factor(source, target)
        if factor is None:
            return None
        return value * factor, 0.97, f"converted to {target}" if factor != 1 else "the unit of the column stands beside the number"

    def _check_currency(self, value: float, source: str, target: str | None, codes: frozenset[str]) -> tuple[float, float, str]:
        if target is None:
            return value, (0.9 if normalize_unit(source) == self.common_unit else 0.5), "a currency stands beside the number"
        if target.upper() in codes:
            return value, 0.98, "the currency of the column stands beside the number"
        return value, 0.3, "another currency than that of the column"

    def _convert_percentage(self, value: float, target: str | None) -> tuple[float, float, str]:
        if target == "%":
            return value, 0.99, "the unit of the column stands beside the number"
        if target == "1":
            return float(f"{value / 100:.12g}"), 0.97, "a percentage as a share"
        fits = [self.low is not None and self.high is not None and self.low <= number <= self.high for number in (value, value / 100)]
        if fits[0]:
            return value, (0.5 if fits[1] else 0.9), "a percent sign stands beside the number"
        return value / 100, (0.9 if fits[1] else 0.5), "a percentage as a share"
