"""Plant errors of the published kinds into a table: those that BART and the tables of the Raha paper have."""

from __future__ import annotations

import random
import re
import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

KINDS_A_TABLE = 5  # kinds of errors that one table gets
RATES = (0.01, 0.03, 0.1)  # share of the rows that one kind of error gets
CONVENTION = 0.4  # share of the rows where a column is written in another way
_NULLS = ("N/A", "-", "unknown", "NULL", "9999", "?")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_REPEATING = 0.5  # distinct values a row, below which a column is a category
_STATED = 0.9  # share of filled cells of a column that gets errors
_LETTERS = 4  # letters of a value on average, from which it can be misspelt

Rows = list[list[str]]
Injector = Callable[["Columns", random.Random, Rows, int, int], None]


@dataclass(frozen=True)
class Columns:
    """Describe the columns of a table without errors.

    Attributes:
        rows: Its rows.
    """

    rows: Sequence[Sequence[str]]

    @cached_property
    def values(self) -> Sequence[Sequence[str]]:
        """Return the filled cells of each column."""
        return [[cell for cell in column if cell] for column in zip(*self.rows, strict=True)]

    @cached_property
    def stated(self) -> Sequence[int]:
        """Return the columns with few empty cells and several values."""
        return [place for place, cells in enumerate(self.values) if len(cells) >= _STATED * len(self.rows) and len(set(cells)) > 1]

    @cached_property
    def numbers(self) -> Sequence[int]:
        """Return the columns of numbers."""
        return [place for place in self.stated if all(_NUMBER.fullmatch(cell) for cell in self.values[place])]

    @cached_property
    def words(self) -> Sequence[int]:
        """Return the columns of words."""
        return [place for place in self.stated if sum(map(_letters, self.values[place])) >= _LETTERS * len(self.values[place])]

    @cached_property
    def categories(self) -> Sequence[int]:
        """Return the columns of words in which values repeat."""
        return [place for place in self.words if len(set(self.values[place])) <= _REPEATING * len(self.values[place])]


def _letters(cell: str) -> int:
    return sum(map(str.isalpha, cell))


def typo(columns: Columns, rng: random.Random, rows: Rows, row: int, column: int) -> None:
    """Lose, double, exchange or replace a letter."""
    del columns
    text = rows[row][column]
    at = rng.randrange(max(1, len(text) - 1))
    changes = (
        text[:at] + text[at + 1 :],
        text[:at] + text[at : at + 1] * 2 + text[at + 1 :],
        text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :],
        text[:at] + rng.choice(string.ascii_lowercase) + text[at + 1 :],
    )
    rows[row][column] = rng.choice(changes)


def overwritten(columns: Columns, rng: random.Random, rows: Rows, row: int, column: int) -> None:
    """Write an x over a character."""
    del columns
    text = rows[row][column]
    at = rng.randrange(max(1, len(text)))
    rows[row][column] = text[:at] + "x" + text[at + 1 :]


def emptied(columns: Columns, rng: random.Random, rows: Rows, row: int, column: int) -> None:
    """Lose a value."""
    del columns, rng
    rows[row][column] = ""


def null_word(columns: Columns, rng: random.Random, rows: Rows, row: int, column: int) -> None:
    """Write a word that stands for nothing; one word a column."""
    del rng
    rows[row][column] = _NULLS[(column + len(columns.rows)) % len(_NULLS)]


def other_value(columns: Columns, rng: random.Random, rows: Rows, row: int, column: int) -> None:
    """Write another value of the column, which breaks its dependencies."""
    rows[row][column] = rng.choice(columns.values[column])


def swapped(columns: Columns, rng: random.Random, rows: Rows, row: int, column: int) -> None:
    """Exchange the cells of two columns."""
    other = rng.choice([place for place in columns.words if place != column] or [column])
    rows[row][column], rows[row][other] = rows[row][other], rows[row][column]


def moved(columns: Columns, rng: random.Random, rows: Rows, row: int, column: int) -> None:
    """Move a value to the end of another cell."""
    other = rng.choice([place for place in columns.words if place != column] or [column])
    if other != column:
        rows[row][other], rows[row][column] = f"{rows[row][other]} {rows[row][column]}", ""


def outlier(columns: Columns, rng: random.Random, rows: Rows, row: int, column: int) -> None:
    """Shift the point of a number, or change its sign."""
    del columns
    number = float(rows[row][column]) * rng.choice((10, 100, 1000, -1))
    rows[row][column] = f"{number:.10g}"


def unit(columns: Columns, rng: random.Random, rows: Rows, row: int, column: int) -> None:
    """Write a unit behind a number; one unit a column."""
    del rng
    rows[row][column] += (" kg", "%", " mi", " USD")[(column + len(columns.rows)) % 4]


def convention(columns: Columns, rng: random.Random, rows: Rows, row: int, column: int) -> None:
    """Write a date, number or word in another way."""
    del columns, rng
    text = rows[row][column]
    if match := _DATE.match(text):
        rows[row][column] = f"{int(match[2])}/{int(match[3])}/{match[1][2:]}{text[match.end() :]}"
    elif _NUMBER.fullmatch(text):
        rows[row][column] = f"{float(text):.2f}" if "." not in text else text.replace(".", ",")
    else:
        rows[row][column] = text.upper() if text != text.upper() else text.lower()


INJECTORS: Mapping[str, tuple[Injector, str]] = {
    "typo": (typo, "words"),
    "overwritten": (overwritten, "words"),
    "emptied": (emptied, "stated"),
    "null word": (null_word, "stated"),
    "other value": (other_value, "categories"),
    "swapped": (swapped, "words"),
    "moved": (moved, "categories"),
    "outlier": (outlier, "numbers"),
    "unit": (unit, "numbers"),
    "convention": (convention, "stated"),
}
"""Kinds of errors: what plants one, and the columns that get them (a property of `Columns`)."""


def plant(rows: Sequence[Sequence[str]], seed: str) -> tuple[Rows, dict[tuple[int, int], str]]:
    """Plant errors of some kinds, each into one or two columns, at most one a row; return the rows, and the kind of each wrong cell by row and column.

    Args:
        rows: Rows without errors.
        seed: Seed of the draws of kinds, columns, rates and rows.
    """
    rng, columns, faulty = random.Random(seed), Columns(rows), [list(row) for row in rows]
    kinds = dict[tuple[int, int], str]()
    for kind in rng.sample(sorted(INJECTORS), KINDS_A_TABLE):
        injector, group = INJECTORS[kind]
        places: Sequence[int] = getattr(columns, group)
        for column in rng.sample(places, min(len(places), rng.choice((1, 2)))):
            share = CONVENTION if kind in ("unit", "convention") and rng.random() < 0.5 else rng.choice(RATES)
            for row in rng.sample(range(len(rows)), max(1, round(share * len(rows)))):
                if rows[row][column] and faulty[row] == list(rows[row]):
                    injector(columns, rng, faulty, row, column)
                    faulty[row] = [" ".join(cell.split()) for cell in faulty[row]]
                    kinds |= {(row, place): kind for place, (now, before) in enumerate(zip(faulty[row], rows[row], strict=True)) if now != before}
    return faulty, kinds
