"""Define what a platform's generator offers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from benchmarks.first_contact import calendar
from benchmarks.first_contact.shop import Shop
from benchmarks.first_contact.truth import Sheet, Table


@dataclass(frozen=True, slots=True)
class Platform:
    """Generate the exports of one system, right in every cell.

    Attributes:
        name: Name of the system and of its export.
        tables: Its exports.
        sheets: Function that returns the files of a day, by its number.
    """

    name: str
    tables: tuple[Table, ...]
    sheets: Callable[[Shop, int], Sequence[Sheet]]

    def files(self, shop: Shop, number: int) -> Sequence[Sheet]:
        """Return the files that arrive for a day: its own, and on one day those of the day before once more."""
        today = list(self.sheets(shop, number))
        if calendar.day(number) == calendar.RESENT:
            today += [sheet.resent() for sheet in self.sheets(shop, number - 1) if sheet.table.events]
        return today


def dated(stem: str, day: date, ending: str, form: str = "%Y-%m-%d") -> str:
    """Name a file after its day."""
    return f"{stem}_{day.strftime(form)}.{ending}"
