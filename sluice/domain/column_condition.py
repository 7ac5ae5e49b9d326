"""Represent a condition on one column, as people type it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Self

from sluice.domain.message import Message
from sluice.errors import InvalidValue

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
            InvalidValue: The text is no condition.
        """
        match = CONDITION.fullmatch(text)
        if match is None:
            raise InvalidValue.of(Message.of("condition_no_filter", text=text, signs=" ".join(COMPARISONS)))
        if match["value"].startswith(("=", "<", ">")):
            raise InvalidValue.of(Message.of("condition_unknown_comparison", text=text, signs=" ".join(COMPARISONS)))
        return cls(**match.groupdict())

    @property
    def number(self) -> float | None:
        """Return the value as a number; None where it is none."""
        try:
            number = float(self.value)
        except ValueError:
            return None
        return number if math.isfinite(number) else None
