"""Compare the texts, codes and amounts of two products."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

from cleaning.same_product.records import Records
from cleaning.same_product.variants import are_variants
from cleaning.same_product.vectors import words_of

_COMPARED = 400  # characters of the longer texts
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_MISSING = float("nan")


@dataclass(frozen=True, eq=False)
class TextComparison:
    """Compare pairs of products; what is the same for all pairs of a product is computed once.

    Attributes:
        records: The products.
    """

    records: Records

    @cached_property
    def _words(self) -> Sequence[frozenset[str]]:
        return [frozenset(words_of(title)) for title in self.records.titles]

    @cached_property
    def _numbers(self) -> Sequence[frozenset[str]]:
        return [frozenset(_NUMBER.findall(title)) for title in self.records.titles]

    @cached_property
    def _rareness(self) -> dict[str, float]:
        titles = Counter(word for words in self._words for word in words)
        return {word: math.log((len(self._words) + 1) / (1 + count)) for word, count in titles.items()}

    def compare(self, one: int, other: int) -> list[float]:
        """Return the features of two places; the same in both orders."""
        return [
            *self._titles(one, other),
            *self._words_apart(one, other),
            *self._codes(one, other),
            *self._counts(self._numbers[one], self._numbers[other]),
            *self._fields(one, other),
            *self._amounts(one, other),
        ]

    def _titles(self, one: int, other: int) -> list[float]:
        from rapidfuzz import fuzz
        from rapidfuzz.distance import JaroWinkler

        first, second = self.records.titles[one], self.records.titles[other]
        text, text_2 = self.records.texts[one][:_COMPARED], self.records.texts[other][:_COMPARED]
        inside = fuzz.partial_ratio(first, text_2), fuzz.partial_ratio(second, text)
        ratios = [ratio(first, second) for ratio in (fuzz.ratio, fuzz.token_set_ratio, fuzz.token_sort_ratio, fuzz.partial_ratio)]
        return [
            *ratios,
            fuzz.partial_token_sort_ratio(first, second),
            JaroWinkler.similarity(first, second),
            fuzz.token_set_ratio(text, text_2),
            *_ordered(*inside),
        ]

    def _words_apart(self, one: int, other: int) -> list[float]:
        first, second = self._words[one], self._words[other]
        shared = self._weight(first & second)
        least, most = sorted((self._weight(first), self._weight(second)))
        only, only_2 = first - second, second - first
        absent = [word for word in only if word not in self.records.joined[other]], [word for word in only_2 if word not in self.records.joined[one]]
        return [
            shared / math.sqrt(least * most + 1e-9),
            shared / (least + 1e-9),
            shared / (most + 1e-9),
            len(first & second) / max(1, len(first | second)),
            *_ordered(self._rarest(only), self._rarest(only_2)),
            *_ordered(self._weight(only), self._weight(only_2)),
            *_ordered(self._rarest(absent[0]), self._rarest(absent[1])),
            *_ordered(self._weight(absent[0]), self._weight(absent[1])),
            *_ordered(len(first), len(second)),
            float(are_variants(self.records.titles[one], self.records.titles[other])),
        ]

    def _codes(self, one: int, other: int) -> list[float]:
        from rapidfuzz import fuzz
        from rapidfuzz.distance import Prefix

        first, second = self.records.title_codes[one], self.records.title_codes[other]
        everywhere = self.records.codes[one] & self.records.codes[other]
        alike = [(fuzz.ratio(code, code_2), Prefix.similarity(code, code_2)) for code in first for code_2 in second]
        gtins = self.records.gtins[one], self.records.gtins[other]
        return [
            len(everywhere),
            max(map(len, everywhere), default=0),
            *self._counts(first, second),
            max((ratio for ratio, _ in alike), default=-1.0),
            max((length for _, length in alike), default=-1),
            *_ordered(any(code in self.records.joined[other] for code in first), any(code in self.records.joined[one] for code in second)),
            *_ordered(bool(first), bool(second)),
            float(gtins[0] == gtins[1]) if all(gtins) else _MISSING,
        ]

    def _fields(self, one: int, other: int) -> list[float]:
        from rapidfuzz import fuzz
        from rapidfuzz.distance import JaroWinkler

        features: list[float] = []
        for cells in self.records.fields.values():
            first, second = cells[one][:_COMPARED], cells[other][:_COMPARED]
            present = bool(first and second)
            features += [fuzz.token_set_ratio(first, second), JaroWinkler.similarity(first, second)] if present else [_MISSING] * 2
        return features

    def _amounts(self, one: int, other: int) -> list[float]:
        pairs = [(float(amounts[one]), float(amounts[other])) for amounts in self.records.amounts.values()]
        return [abs(first - second) / max(abs(first), abs(second), 1e-9) for first, second in pairs]

    def _counts(self, first: Collection[str], second: Collection[str]) -> list[float]:
        shared = len({*first} & {*second})
        return [shared, *_ordered(len(first) - shared, len(second) - shared), float(bool(first) and bool(second) and not shared)]

    def _weight(self, words: Collection[str]) -> float:
        return sum(self._rareness[word] for word in words)

    def _rarest(self, words: Collection[str]) -> float:
        return max((self._rareness[word] for word in words), default=0.0)


def _ordered(one: float, other: float) -> tuple[float, float]:
    return (float(one), float(other)) if one <= other else (float(other), float(one))
