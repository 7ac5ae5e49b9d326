"""Plant errors of a few general kinds into single cells of any table, at most one in a row, so that what is found can be counted."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

import numpy as np
import polars as pl

PLANTED = pl.Schema({"position": pl.UInt32(), "column": pl.String(), "kind": pl.String(), "text": pl.String()})  # text: null empties the cell

_SHARE_OF_COLUMN, _SHARE_OF_ROWS = 0.04, 0.5  # few enough that the right rows still say what is usual
_TRIES = 5  # draws for one cell until its text changes
_LETTERS, _DIGITS = "abcdefghijklmnopqrstuvwxyz", "0123456789"
_PLACEHOLDERS: Mapping[str, Sequence[str]] = {
    "string": ("unknown", "-", "?", "none", "N/A"),
    "integer": ("0", "-1", "999"),
    "number": ("0", "-1", "999"),
    "date": ("1970-01-01",),
    "timestamp": ("1970-01-01T00:00:00Z",),
    "boolean": ("?",),
}
_FACTORS = (100.0, 10.0, 0.1, 0.01, -1.0)
_SHIFTS = (timedelta(hours=8), timedelta(days=1), timedelta(days=30), timedelta(days=365))


@dataclass(frozen=True, slots=True)
class Table:
    """Hold a table as text, and draw from it.

    Attributes:
        texts: The declared columns as text.
        types: Declared type of each column.
        rng: Random generator.
    """

    texts: pl.DataFrame
    types: Mapping[str, str]
    rng: np.random.Generator

    def cell(self, position: int, column: str) -> str | None:
        """Return a cell."""
        value: str | None = self.texts[column][position]
        return value

    def choose(self, values: Sequence[str]) -> str:
        """Draw one of some values."""
        return values[int(self.rng.integers(len(values)))]


Plant: TypeAlias = Callable[[Table, int, str, str], str | None]


def plant_errors(texts: pl.DataFrame, types: Mapping[str, str], seed: int) -> pl.DataFrame:
    """Draw errors of every kind for every column, in filled cells and in different rows (schema PLANTED).

    At most half of the rows and 4 % of a column's cells get an error. No error leaves a cell as it was.

    Args:
        texts: The declared columns as text: numbers in their shortest form, times in ISO 8601.
        types: Declared type of each column.
        seed: Seed of the draws.

    Example:
        >>> table = pl.DataFrame({"name": ["lamp", "desk"] * 50, "price": ["5", "80"] * 50})
        >>> planted = plant_errors(table, {"name": "string", "price": "number"}, seed=1)
        >>> planted.height, planted["position"].n_unique(), planted["kind"].n_unique()
        (8, 8, 5)
    """
    table, limit = Table(texts, types, np.random.default_rng(seed)), max(1, round(_SHARE_OF_COLUMN * texts.height))
    free = _free_rows(table)
    left, rows = dict.fromkeys(texts.columns, limit), max(1, round(_SHARE_OF_ROWS * texts.height))
    planted: list[tuple[int, str, str, str | None]] = []
    slots = [(column, kind) for column in texts.columns for kind in KINDS]
    for column, kind in itertools.cycle([slots[index] for index in table.rng.permutation(len(slots))]):
        if len(planted) >= rows or not any(left.values()):
            break
        if left[column] and (error := _draw(table, free[column], column, kind)):
            planted.append(error)
            for positions in free.values():
                positions.pop(error[0], None)
        left[column] = left[column] - 1 if free[column] and left[column] else 0
    return pl.DataFrame(planted, schema=PLANTED, orient="row")


def _free_rows(table: Table) -> dict[str, dict[int, None]]:
    """Return the rows in which each column is filled, in random order."""
    order = table.rng.permutation(table.texts.height)
    filled = {column: table.texts[column].is_not_null().to_numpy() for column in table.texts.columns}
    return {column: {int(position): None for position in order if mask[position]} for column, mask in filled.items()}


def _draw(table: Table, free: Mapping[int, None], column: str, kind: str) -> tuple[int, str, str, str | None] | None:
    """Return an error in the next free row that can have it; None where the next few cannot."""
    for position in itertools.islice(free, _TRIES):
        old = str(table.cell(position, column))
        for _ in range(_TRIES):
            new = KINDS[kind](table, position, column, old)
            if new is None or (new != old and new.strip()):
                return position, column, kind, new
    return None


def _missing(table: Table, position: int, column: str, old: str) -> str | None:
    """Lose the value, or write a word or number that stands for none."""
    del position, old
    return None if table.rng.random() < 0.5 else table.choose(_PLACEHOLDERS[table.types[column]])


def _exchanged(table: Table, position: int, column: str, old: str) -> str | None:
    """Write the value of another row, which is right there."""
    del position
    other = table.cell(int(table.rng.integers(table.texts.height)), column)
    return old if other is None else other


def _misspelt(table: Table, position: int, column: str, old: str) -> str | None:
    """Change one sign: lost, doubled, swapped with the next, or replaced by another of its kind."""
    del position, column
    at = int(table.rng.integers(len(old)))
    sign = table.choose(_DIGITS if old[at].isdigit() else _LETTERS)
    edits = (old[:at] + old[at + 1 :], old[:at] + old[at] + old[at:], old[:at] + old[at : at + 2][::-1] + old[at + 2 :], old[:at] + sign + old[at + 1 :])
    return table.choose(edits)


def _misplaced(table: Table, position: int, column: str, old: str) -> str | None:
    """Write the value of another column of the row; of a table with one column, a text that fits none."""
    others = [text for name in table.texts.columns if name != column and (text := table.cell(position, name)) is not None]
    return table.choose(others) if others else f"see {old}"


def _distorted(table: Table, position: int, column: str, old: str) -> str | None:
    """Write a number in another scale or with another sign, shift a time, cut a text short or write it twice."""
    del position
    kind = table.types[column]
    if kind in ("integer", "number"):
        scaled = float(old) * _FACTORS[int(table.rng.integers(len(_FACTORS)))]
        return f"{scaled:.0f}" if kind == "integer" else f"{scaled:.12g}"
    if kind in ("date", "timestamp"):
        return _shifted(table, old, whole_days=kind == "date")
    if kind == "boolean":
        return "false" if old == "true" else "true"
    return old[: max(1, len(old) // 2)] if table.rng.random() < 0.5 else f"{old} {old}"


def _shifted(table: Table, old: str, *, whole_days: bool) -> str:
    shifts = _SHIFTS[1:] if whole_days else _SHIFTS
    shift = shifts[int(table.rng.integers(len(shifts)))] * (1 if table.rng.random() < 0.5 else -1)
    try:
        moment = datetime.fromisoformat(old) + shift
    except (ValueError, OverflowError):  # a year that Python has no date for
        return old
    return moment.date().isoformat() if whole_days else moment.isoformat()


KINDS: Mapping[str, Plant] = {
    "missing": _missing,
    "exchanged": _exchanged,
    "misspelt": _misspelt,
    "misplaced": _misplaced,
    "distorted": _distorted,
}
"""Kinds of errors by name; each returns the new text of a cell, or the old one where it cannot change it."""


def count_detected(planted: pl.DataFrame, detected: pl.Series) -> Iterator[tuple[str, str, int, int]]:
    """Yield column, kind, number of planted errors and number of detected ones.

    Args:
        planted: Frame of schema PLANTED.
        detected: Whether each was detected.
    """
    by_kind = planted.with_columns(detected.alias("detected")).group_by("column", "kind", maintain_order=True)
    yield from by_kind.agg(pl.len().alias("planted"), pl.col("detected").sum()).iter_rows()
