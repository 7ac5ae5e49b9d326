"""Replace words of a query by their synonyms."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from recommender.search.tokens import UNSPACED, normalize

MAX_VARIANTS = 16  # of a query
WEIGHT = 0.9  # of a match by a synonym, relative to one by the word that was typed


def replace_synonyms(query: str, groups: Sequence[Sequence[str]]) -> list[str]:
    """Return the query in other words, at most 16 times; words of a group stand for each other.

    Example:
        >>> replace_synonyms("Leather Sofa", [["sofa", "couch"], ["手机", "移动电话"]])
        ['leather couch']
        >>> replace_synonyms("手机壳", [["手机", "移动电话"]])
        ['移动电话壳']
    """
    return list(islice(_variants(normalize(query), [[normalize(word) for word in group] for group in groups]), MAX_VARIANTS))


def _variants(query: str, groups: Sequence[Sequence[str]]) -> Iterator[str]:
    for group in groups:
        for word in group:
            pattern = re.escape(word) if UNSPACED.search(word) else rf"(?<!\w){re.escape(word)}(?!\w)"
            if word and re.search(pattern, query):
                yield from (re.sub(pattern, lambda _: other, query) for other in group if other != word)  # noqa: B023  # it is used at once
