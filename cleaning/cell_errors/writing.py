"""Tell which values of a column are written in another way than it: other units, forms, cases, words for nothing."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TypeVar

from cleaning.cell_errors.shapes import runs_of, shape_of
from cleaning.cell_errors.table import is_missing

Counts = Mapping[str, int]
Test = Callable[[str], bool]
_Kind = TypeVar("_Kind", bound=Hashable)

_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_PLAIN_NUMBER = re.compile(r"[+-]?(?:0|[1-9]\d*)(?:\.\d+)?")  # `007` is a code
_WITH_UNIT = re.compile(r"([+-]?\d+(?:\.\d+)?)\s*([A-Za-z%][A-Za-z%. ]*)")
_SEPARATORS = re.compile(r"[\s.,;:'\"/_()-]+")
_DIGIT_RUN = re.compile(r"9\+")
_REPEATED_WORD = re.compile(r"([Aau+]+[ ,;&/-]+)\1+")
_OTHER_CASES = ({"mixed", "capitals"}, {"mixed", "small"})
_USUAL_FORMS, _FORM_SHARE, _RARE_FORM = 3, 0.95, 0.01
_UNIT_SHARE = 0.2  # share of the rows with a number and a unit, below which it is no convention at all
_MOST_UNITS = 12  # spellings of units in one column
_ONE_UNIT = 0.95  # share of the units that one of them has, from which it is the column's
_DISAGREE = 0.1  # share of the pairs of rows with one number whose units differ, from which the unit is none of the number (`1st`, `2nd`)
_MORE = 1.5  # times more rows that another spelling of a value has
_CASE_SHARE, _CASE_LETTERS = 0.9, 6  # share of the rows in capitals, small letters or both; letters from which another case is no name such as IBM
_MARKED_COLUMNS = 2  # columns from which a word for nothing is how the table writes it
_FORM_OF_ALL = 0.5  # share of the rows with the shape of a word, from which it is a value as the others
_FIXED_LENGTH = 0.9


def unit_test(counts: Counts) -> Test:
    """Return the test for numbers with a unit that not all cells write, or not in the same way."""
    numbers = _units_of(counts)
    units: Counter[str] = Counter()
    for by_unit in numbers.values():
        units.update(by_unit)
    bare = units.pop("", 0)
    if units.total() < _UNIT_SHARE * max(1, _rows_by(counts, len).total()) or len(units) > _MOST_UNITS:
        return _never
    common_unit, rows = units.most_common(1)[0]
    if rows >= _ONE_UNIT * (units.total() + bare):
        return lambda value: (match := _WITH_UNIT.fullmatch(value)) is not None and match.group(2) != common_unit
    mixed = bare > (1 - _ONE_UNIT) * (units.total() + bare) or _disagree(numbers)
    return (lambda value: _WITH_UNIT.fullmatch(value) is not None) if mixed else _never


def form_test(counts: Counts) -> Test:
    """Return the test for values of a rare form in a column of few forms; how long numbers and lists of words are is no part of it."""
    forms = _rows_by(counts, _form)
    total = max(1, forms.total())
    regular = sum(count for _, count in forms.most_common(_USUAL_FORMS)) >= _FORM_SHARE * total
    return lambda value: regular and not is_missing(value) and forms.get(_form(value), 0) < _RARE_FORM * total


def spelling_test(counts: Counts) -> Test:
    """Return the test for values of which another spelling is more usual: `kiel` beside `Kiel`, `3.00` beside `3`, or another case than the column's."""
    spellings: dict[str, list[tuple[bool, int, str]]] = defaultdict(list)
    styles = _rows_by(counts, _style)
    styles.pop("", None)
    common_style, rows = styles.most_common(1)[0] if styles else ("", 0)
    for value, count in counts.items():
        if not is_missing(value):
            spellings[_key(value)].append((_style(value) == common_style, count, value))
    case = common_style if rows >= _CASE_SHARE * styles.total() else ""

    def test(value: str) -> bool:
        if is_missing(value):
            return False
        in_common_style, count, best = max(spellings.get(_key(value), [(False, 0, value)]))
        differs = best != value and (count >= _MORE * counts.get(value, 1) or (in_common_style and _style(value) != common_style))
        return differs or _has_other_case(value, case)

    return test


