"""Match the columns that a file lacks with columns of the file that are not declared."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher

import polars as pl

from sluice.domain import Column
from sluice.sources.cast import to_type
from sluice.sources.table import Table

_WORD = re.compile(r"[A-Z]?[^\W_A-Z]+|[A-Z]+|\d+")
ALIKE = 0.75  # ratio of difflib from which two names are similar
MIN_FITTING = 0.95  # share of a column's cells that are of the declared type


@dataclass(frozen=True, slots=True, eq=False)
class Header:
    """Hold a table under the declared names.

    Attributes:
        table: The table; columns that were matched have their declared names.
        matched: Names in the file that differ from the declared ones in case or blanks alone, by declared column.
        similar: Undeclared columns that may be a declared one which the file lacks, by declared column.
    """

    table: Table
    matched: Mapping[str, str] = field(default_factory=dict)
    similar: Mapping[str, str] = field(default_factory=dict)


def match_header(table: Table, declared: Sequence[Column], used: Sequence[str], read: Callable[[Sequence[str]], Table]) -> Header:
    """Match declared columns that a file lacks with its undeclared ones: read those whose names are the same, name those that are similar.

    Args:
        table: Columns of the file that are used, and the names of all its columns.
        declared: The declared columns; those with a path are read from other columns of the file, and not matched.
        used: Names of the columns that the declared ones are read from.
        read: Reads further columns of the file.
    """
    missing = [column for column in declared if not column.path and column.name not in table.columns]
    undeclared = [name for name in table.columns if name not in used]
    matched = dict(_matched(missing, undeclared))
    lost = [column for column in missing if column.name not in matched]
    candidates = {column: _candidates(column, declared, table.columns, [name for name in undeclared if name not in matched.values()]) for column in lost}
    needed = list(dict.fromkeys([*matched.values(), *(name for names in candidates.values() for name in names)]))
    if not needed:
        return Header(table)
    cells = read(needed).frame
    similar = {column.name: name for column, names in candidates.items() if (name := _first_fitting(column, names, cells))}
    return Header(_renamed(table, matched, cells), matched, similar)


def _matched(missing: Sequence[Column], undeclared: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the declared columns whose name one undeclared column, and no second one, has but for case and blanks; or which it had before (`was`)."""
    for column in missing:
        if column.was and column.was in undeclared:
            yield column.name, column.was
            continue
        same = [name for name in undeclared if plain_name(name) == plain_name(column.name)]
        if len(same) == 1 and sum(plain_name(other.name) == plain_name(column.name) for other in missing) == 1:
            yield column.name, same[0]


def plain_name(name: str) -> str:
    """Return the name of a column without its case and surplus blanks."""
    return " ".join(name.replace("\ufeff", "").split()).casefold()


def _candidates(column: Column, all_declared: Sequence[Column], columns: Sequence[str], undeclared: Sequence[str]) -> list[str]:
    """Return the undeclared columns with a similar name, the most similar first; then the one in its place: for texts, which any cell is, only one alone."""
    scored = sorted(((likeness(column.name, name), name) for name in undeclared), key=lambda pair: -pair[0])
    names = [name for score, name in scored if score >= ALIKE]
    place = all_declared.index(column)
    alone = len(undeclared) == 1 and all(other.name in columns for other in all_declared if other is not column)
    in_place = len(columns) == len(all_declared) and columns[place] in undeclared and (column.type != "string" or alone)
    return [*names, *([columns[place]] if in_place and columns[place] not in names else [])]


def likeness(first: str, second: str) -> float:
    """Return how similar two names are, 0 to 1: 1 where the words of one are among those of the other."""
    words, others = ({word.casefold() for word in _WORD.findall(name)} for name in (first, second))
    if words and others and (words <= others or others <= words):
        return 1.0
    return SequenceMatcher(None, plain_name(first), plain_name(second)).ratio()


def _first_fitting(column: Column, names: Sequence[str], cells: pl.DataFrame) -> str | None:
    return next((name for name in names if name in cells.columns and fits(cells[name], column)), None)


def fits(cells: pl.Series, column: Column) -> bool:
    """Return True where there are cells, and nearly all are of the type of a column."""
    filled = cells.len() - cells.null_count()
    typed = to_type(cells, column)
    return filled > 0 and typed.len() - typed.null_count() >= MIN_FITTING * filled


def _renamed(table: Table, matched: Mapping[str, str], cells: pl.DataFrame) -> Table:
    """Return the table with the matched columns under their declared names."""
    if not matched:
        return table
    declared = {name: column for column, name in matched.items()}
    columns = tuple(declared.get(name, name) for name in table.columns)
    return replace(table, columns=columns, frame=table.frame.with_columns(cells[name].alias(column) for column, name in matched.items()))
