"""Tell a typo of a word from another word."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

_MIN_LETTERS = 4  # letters of a word below which one edit makes another word
_LETTERS_PER_EDIT = 8  # letters of a value for each edit beyond the first
_KEYS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_PLACES = {key: (row, column + row / 2) for row, keys in enumerate(_KEYS) for column, key in enumerate(keys)}
_SUFFIX = re.compile(r"(s|es|e|n|en|er|r)$")


def is_near(value: str, word: str) -> bool:
    """Return True where few edits lead from a word to a value, for the length of the word, and no digit differs.

    Two swapped neighbours count as one edit. The case, blanks and signs of two values are no typos: both may be as they should.

    Args:
        value: Value that may be a typo.
        word: Word that may be the intended one.

    Example:
        >>> is_near("birminghxm", "birmingham"), is_near("mug-birch", "rug-cedar"), is_near("30 ml", "50 ml")
        (True, False, False)
    """
    if _letters(value) == _letters(word):
        return False
    if is_overwritten(value, word):
        return True
    if _digits(value) != _digits(word):
        return False
    return _distance(value, word, _budget(word)) <= _budget(word)


def _distance(value: str, word: str, most: int) -> int:
    """Return the number of edits from one text to another, two swapped neighbours as one; one more than `most` where there are more."""
    from rapidfuzz.distance import OSA  # with the first two values that are compared

    return int(OSA.distance(value, word, score_cutoff=most))


def is_overwritten(value: str, word: str) -> bool:
    """Return True where one and the same character stands in place of some of a word's: `M?ller`, `35x57`.

    At most half of the characters are overwritten, and no digit by a digit.

    Example:
        >>> is_overwritten("M?ll?r", "Müllér"), is_overwritten("30 ml", "50 ml")
        (True, False)
    """
    differing = [(old, new) for old, new in zip(value, word, strict=False) if old != new]
    same_filler = len(value) == len(word) and len({old for old, _ in differing}) == 1
    return same_filler and 0 < 2 * len(differing) <= len(word) and not any(old.isdigit() for old, _ in differing)


def is_slip(value: str, word: str) -> bool:
    """Return True where a value is a word with one slip of the fingers: two swapped letters, or a neighbouring key.

    A plural, another ending, another first letter and a letter more or less (`Philips`, `Phillips`) make words of their own.

    Example:
        >>> is_slip("Nordwimd", "Nordwind"), is_slip("Cortland", "Portland"), is_slip("Mugs", "Mug")
        (True, False, False)
    """
    first, second = value.lower(), word.lower()
    if len(second) < _MIN_LETTERS + 2 or first[:1] != second[:1] or _digits(first) != _digits(second) or _stem(first) == _stem(second):
        return False
    if len(first) != len(second) or _distance(first, second, 1) != 1:
        return False
    place = next(index for index, (left, right) in enumerate(zip(first, second, strict=True)) if left != right)
    return first[place : place + 2] == second[place : place + 2][::-1] or _are_neighbours(first[place], second[place])


def is_malformed(code: str, right: str, forms: Mapping[str, float]) -> bool:
    """Return True where a code lacks the form of its column, since characters of a code that has it are overwritten.

    Args:
        code: Code that may be damaged.
        right: Code that it may have been.
        forms: Share of the column's rows with each form, as `form_of` gives it.

    Example:
        >>> is_malformed("35x57", "35957", {"99999": 0.98, "99a99": 0.01}), is_malformed("35958", "35957", {"99999": 1.0})
        (True, False)
    """
    if forms.get(form_of(right), 0.0) < 0.5 or forms.get(form_of(code), 0.0) > 0.05:
        return False
    return is_overwritten(code, right) and all(form_of(old) != form_of(new) for old, new in zip(code, right, strict=True) if old != new)


def form_of(text: str) -> str:
    """Return a text with each digit as 9 and each letter as a.

    Example:
        >>> form_of("AB-12")
        'aa-99'
    """
    return "".join("9" if letter.isdigit() else "a" if letter.isalpha() else letter for letter in text)


def shares_of(forms: Iterable[str], counts: Iterable[int]) -> dict[str, float]:
    """Return the share of the rows with each form.

    Args:
        forms: Form of each distinct value.
        counts: Number of its rows.
    """
    total: Counter[str] = Counter()
    for form, count in zip(forms, counts, strict=True):
        total[form] += count
    return {form: count / total.total() for form, count in total.items()}


def _budget(word: str) -> int:
    letters = sum(letter.isalpha() for letter in word)
    return 0 if letters < 2 else max(1, letters // _LETTERS_PER_EDIT + (letters >= _LETTERS_PER_EDIT))


def _are_neighbours(first: str, second: str) -> bool:
    if first not in _PLACES or second not in _PLACES:
        return False
    (row, column), (other_row, other_column) = _PLACES[first], _PLACES[second]
    return abs(row - other_row) <= 1 and abs(column - other_column) <= 1


def _stem(word: str) -> str:
    return _SUFFIX.sub("", word)


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit())


def _letters(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalnum())
