"""Find the more frequent value that a value is nearly equal to: `birminghxm` beside `birmingham`."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cleaning.cell_errors.shapes import runs_of

_LONGEST = 200  # characters of a value that is compared
_SHORT = 4  # characters up to which a value is compared with all others of its length
_COMMON = 400  # values with one trigram, from which it tells nothing
_COMPARED = 8  # values that share most trigrams with one, which are compared with it
_DISTINCT = 0.8  # distinct values a row, from which a column holds names of things: two alike are two things
_MOST = 50_000  # distinct values that are compared
_EDITS = 2  # edits that a short text may differ by; a long one by a fifth of its characters
_NUMERIC = re.compile(r"[\d.\-:/ %]+")
_DIGITS = re.compile(r"\d")
_WORD = re.compile(r"[^\W_]+")
_TWO_THINGS = 0.3  # factor where values that are alike are mostly two things: other numbers, or other usual words
_USUAL_FORM = 0.05  # share of the rows with the form of a word with digits, from which it is a code as the others
_USUAL_WORD = 5  # rows of other values that hold a word, from which it is no typo


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Describe the value that another one is nearly equal to.

    Attributes:
        value: The more frequent value.
        likeness: Share of equal characters, lowered where both are about as frequent (0 to 1).
    """

    value: str
    likeness: float


class Neighbours:
    """Find near-duplicates among the values of one column by their trigrams; cost is linear in the values.

    Example:
        >>> Neighbours({"birmingham": 9, "kiel": 5}).nearest("birminghxm", 1).value
        'birmingham'
    """

    def __init__(self, counts: Mapping[str, int]) -> None:
        """Index the values of a column by their trigrams.

        Args:
            counts: Rows of each value.
        """
        rows = sum(counts.values())
        usable = len(counts) <= _DISTINCT * rows
        values = [value for value in counts if len(value) <= _LONGEST][:_MOST] if usable else []
        self._counts = {value: counts[value] for value in values}
        self._by_gram: dict[str, list[str]] = defaultdict(list)
        self._short: dict[int, list[str]] = defaultdict(list)
        self._words: Counter[str] = Counter()
        self._forms: Counter[str] = Counter()
        self._rows = rows
        for value in values:
            for gram in _grams(value):
                self._by_gram[gram].append(value)
            for word in _words_of(value):
                self._words[word] += counts[value]
                self._forms[runs_of(word)] += counts[value]
            if len(value) <= _SHORT + 1:
                self._short[len(value)].append(value)

    def nearest(self, value: str, count: int) -> Neighbour | None:
        """Return the value that a value is most like, among more frequent ones; None where it is like none.

        Args:
            value: A value, of the column or new to it.
            count: Its rows.
        """
        best: Neighbour | None = None
        for other in self._candidates(value, count):
            likeness = _likeness(value, other) * (1 - count / self._counts[other])
            if likeness and self._holds_other_words(value, other):
                likeness *= _TWO_THINGS
            if likeness > (best.likeness if best else 0.0):
                best = Neighbour(other, likeness)
        return best

    def _holds_other_words(self, value: str, other: str) -> bool:
        """Return True where two values differ in words that are usual in the column: `Comedy, Crime` beside `Comedy, Drama`."""
        words, others = _words_of(value), _words_of(other)
        own = self._counts.get(value, 0)
        return words != others and all(self._words[word] - own >= _USUAL_WORD or self._is_code(word) for word in words - others)

    def _is_code(self, word: str) -> bool:
        return any(map(str.isdigit, word)) and self._forms[runs_of(word)] >= _USUAL_FORM * self._rows

    def _candidates(self, value: str, count: int) -> Sequence[str]:
        shared: Counter[str] = Counter()
        for gram in _grams(value):
            holders = self._by_gram.get(gram, ())
            if len(holders) < _COMMON:
                shared.update(holders)
        if len(value) <= _SHORT:
            for length in (len(value) - 1, len(value), len(value) + 1):
                shared.update(self._short.get(length, ())[:_COMMON])
        frequent = [(other, common) for other, common in shared.items() if other != value and self._counts[other] > count]
        return [other for other, _ in sorted(frequent, key=lambda pair: (-pair[1], pair[0]))[:_COMPARED]]


def _likeness(value: str, other: str) -> float:
    from rapidfuzz.distance import Levenshtein  # with the first two values that are compared

    longest, budget = max(len(value), len(other)), max(_EDITS, len(value) // 5)
    edits = Levenshtein.distance(value.lower(), other.lower(), score_cutoff=budget)
    if edits > budget or 1 - edits / longest <= 0.45:
        return 0.0
    numeric = _NUMERIC.fullmatch(value) and _NUMERIC.fullmatch(other)
    other_number = numeric or (value != other and _DIGITS.sub("", value) == _DIGITS.sub("", other))
    return (1 - edits / longest) * (_TWO_THINGS if other_number else 1.0)


def _words_of(value: str) -> set[str]:
    return set(_WORD.findall(value.lower()))


def _grams(value: str) -> set[str]:
    text = f"^{value.lower()}$"
    return {text[place : place + 3] for place in range(len(text) - 2)}
