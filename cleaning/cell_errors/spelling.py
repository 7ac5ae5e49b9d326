"""Tell how likely the characters of a text are in its column: an interpolated n-gram model of the column's distinct values."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_ORDER = 2  # characters of context
_TRUST = (1.0, 5.0, 5.0)  # observations of a context that weigh as much as the shorter one, by its length
_LONGEST = 400  # characters of a text that are looked at
_MOST = 20_000  # distinct values that are learned from
_LEAST = 1e-9


@dataclass(frozen=True, eq=False)
class Spelling:
    """Hold the counts of characters after contexts of 0, 1 and 2 characters; a value weighs by the logarithm of its rows.

    Attributes:
        after: Weight of each context and next character, by length of the context.
        contexts: Weight of each context, by its length.
        alphabet: Number of distinct characters, and one for all others.
    """

    after: Sequence[Mapping[str, float]]
    contexts: Sequence[Mapping[str, float]]
    alphabet: int

    @classmethod
    def of(cls, counts: Mapping[str, int]) -> Spelling:
        """Learn from the values of a column and their counts."""
        after: list[Counter[str]] = [Counter() for _ in range(_ORDER + 1)]
        contexts: list[Counter[str]] = [Counter() for _ in range(_ORDER + 1)]
        for value, count in list(counts.items())[:_MOST]:
            text, weight = _framed(value), _weight(count)
            for end in range(_ORDER, len(text)):
                for order in range(_ORDER + 1):
                    after[order][text[end - order : end + 1]] += weight  # type: ignore[assignment]  # counters of weights
                    contexts[order][text[end - order : end]] += weight  # type: ignore[assignment]
        return cls(after, contexts, len(after[0]) + 1)

    def likelihoods(self, value: str, count: int) -> list[float]:
        """Return the log-probability of each character and of the end of a text, as if the value had not been learned.

        Args:
            value: The text.
            count: Number of rows with this value among those that were learned; 0 for a new value.
        """
        text, own = _framed(value), _weight(count) if count else 0.0
        return [math.log(max(self._probability(text, end, own), _LEAST)) for end in range(_ORDER, len(text))]

    def _probability(self, text: str, end: int, own: float) -> float:
        probability = 1.0 / self.alphabet
        for order in range(_ORDER + 1):
            total = max(self.contexts[order].get(text[end - order : end], 0.0) - own, 0.0)
            hits = max(self.after[order].get(text[end - order : end + 1], 0.0) - own, 0.0)
            trust = total / (total + _TRUST[order])
            probability = trust * (hits / total if total > 0 else 0.0) + (1 - trust) * probability
        return probability


def _framed(value: str) -> str:
    return "\x02" * _ORDER + value[:_LONGEST] + "\x03"


def _weight(count: int) -> float:
    return 1.0 + math.log(count)
