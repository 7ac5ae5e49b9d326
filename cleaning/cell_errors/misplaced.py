"""Find values that moved to the end of another cell of their row: the brand in the title, and an empty cell of the brand."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from cleaning.cell_errors.shapes import runs_of
from cleaning.cell_errors.table import Table, is_missing

_MOST_WORDS = 6  # words of a value that may have moved
_SHORTEST = 2  # characters of such a value
_MAX_DISTINCT = 0.9  # distinct values a row, from which a column says nothing of what belongs into it
_MIN_FORM = 0.02  # share of the rows with the form of a number, from which a number of that form may belong there
_LONGEST_FORM = 8
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_CODES = 0.5  # share of the values of a column that are one word with a digit, from which it holds codes
_SHORTEST_CODE, _SAME_FORM = 4, 2  # characters of a code, and codes of one form, from which a word of that form may be another


@dataclass(frozen=True, eq=False)
class Domain:
    """Hold what may stand in a column.

    Attributes:
        values: Its values of few words.
        forms: Forms of its numbers with a decimal point, where most rows hold numbers.
        codes: Forms of its codes, where most rows hold one: a code that is new has one of them.
    """

    values: Collection[str]
    forms: Collection[str]
    codes: Collection[str] = frozenset()

    def __bool__(self) -> bool:
        """Return True where anything may have moved from the column."""
        return bool(self.values or self.forms or self.codes)

    def holds(self, text: str) -> bool:
        """Return True where a text may be a value of the column."""
        return text in self.values or ("." in text and " " not in text and runs_of(text) in self.forms)

    def may_hold(self, text: str) -> bool:
        """Return True where a text that is no value of the column looks like one of its codes."""
        return _is_code(text) and runs_of(text) in self.codes


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
        empty = [column for column in range(table.width) if table.cell(row, column) == "" and domains[column]]
        for column in range(table.width) if empty else ():
            words = table.cell(row, column).split(" ")
            belongs = _split(words, domains[column], {place: domains[place] for place in empty if place != column and (row, place) not in values})
            if belongs:
                values |= {(row, place): text for place, text in belongs.items()}
                left = len(words) - sum(len(text.split(" ")) for text in belongs.values())
                values[row, column] = " ".join(words[:left])
    return values


def _split(words: Sequence[str], own: Domain, domains: Mapping[int, Domain]) -> dict[int, str]:
    """Return the values at the end of a text, by the column into which each belongs; at least one word is left.

    Args:
        words: Words of the text.
        own: What may stand in the column of the text; a code that does has not moved.
        domains: What may stand in the empty cells of its row, by column.
    """
    belongs: dict[int, str] = {}
    left = list(words)
    while (taken := _last(left, own, domains, belongs)) is not None:
        place, length = taken
        belongs[place] = " ".join(left[-length:])
        left = left[:-length]
    return belongs


def _last(words: Sequence[str], own: Domain, domains: Mapping[int, Domain], belongs: Mapping[int, str]) -> tuple[int, int] | None:
    for length in range(min(_MOST_WORDS, len(words) - 1), 0, -1):
        text = " ".join(words[-length:])
        for place, domain in domains.items():
            if place not in belongs and domain.holds(text):
                return place, length
    if len(words) == 1 or own.may_hold(words[-1]):
        return None
    open_codes = [place for place, domain in domains.items() if place not in belongs and domain.may_hold(words[-1])]
    return (open_codes[0], 1) if len(open_codes) == 1 else None


def _is_code(text: str) -> bool:
    return len(text) >= _SHORTEST_CODE and " " not in text and any(map(str.isdigit, text))


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
    return Domain(frozenset(values), frozenset(frequent) if numeric and repeats else frozenset(), _codes(stated))


def _codes(stated: Mapping[str, int]) -> frozenset[str]:
    """Return the forms of codes that occur several times, where most values are codes and no numbers."""
    forms = Counter(runs_of(value) for value in stated if _is_code(value))
    numbers = sum(_NUMBER.fullmatch(value) is not None for value in stated)
    holds_codes = forms.total() >= _CODES * max(1, len(stated)) and numbers < _CODES * len(stated)
    return frozenset(form for form, count in forms.items() if count >= _SAME_FORM) if holds_codes else frozenset()
