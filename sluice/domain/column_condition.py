"""Represent a condition on one column, as people type it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Self

from sluice.errors import UsageError

COMPARISONS = ("<=", ">=", "!=", "=", "<", ">")  # the longer ones first
CONDITION = re.compile(rf"\s*(?P<column>.+?)\s*(?P<comparison>{'|'.join(COMPARISONS)})\s*(?P<value>.*?)\s*")


@dataclass(frozen=True, slots=True)
class ColumnCondition:
    """Represent one condition on a column.

    Example:
        >>> ColumnCondition.parse("price < 20")
        ColumnCondition(column='price', comparison='<', value='20')
    """

    column: str
    comparison: str
    value: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse a condition as people type it: brand=Aro, price<20.

        Raises:
            UsageError: The text is no condition.
        """
        match = CONDITION.fullmatch(text)
        if match is None:
            raise UsageError(f"{text!r} is no filter; write a column, one of {' '.join(COMPARISONS)} and a value, such as price<=20")
        if match["value"].startswith(("=", "<", ">")):
            raise UsageError(f"{text!r} has an unknown comparison; write one of {' '.join(COMPARISONS)}, such as brand=Aro or price<=20")
        return cls(**match.groupdict())

    @property
    def number(self) -> float | None:
        """Return the value as a number; None where it is none."""
        try:
            number = float(self.value)
        except ValueError:
            return None
        return number if math.isfinite(number) else None
