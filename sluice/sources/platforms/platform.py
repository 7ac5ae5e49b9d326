"""Describe what is known of the files that a system exports."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import polars as pl

from sluice.domain import Guard, Mode, OnChange

Type: TypeAlias = Literal["string", "integer", "number", "boolean", "date", "timestamp"]


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """Describe the columns whose whole name matches a pattern.

    Attributes:
        name: Regular expression; case and surrounding blanks do not count.
        type: Type of the values, where they are of it; None: as the values say.
        personal: Whether they tell of a person; None: as name and values say.
        unit: Unit that numbers are kept in.
        empty: Words that stand for an empty cell.
    """

    name: str
    type: Type | None = None
    personal: bool | None = None
    unit: str | None = None
    empty: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Platform:
    """Describe the files of one kind that a system exports. Patterns of columns are regular expressions, as in `ColumnFacts`.

    Attributes:
        title: What such a file is called, after "looks like": `a Shopify product export`.
        headers: Patterns of columns that such a file has; of several lists one must be complete.
        matches: Decides by the first rows, each cell as text, where the names alone do not; called once the names match.
        names: Names of its columns where the file has no header; such a file must have as many columns, and `matches` decides.
        columns: What is known of columns; the first entry that matches a name counts.
        key: Patterns of the columns of the key; those that the file has, and none unless it has the first.
        blank_key: Whether a part of the key may be blank.
        no_key: Whether its rows have no key, whatever a sample of them shows.
        empty: Words that stand for an empty cell in every column.
        time: Patterns of the column with the time of an event, the best first; none for a table.
        mode: How files follow one another; None: as their keys say.
        on_change: What becomes of an event that the system exports again with other cells; None: it is held.
        group_by: Pattern of the column that names rows which belong together.
        fill_down: Patterns of columns that are written in the first row of a group alone.
        number_rows: Name of a column with the position of each row in its group; None without one.
        paths: Columns that join several paths: name, and paths of which the first with a value counts.
        explode: Whether the elements of a list in a cell may be rows; False where each record is one row.
        guard: What the system writes around cells.
        notes: Whether notices can stand above the header and totals below the rows; where a file has none, the next one may.
        escaped: Patterns of columns in which the system writes a line break as a backslash and an n.
        lists: Patterns of columns whose cells are lists with commas between their values, in which a backslash stands before a comma of a value.
        zone: Time zone of its times that name none; None: that of the shop.
        remarks: What a person should know of such files, in sentences that `sluice.messages` translates.
    """

    title: str
    headers: tuple[tuple[str, ...], ...] = ()
    matches: Callable[[pl.DataFrame], bool] | None = None
    names: tuple[str, ...] = ()
    columns: tuple[ColumnFacts, ...] = ()
    key: tuple[str, ...] = ()
    blank_key: bool = False
    no_key: bool = False
    empty: tuple[str, ...] = ()
    time: tuple[str, ...] = ()
    mode: Mode | None = None
    on_change: OnChange | None = None
    group_by: str | None = None
    fill_down: tuple[str, ...] = ()
    number_rows: str | None = None
    paths: tuple[tuple[str, tuple[str, ...]], ...] = ()
    explode: bool = True
    guard: tuple[Guard, ...] = ()
    notes: bool = False
    escaped: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    zone: str | None = None
    remarks: tuple[str, ...] = ()

    def facts_of(self, column: str) -> ColumnFacts | None:
        """Return what is known of a column; None where nothing is."""
        return next((facts for facts in self.columns if fits(facts.name, column)), None)


def fits(pattern: str, name: str) -> bool:
    """Return True where the whole name matches the pattern, whatever its case and the blanks around it.

    Example:
        >>> fits("option[1-3] value", " Option1 Value")
        True
    """
    return re.fullmatch(pattern, name.strip(), re.IGNORECASE) is not None


def fitting(patterns: Iterable[str], names: Sequence[str]) -> tuple[str, ...]:
    """Return the names that match one of the patterns, in the order of the patterns."""
    return tuple(dict.fromkeys(name for pattern in patterns for name in names if fits(pattern, name)))
