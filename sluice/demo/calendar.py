"""Schedule the faults of the demo shop: which fault hits which day."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Calendar:
    """Spread the faults over the days that the shop is open; with 14 days the numbers are those in brackets.

    Attributes:
        days: Number of days; at least 3.
    """

    days: int

    def __post_init__(self) -> None:
        """Check that every fault has its day.

        Raises:
            ValueError: There are fewer than 3 days.
        """
        if self.days < 3:
            raise ValueError("the demo shop is open for at least 3 days")

    def nth(self, share: float) -> int:
        """Return the index of the day at a share of the time: .64 of 14 days is the ninth, with index 8."""
        return min(self.days, max(1, math.ceil(share * self.days))) - 1

    @property
    def truncated(self) -> int:
        """Return the day whose events file ends too early and is sent again [5]."""
        return self.nth(0.34)

    @property
    def crawls(self) -> tuple[int, int]:
        """Return the days on which a bot crawls the catalog [6, 10]."""
        return (self.nth(0.42), self.nth(0.7)) if self.days > 3 else (2, 2)

    @property
    def click_farms(self) -> tuple[int, int]:
        """Return the days on which fake accounts push some items [7, 8]."""
        return self.nth(0.5), self.nth(0.57)

    @property
    def bot_events(self) -> int:
        """Return the smallest number of events that bots make on a day: as many as it takes to tell them from people in a shop of three days."""
        return 0 if self.days > 3 else 150

    @property
    def kilograms(self) -> int:
        """Return the day whose catalog has its weights in kg [9]."""
        return self.nth(0.64) if self.days > 3 else 2

    @property
    def missing_column(self) -> int:
        """Return the day whose catalog lacks a column, and on which nothing is launched [11]; never the last one, so that the gates open."""
        return self.nth(0.78) if self.days > 3 else 1

    @property
    def parquet(self) -> int:
        """Return the day whose events come as Parquet [12]."""
        return self.nth(0.85)

    @property
    def duplicates(self) -> int:
        """Return the first day on which some products are listed under two ids [4]."""
        return self.nth(0.28)

    def fault_rate(self, day: int) -> float:
        """Return a day's factor for the stated rates: low while history forms, half at the end."""
        if day < round(self.days * 0.2):
            return 0.1
        return 0.5 if day >= self.days - 2 else 1.0
