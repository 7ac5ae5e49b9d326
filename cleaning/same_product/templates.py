"""Tell titles that a catalog builds of the same parts, such as material and size, from two titles of one product."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import chain

_WORD = re.compile(r"[^\W_]+")
_OWN = 2  # words at most that each title has alone
_SHARED = 2  # words at least that both have
_FREQUENT = 3  # titles at least in which a word is a part that the catalog uses again and again


class TitleParts:
    """Know how many titles of a catalog have each word.

    Example:
        >>> titles = [f"tarn {stuff} belt {size} cm" for stuff in ("suede", "canvas") for size in (95, 105, 115)]
        >>> parts = TitleParts(titles)
        >>> parts.differ(titles[0], titles[3]), parts.differ(titles[0], "tarn suede blet 95 cm")
        (True, False)
    """

    def __init__(self, titles: Sequence[str]) -> None:
        """Count the words of titles in lower case."""
        self._words = {title: frozenset(_WORD.findall(title)) for title in titles}
        self._titles_with = Counter(chain.from_iterable(self._words[title] for title in titles))

    def differ(self, one: str, other: str) -> bool:
        """Return True where two titles are alike but for one or two words, each of which other titles of the catalog have too.

        Such words are values of an attribute: `suede` and `canvas`, 38 and 44. A product that is listed twice differs by words that were left out,
        misspelt or written otherwise.
        """
        first, second = (self._words.get(title) or frozenset(_WORD.findall(title)) for title in (one, other))
        own, others = first - second, second - first
        alike = len(first & second) >= _SHARED and 0 < len(own) <= _OWN and 0 < len(others) <= _OWN
        return alike and all(self._titles_with[word] >= _FREQUENT for word in (*own, *others))
