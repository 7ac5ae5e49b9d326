"""Compare texts by edit distance."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA


def similarity(first: str, second: str) -> float:
    """Compute the normalized optimal string alignment similarity of two texts, 0 to 1.

    Swapped neighbours count as one edit. Texts whose digits differ have a similarity of 0: numbers in a name are not typos.
    """
    if _digits(first) != _digits(second):
        return 0.0
    return float(OSA.normalized_similarity(first, second))


def most_similar(text: str, vocabulary: Sequence[str], min_similarity: float) -> tuple[str, float] | None:
    """Return the word most similar to a text and its similarity; None where no word is similar enough or two are equally similar."""
    best = process.extract(text, vocabulary, scorer=OSA.normalized_similarity, limit=2, score_cutoff=min_similarity)
    if not best or (len(best) == 2 and best[0][1] == best[1][1]) or _digits(text) != _digits(best[0][0]):
        return None
    return best[0][0], float(best[0][1])


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit())
