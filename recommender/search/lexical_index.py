"""Search by words: BM25 (Robertson and Zaragoza 2009), typing errors forgiven."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Self

import numpy as np
import scipy.sparse as sp
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from recommender.data.sequences import Floats, Ints

WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_]+")  # scripts without spaces give a word a character
SHORT, LONG = 4, 7  # words of fewer letters are taken as they are (of three two may be swapped), may hold one error; longer ones two
FARTHER = 0.3  # what a word with two errors counts, where one with one counts 1
KNOWN = 0.3  # what a word's neighbours count where the word itself is known: plurals, and errors that make another word


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """Which words are in which texts.

    Attributes:
        matrix: How much a word says for a text, by BM25; shape (texts, words).
        places: The column of each word.
        lengths: The words of each length.
    """

    matrix: sp.csc_matrix
    places: Mapping[str, int]
    lengths: Mapping[int, Sequence[str]]

    @classmethod
    def of(cls, texts: Sequence[str]) -> Self:
        """Index texts."""
        import bm25s  # takes half a second

        told = [words(text) for text in texts]
        if not any(told):
            return cls(sp.csc_matrix((len(texts), 0), dtype=np.float32), {}, {})
        index = bm25s.BM25(method="lucene")
        index.index(told, show_progress=False)
        places = {word: place for word, place in index.vocab_dict.items() if word}
        lengths = {length: list(alike) for length, alike in groupby(sorted(places, key=len), len)}
        parts = (index.scores["data"], index.scores["indices"], index.scores["indptr"])
        return cls(sp.csc_matrix(parts, shape=(len(texts), len(parts[2]) - 1)), places, lengths)

    def score(self, query: str) -> Floats:
        """How well each text answers, shape (texts,); 0 where it has no word of the query, nor one that may have been meant."""
        total = np.zeros(self.matrix.shape[0], np.float32)
        for word in dict.fromkeys(words(query)):
            columns, weights = self._meant(word)
            if len(columns):
                said = self.matrix[:, columns] @ sp.diags_array(weights)
                total += said.max(axis=1).toarray().ravel()
        return total

    def corrected(self, query: str) -> str:
        """The query with each unknown word replaced by the most frequent that is one error away, where there is one."""
        return " ".join(self._likeliest(word) for word in words(query))

    def _likeliest(self, word: str) -> str:
        if word in self.places:
            return word
        texts = np.diff(self.matrix.indptr)
        near = [(-texts[self.places[other]], other) for other, errors in self._near(word) if errors == 1]
        return min(near)[1] if near else word

    def _meant(self, word: str) -> tuple[Ints, Floats]:
        """The columns of the words that may have been meant, and how much each counts."""
        known = word in self.places
        near = {self.places[other]: (KNOWN if known else 1.0) * FARTHER ** (errors - 1) for other, errors in self._near(word)}
        found = near | ({self.places[word]: 1.0} if known else {})
        return np.array(list(found), np.int64), np.array(list(found.values()), np.float32)

    def _near(self, word: str) -> Iterator[tuple[str, int]]:
        """Other words, and how many letters lie between: put in, left out, mistaken or swapped; numbers are taken as they are."""
        if word.isdigit():
            return
        if len(word) == SHORT - 1 and word not in self.places:
            swapped = {word[1] + word[0] + word[2], word[0] + word[2] + word[1]}
            yield from ((other, 1) for other in sorted(swapped) if other in self.places)
        most = 0 if len(word) < SHORT else 1 if len(word) < LONG else 2
        for length in range(len(word) - most, len(word) + most + 1) if most else ():
            others = self.lengths.get(length, ())
            errors = cdist([word], others, scorer=OSA.distance, score_cutoff=most, dtype=np.uint8)[0]
            for place in np.flatnonzero((errors > 0) & (errors <= most)).tolist():
                yield others[place], int(errors[place])


def words(text: str) -> list[str]:
    """The words of a text, in lower case and without accents."""
    plain = unicodedata.normalize("NFKD", text).lower()
    return WORD.findall("".join(each for each in plain if not unicodedata.combining(each)))
