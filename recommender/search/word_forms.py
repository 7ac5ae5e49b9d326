"""Reduce words to their stems, and take compounds apart, in the language of a catalog."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Self

from recommender.search.tokens import UNSPACED

STEM = "="  # before a stem, which is no word that was typed
STEMMED = ("German", "French", "Spanish", "Italian", "Dutch", "Portuguese", "Russian")  # of English, similar words are found instead
COMPOUNDING = ("German", "Dutch")
LINKS = ("", "s", "es", "n", "en", "e", "er")  # between the parts of a compound
MIN_PART = 4  # letters


@dataclass(frozen=True, slots=True)
class WordForms:
    """Add stems to words, and the stems of the parts of compounds (Koehn and Knight 2003: parts are words of the texts themselves).

    Attributes:
        language: English name of a language; one without stems adds nothing.
        stems: Stems of words of the texts, of which compounds may be made.

    Example:
        >>> forms = WordForms.of("German", [["lampe"], ["schreibtisch", "eiche"]])
        >>> forms.expand(["schreibtischlampen"])
        ['schreibtischlampen', '=schreibtischlamp', '=schreibtisch', '=lamp']
        >>> forms.stem("lampen"), forms.parts("lampen")
        ('=lamp', [])
    """

    language: str
    stems: frozenset[str] = frozenset()

    @classmethod
    def of(cls, language: str, texts: Iterable[Sequence[str]]) -> Self:
        """Learn the words of texts, each a list of tokens."""
        if language not in COMPOUNDING:
            return cls(language)
        words = {token for tokens in texts for token in tokens if len(token) >= MIN_PART and token.isalpha()}
        return cls(language, frozenset(_stemmer(language)(word) for word in words))

    def expand(self, tokens: Sequence[str]) -> list[str]:
        """Return the tokens, each with its stem and those of its parts behind it."""
        if self.language not in STEMMED:
            return list(tokens)
        return [form for token in tokens for form in (token, self.stem(token), *self.parts(token)) if form]

    def stem(self, token: str) -> str:
        """Return the marked stem of a word; empty where it has none."""
        return STEM + _stemmer(self.language)(token) if self.language in STEMMED and token.isalpha() and not UNSPACED.match(token) else ""

    def parts(self, token: str) -> list[str]:
        """Return the marked stems of the parts of a compound; empty where the word is none."""
        is_word = self.language in COMPOUNDING and token.isalpha()
        return [STEM + part for part in self._parts(token, _stemmer(self.language))] if is_word else []

    def _parts(self, token: str, stem: Callable[[str], str]) -> tuple[str, ...]:
        """Return the stems of the parts of a compound, the longest last part first; empty where it is none."""
        for place in range(MIN_PART, len(token) - MIN_PART + 1):
            first, last = token[:place], stem(token[place:])
            if last in self.stems:
                heads = (stem(first.removesuffix(link)) for link in LINKS if first.endswith(link) and len(first) - len(link) >= MIN_PART)
                if head := next((head for head in heads if head in self.stems), None):
                    return head, last
                if parts := self._parts(first, stem):
                    return (*parts, last)
        return ()


@cache
def _stemmer(language: str) -> Callable[[str], str]:
    import snowballstemmer

    return cache(snowballstemmer.stemmer(language.lower()).stemWord)
