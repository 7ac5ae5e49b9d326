"""Find values that moved to the end of another cell of their row: the brand in the title, and an empty cell of the brand."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from cleaning.cell_errors.shapes import runs_of
from cleaning.cell_errors.table import Table, is_missing

_MOST_WORDS = 6  # words of a value that may have moved
_SHORTEST = 2  # characters of such a value
_MAX_DISTINCT = 0.9  # distinct values a row, from which a column says nothing of what belongs into it
_MIN_FORM = 0.02  # share of the rows with the form of a number, from which a number of that form may belong there
_LONGEST_FORM = 8


@dataclass(frozen=True, eq=False)
class Domain:
    """Hold what may stand in a column.

    Attributes:
        values: Its values of few words.
        forms: Forms of its numbers with a decimal point, where most rows hold numbers.
    """

    values: Collection[str]
    forms: Collection[str]

    def holds(self, text: str) -> bool:
        """Return True where a text may be a value of the column."""
        return text in self.values or ("." in text and " " not in text and runs_of(text) in self.forms)


def domains_of(table: Table) -> list[Domain]:
    """Return what may stand in each column of a table."""
    return [_domain(counts) for counts in table.counts]


def moved(table: Table, domains: Sequence[Domain]) -> Mapping[tuple[int, int], str]:
    """Return what each cell should hold from whose end values moved, and each empty cell where they belong, by row and column.

    Example:
        >>> table = Table(("title", "brand"), (("lamp", "rug", "lamp tarn"), ("tarn", "tarn", "")))
        >>> dict(moved(table, domains_of(table)))
        {(2, 1): 'tarn', (2, 0): 'lamp'}
    """
    values: dict[tuple[int, int], str] = {}
    for row in range(table.height):
        empty = [column for column in range(table.width) if table.cell(row, column) == "" and (domains[column].values or domains[column].forms)]
        for column in range(table.width) if empty else ():
            words = table.cell(row, column).split(" ")
            belongs = _split(words, {place: domains[place] for place in empty if place != column and (row, place) not in values})
            if belongs:
                values |= {(row, place): text for place, text in belongs.items()}
                left = len(words) - sum(len(text.split(" ")) for text in belongs.values())
                values[row, column] = " ".join(words[:left])
    return values


def _split(words: Sequence[str], domains: Mapping[int, Domain]) -> dict[int, str]:
    """Return the values at the end of a text, by the column into which each belongs; at least one word is left."""
    belongs: dict[int, str] = {}
    left = list(words)
    while (taken := _last(left, domains, belongs)) is not None:
        place, length = taken
        belongs[place] = " ".join(left[-length:])
        left = left[:-length]
    return belongs


def _last(words: Sequence[str], domains: Mapping[int, Domain], belongs: Mapping[int, str]) -> tuple[int, int] | None:
    for length in range(min(_MOST_WORDS, len(words) - 1), 0, -1):
        text = " ".join(words[-length:])
        for place, domain in domains.items():
            if place not in belongs and domain.holds(text):
                return place, length
    return None


def _domain(counts: Mapping[str, int]) -> Domain:
    stated = {value: count for value, count in counts.items() if not is_missing(value)}
    total = max(1, sum(stated.values()))
    repeats = len(counts) < _MAX_DISTINCT * sum(counts.values())
    values = {value for value in stated if len(value) >= _SHORTEST and len(value.split()) <= _MOST_WORDS} if repeats else set()
    forms: dict[str, int] = {}
    for value, count in stated.items():
        forms[runs_of(value)] = forms.get(runs_of(value), 0) + count
    numeric = sum(count for form, count in forms.items() if "9" in form) > total / 2
    frequent = {form for form, count in forms.items() if "9" in form and len(form) <= _LONGEST_FORM and count >= _MIN_FORM * total}
    return Domain(frozenset(values), frozenset(frequent) if numeric and repeats else frozenset())
