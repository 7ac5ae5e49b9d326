"""On which day what goes wrong in the demo shop."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Calendar:
    """The fortunes of a shop, spread over however many days it is open; with 14 days the numbers are those in brackets.

    Attributes:
        days: How many there are; at least 4.
    """

    days: int

    def __post_init__(self) -> None:
        """Refuse a shop that is too young for all its misfortunes."""
        if self.days < 4:
            raise ValueError("the demo shop is open for at least 4 days")

    def nth(self, share: float) -> int:
        """Index of the day at a share of the time: .64 of 14 days is the ninth, of index 8."""
        return min(self.days, max(1, math.ceil(share * self.days))) - 1

    @property
    def truncated(self) -> int:
        """The events file of this day breaks off, and is sent again [5]."""
        return self.nth(0.34)

    @property
    def crawls(self) -> tuple[int, int]:
        """A bot walks the catalog on these days [6, 10]."""
        return self.nth(0.42), self.nth(0.7)

    @property
    def farms(self) -> tuple[int, int]:
        """Fake accounts push some items on these days [7, 8]."""
        return self.nth(0.5), self.nth(0.57)

    @property
    def kilograms(self) -> int:
        """The catalog of this day has its weights in kg [9]."""
        return self.nth(0.64)

    @property
    def gone(self) -> int:
        """The catalog of this day lacks a column, and nothing new is launched [11]."""
        return self.nth(0.78)

    @property
    def parquet(self) -> int:
        """The events of this day come as Parquet [12]."""
        return self.nth(0.85)

    @property
    def twins(self) -> int:
        """From this day on some products are listed under two ids [4]."""
        return self.nth(0.28)

    def dirt(self, day: int) -> float:
        """How dirty a day is, relative to the stated rates: little while history forms, half of it at the end."""
        if day < round(self.days * 0.2):
            return 0.1
        return 0.5 if day >= self.days - 2 else 1.0