def marker_tests(columns: Sequence[Counts]) -> list[Test]:
    """Return for each column the test for words for a missing value; one word that several columns write, and nothing else, is how the table writes it."""
    markers = {value.lower() for counts in columns for value in counts if is_missing(value)}
    holders = sum(any(map(is_missing, counts)) for counts in columns)
    if len(markers) == 1 and "" not in markers and holders >= _MARKED_COLUMNS:
        return [_never] * len(columns)
    return [_marker_test(counts) for counts in columns]


def varies_in_length(counts: Counts) -> bool:
    """Return True where the values of a column differ in length; codes and dates often do not."""
    lengths = _rows_by(counts, len)
    return bool(lengths) and lengths.most_common(1)[0][1] <= _FIXED_LENGTH * lengths.total()


def _marker_test(counts: Counts) -> Test:
    shapes = _rows_by(counts, shape_of)
    stated = max(1, shapes.total())
    negative = any(_NUMBER.fullmatch(value) and value.startswith("-") and value != "-1" for value in counts)

    def test(value: str) -> bool:
        is_value = shapes[shape_of(value)] >= _FORM_OF_ALL * stated or (value == "-1" and negative)
        return value != "" and is_missing(value) and not is_value

    return test


def _units_of(counts: Counts) -> Mapping[str, Counter[str]]:
    """Return the rows of each unit by number; the unit of a plain number is empty."""
    numbers: dict[str, Counter[str]] = defaultdict(Counter)
    for value, count in counts.items():
        if match := _WITH_UNIT.fullmatch(value):
            numbers[match.group(1)][match.group(2)] += count
        elif _NUMBER.fullmatch(value):
            numbers[value][""] += count
    return numbers


def _disagree(numbers: Mapping[str, Counter[str]]) -> bool:
    pairs = sum(units.total() ** 2 for units in numbers.values())
    equal = sum(count**2 for units in numbers.values() for count in units.values())
    return pairs - equal >= _DISAGREE * pairs


def _form(value: str) -> str:
    """Return the shape of a value; neither the length of a number nor the number of words is part of it."""
    return _REPEATED_WORD.sub(r"\1", _DIGIT_RUN.sub("9", runs_of(value)))


def _key(value: str) -> str:
    if _PLAIN_NUMBER.fullmatch(value):
        return f"{float(value):.14g}"
    return _SEPARATORS.sub(" ", value.casefold()).strip()


def _style(value: str) -> str:
    """Return the case of a text, or the decimals of a number."""
    if _PLAIN_NUMBER.fullmatch(value):
        return f"{len(value.partition('.')[2])} decimals"
    letters = [letter for letter in value if letter.isupper() or letter.islower()]
    if not letters:
        return ""
    return "capitals" if all(map(str.isupper, letters)) else "small" if all(map(str.islower, letters)) else "mixed"


def _has_other_case(value: str, common_style: str) -> bool:
    """Return True for a long text in capitals or small letters where the column has both, or the other way round."""
    style = _style(value)
    return style != common_style and {style, common_style} in _OTHER_CASES and sum(map(str.isalpha, value)) >= _CASE_LETTERS


def _rows_by(counts: Counts, kind: Callable[[str], _Kind]) -> Counter[_Kind]:
    """Count the rows of each kind of value; those of missing values are left out."""
    rows: Counter[_Kind] = Counter()
    for value, count in counts.items():
        if not is_missing(value):
            rows[kind(value)] += count
    return rows


def _never(value: str) -> bool:
    del value
    return False
