"""Plant errors into the text of a file, by five injectors that `sluice guarded` does not use."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Rows = list[list[str]]
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890")
_NEIGHBOURS = {key: [row[at] for at in (place - 1, place + 1) if 0 <= at < len(row)] for row in _KEYS for place, key in enumerate(row)}
_ALIKE = {
    "0": "O",
    "O": "0",
    "1": "l",
    "l": "1",
    "5": "S",
    "S": "5",
    "8": "B",
    "B": "8",
    "e": "c",
    "c": "e",
    "m": "rn",
    "u": "ii",
    "a": "o",
    "7": "1",
    "6": "b",
}
_EMPTY = ("#N/A", "TBD", "9999", "0000-00-00", "...", "no data")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?$")
_YEAR = re.compile(r"\b(19|20)(\d\d)\b")


@dataclass(frozen=True, slots=True)
class Planted:
    """Name a cell with an error: row and column, counted from 0."""

    row: int
    column: int


def neighbouring_key(rng: random.Random, rows: Rows, row: int, column: int) -> str:
    """Hit the key beside the right one."""
    text = rows[row][column]
    places = [place for place, sign in enumerate(text) if sign.lower() in _NEIGHBOURS]
    if not places:
        return text
    at = rng.choice(places)
    return text[:at] + rng.choice(_NEIGHBOURS[text[at].lower()]) + text[at + 1 :]


def misread(rng: random.Random, rows: Rows, row: int, column: int) -> str:
    """Read up to two signs as others that look alike, as character recognition does."""
    text = rows[row][column]
    places = [place for place, sign in enumerate(text) if sign in _ALIKE]
    changed = set(rng.sample(places, min(2, len(places))))
    return "".join(_ALIKE[sign] if place in changed else sign for place, sign in enumerate(text))


def no_value(rng: random.Random, rows: Rows, row: int, column: int) -> str:
    """Write a word or number of another system that stands for nothing."""
    del rows, row, column
    return rng.choice(_EMPTY)


def row_above(rng: random.Random, rows: Rows, row: int, column: int) -> str:
    """Repeat the value of the row above, or the next above that has another one."""
    del rng
    return next((rows[above][column] for above in range(row - 1, max(-1, row - 20), -1) if rows[above][column] != rows[row][column]), rows[row][column])


def other_unit(rng: random.Random, rows: Rows, row: int, column: int) -> str:
    """Write a number in thousandths or thousands, a year of another century, or a text by its initials and without its first word."""
    text = rows[row][column]
    if _NUMBER.match(text):
        return f"{float(text) * rng.choice((1000, 0.001, 60)):.10g}"
    if _YEAR.search(text):
        return _YEAR.sub(lambda match: f"{'20' if match[1] == '19' else '19'}{match[2]}", text)
    words = text.split()
    return " ".join(words[1:]) if len(words) > 1 and rng.random() < 0.5 else "".join(word[0] for word in words)


INJECTORS: Mapping[str, Callable[[random.Random, Rows, int, int], str]] = {
    "neighbouring key": neighbouring_key,
    "misread": misread,
    "no value": no_value,
    "row above": row_above,
    "other unit": other_unit,
}


def plant(rows: Rows, columns: Sequence[int], injector: str, seed: int, share: float = 0.2) -> tuple[Rows, list[Planted]]:
    """Plant errors of one kind into different rows, in turn in each column; return the rows and the places.

    Args:
        rows: Cells as text.
        columns: Places of the columns that get errors.
        injector: Name of an injector.
        seed: Seed of the draws.
        share: Share of the rows that get an error.
    """
    rng, faulty, places = random.Random(f"{seed} {injector}"), [list(row) for row in rows], list[Planted]()
    free = rng.sample(range(len(rows)), len(rows))
    for turn in range(round(share * len(rows))):
        column = columns[turn % len(columns)]
        for row in free[:50]:
            text = INJECTORS[injector](rng, rows, row, column) if rows[row][column].strip() else ""
            if text.strip() and text != rows[row][column]:
                faulty[row][column] = text
                places.append(Planted(row, column))
                free.remove(row)
                break
    return faulty, places
