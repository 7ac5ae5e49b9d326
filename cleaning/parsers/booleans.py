"""Yes and no, in the words that people use."""

from __future__ import annotations

from cleaning.parsers.reading import Reading

_YES = frozenset({"true", "t", "yes", "y", "1", "1.0", "on", "ja", "oui", "si", "sí", "sim", "da", "是", "真", "有", "对"})
_NO = frozenset({"false", "f", "no", "n", "0", "0.0", "off", "nein", "non", "nao", "não", "nej", "niet", "否", "假", "不是", "不"})


def read(text: str) -> Reading | None:
    """The truth that a word says; None where it says none."""
    word = text.strip().casefold()
    if word in _YES or word in _NO:
        return Reading(word in _YES, 0.98, "a word for yes or no")
    return None
