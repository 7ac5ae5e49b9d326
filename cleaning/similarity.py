"""How alike two texts are."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA


def likeness(one: str, other: str) -> float:
    """1 less the share of letters that must change (swapped neighbours count once); 0 where their digits differ, since numbers in a name are no typos."""
    if _digits(one) != _digits(other):
        return 0.0
    return float(OSA.normalized_similarity(one, other))


def likest(text: str, known: Sequence[str], least: float) -> tuple[str, float] | None:
    """The known text that is most like this one, and how much; None where none is alike enough, or two are equally."""
    best = process.extract(text, known, scorer=OSA.normalized_similarity, limit=2, score_cutoff=least)
    if not best or (len(best) == 2 and best[0][1] == best[1][1]) or _digits(text) != _digits(best[0][0]):
        return None
    return best[0][0], float(best[0][1])


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit())
