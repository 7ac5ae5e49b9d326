"""Match queries by words: BM25 (Robertson and Zaragoza 2009), tolerant of typing errors."""

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

TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_]+")  # scripts without spaces give one token per character
ONE_ERROR_FROM, TWO_ERRORS_FROM = 4, 7  # letters of a token from which one and two errors are tolerated (of three letters two may be swapped)
SECOND_ERROR = 0.3  # weight of a token with two errors, relative to one with one error
VARIANT = 0.3  # weight of similar tokens where the token itself is indexed: plurals, and errors that make another word


@dataclass(frozen=True, slots=True, eq=False)
class LexicalIndex:
    """Index texts by their tokens.

    Attributes:
        matrix: The BM25 weight of each token in each text, shape (texts, tokens).
        columns: The column of each token.
        by_length: The tokens of each length.

    Example:
        >>> index = LexicalIndex.build(["red mug", "blue sofa"])
        >>> index.correct("bleu sofa")
        'blue sofa'
        >>> (index.score("mugg") > 0).tolist()
        [True, False]
    """

    matrix: sp.csc_matrix
    columns: Mapping[str, int]
    by_length: Mapping[int, Sequence[str]]

    @classmethod
    def build(cls, texts: Sequence[str]) -> Self:
        """Index texts."""
        import bm25s  # takes half a second

        tokens = [tokenize(text) for text in texts]
        if not any(tokens):
            return cls(sp.csc_matrix((len(texts), 0), dtype=np.float32), {}, {})
        index = bm25s.BM25(method="lucene")
        index.index(tokens, show_progress=False)
        columns = {token: column for token, column in index.vocab_dict.items() if token}
        by_length = {length: list(group) for length, group in groupby(sorted(columns, key=len), len)}
        parts = (index.scores["data"], index.scores["indices"], index.scores["indptr"])
        return cls(sp.csc_matrix(parts, shape=(len(texts), len(parts[2]) - 1)), columns, by_length)

    def score(self, query: str) -> Floats:
        """Score each text, shape (texts,); 0 where a text holds no token of the query, nor one similar to it."""
        total = np.zeros(self.matrix.shape[0], np.float32)
        for token in dict.fromkeys(tokenize(query)):
            columns, weights = self._expand(token)
            if len(columns):
                scores = self.matrix[:, columns] @ sp.diags_array(weights)
                total += scores.max(axis=1).toarray().ravel()
        return total

    def correct(self, query: str) -> str:
        """Replace each unknown token by the most frequent token one error away, where there is one."""
        return " ".join(self._correct_token(token) for token in tokenize(query))

    def _correct_token(self, token: str) -> str:
        if token in self.columns:
            return token
        frequencies = np.diff(self.matrix.indptr)
        candidates = [(-frequencies[self.columns[similar]], similar) for similar, errors in self._similar(token) if errors == 1]
        return min(candidates)[1] if candidates else token

    def _expand(self, token: str) -> tuple[Ints, Floats]:
        """Return the columns of a token and of those similar to it, and their weights."""
        indexed = token in self.columns
        weights = {self.columns[similar]: (VARIANT if indexed else 1.0) * SECOND_ERROR ** (errors - 1) for similar, errors in self._similar(token)}
        if indexed:
            weights |= {self.columns[token]: 1.0}
        return np.array(list(weights), np.int64), np.array(list(weights.values()), np.float32)

    def _similar(self, token: str) -> Iterator[tuple[str, int]]:
        """Yield similar tokens with their edit distance (insert, delete, replace, swap); numbers have none."""
        if token.isdigit():
            return
        if len(token) == ONE_ERROR_FROM - 1 and token not in self.columns:
            swapped = {token[1] + token[0] + token[2], token[0] + token[2] + token[1]}
            yield from ((similar, 1) for similar in sorted(swapped) if similar in self.columns)
        limit = 0 if len(token) < ONE_ERROR_FROM else 1 if len(token) < TWO_ERRORS_FROM else 2
        for length in range(len(token) - limit, len(token) + limit + 1) if limit else ():
            candidates = self.by_length.get(length, ())
            errors = cdist([token], candidates, scorer=OSA.distance, score_cutoff=limit, dtype=np.uint8)[0]
            for position in np.flatnonzero((errors > 0) & (errors <= limit)).tolist():
                yield candidates[position], int(errors[position])


def tokenize(text: str) -> list[str]:
    """Split a text into tokens, in lower case and without accents."""
    plain = unicodedata.normalize("NFKD", text).lower()
    return TOKEN.findall("".join(letter for letter in plain if not unicodedata.combining(letter)))
