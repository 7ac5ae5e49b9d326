"""Numbers as people write them: `1.234,50 €`, `$12`, `1,299.00`, `12 oz`, `(5)`."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from cleaning.parsers.reading import Reading
from cleaning.parsers.units import currencies, factor, plain

Point = Literal[".", ","]

_PARTS = re.compile(r"(?P<before>[^\d.,()+-]*)(?P<sign>[+-]?)(?P<middle>[^\d.,()+-]*)(?P<digits>\d[\d.,' ]*(?:[eE][+-]?\d+)?|[.,]\d+)(?P<after>.*)", re.DOTALL)
_GROUPED = re.compile(r"\d{1,3}([.,' ])\d{3}(\1\d{3})*")


@dataclass(frozen=True, slots=True)
class Parts:
    """A text taken apart: its digits with their separators, its sign, and what stands around them."""

    digits: str
    negative: bool
    unit: str


def parts(text: str) -> Parts | None:
    """Take a text apart; None where it holds no number, or more than one."""
    text = unicodedata.normalize("NFKC", text).replace("\u2212", "-").strip()  # the typographic minus
    bracketed = text.startswith("(") and text.endswith(")")  # bookkeepers write -5 as (5)
    match = _PARTS.fullmatch(text[1:-1].strip() if bracketed else text)
    if match is None or any(letter.isdigit() for letter in match["after"]):
        return None
    unit = f"{match['before']}{match['middle']}{match['after']}".strip().removesuffix(",-").removesuffix(".-")
    return Parts(match["digits"].strip(" '.,") if match["digits"][0].isdigit() else match["digits"], bracketed or match["sign"] == "-", unit.strip())


def point(digits: str) -> Point | None:
    """The decimal separator that a number shows beyond doubt; None where it could be read both ways."""
    marks = [mark for mark in digits if mark in ".,"]
    if len(set(marks)) == 2:
        return "," if marks[-1] == "," else "."
    if len(marks) > 1:
        return "." if marks[0] == "," else ","
    if marks and not (_GROUPED.fullmatch(digits) and not digits.startswith("0")):
        return "," if marks[0] == "," else "."
    return None


@dataclass(frozen=True, slots=True)
class Habit:
    """A column's decimal separator, and how sure it makes the reading of a number that could be read both ways."""

    point: Point = "."
    sure: float = 0.6


def habit(readable: Iterable[str], *, plain_decimals: int, whole: bool) -> Habit:
    """A column's habit, by majority of the numbers that show theirs.

    Args:
        readable: The digits of the cells that did not cast.
        plain_decimals: How many cells did cast and have decimals. They were written with a point, or mended to it before, so they
            may contradict a comma, but do not prove a point.
        whole: The column holds whole numbers: a mark before three digits parts thousands.
    """
    seen = Counter(map(point, readable))
    points, commas = seen["."] + plain_decimals, seen[","]
    if max(points, commas) < 0.9 * (points + commas):
        return Habit()
    if commas > points:
        return Habit(",", 0.95)
    return Habit(".", 0.95 if whole or seen["."] else 0.8 if points else 0.6)


def read(found: Parts, column: Habit) -> tuple[float, float] | None:
    """The number, and how sure its reading is; None where the digits make none.

    Args:
        found: A text taken apart.
        column: The column's habit, for numbers that could be read both ways.
    """
    own = point(found.digits)
    decimal = own or column.point
    other = "," if decimal == "." else "."
    bare = found.digits.replace(other, "").replace("'", "").replace(" ", "").replace(decimal, ".")
    try:
        value = float(bare)
    except ValueError:
        return None
    sure = column.sure if own is None and any(mark in found.digits for mark in ".,") else 0.99
    return (-value if found.negative else value), sure


@dataclass(frozen=True, slots=True)
class NumberForm:
    """How one column writes numbers.

    Attributes:
        habit: Its decimal separator.
        common: The unit that nearly all of its texts carry, for a column that declares none.
        low, high: The range of the cells that did cast; tells `5 %` from 0.05.
        whole: Only whole numbers are read.
    """

    habit: Habit = Habit()
    common: str = ""
    low: float | None = None
    high: float | None = None
    whole: bool = False

    def read(self, text: str, unit: str | None) -> Reading | None:
        """The number that a text holds, in the given unit (the column's, or the row's currency)."""
        found = parts(text)
        number = read(found, self.habit) if found else None
        if found is None or number is None:
            return None
        value, sure = number
        told = self._in_unit(value, found.unit, unit)
        if told is None:
            return None
        rounded = float(f"{told[0]:.12g}")
        if self.whole and not (rounded.is_integer() and abs(rounded) < 2**53):
            return None
        return Reading(int(rounded) if self.whole else rounded, min(sure, told[1]), told[2])

    def _in_unit(self, value: float, found: str, wanted: str | None) -> tuple[float, float, str] | None:
        if not found:
            return value, 1.0, "written in another form of number"
        if "%" in found:
            return self._percent(value, wanted) if found.strip() == "%" else None
        if codes := currencies(found):
            return self._priced(value, found, wanted, codes)
        if wanted is None:
            return (value, 0.9, "the unit that the column's cells share stands beside the number") if plain(found) == self.common else None
        times = 1.0 if plain(found) == plain(wanted) else factor(found, wanted)
        return None if times is None else (value * times, 0.97, f"converted to {wanted}" if times != 1 else "the column's unit stands beside the number")

    def _priced(self, value: float, found: str, wanted: str | None, codes: frozenset[str]) -> tuple[float, float, str]:
        if wanted is None:
            return value, (0.9 if plain(found) == self.common else 0.5), "a currency stands beside the number"
        if wanted.upper() in codes:
            return value, 0.98, "the column's currency stands beside the number"
        return value, 0.3, "another currency than the column's"

    def _percent(self, value: float, wanted: str | None) -> tuple[float, float, str]:
        if wanted == "%":
            return value, 0.99, "the column's unit stands beside the number"
        if wanted == "1":
            return float(f"{value / 100:.12g}"), 0.97, "a percentage as a share"
        inside = [self.low is not None and self.high is not None and self.low <= each <= self.high for each in (value, value / 100)]
        if inside[0]:
            return value, (0.5 if inside[1] else 0.9), "a percent sign stands beside the number"
        return value / 100, (0.9 if inside[1] else 0.5), "a percentage as a share"
