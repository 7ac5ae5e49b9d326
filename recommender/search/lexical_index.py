"""Match queries by words: BM25 (Robertson and Zaragoza 2009), tolerant of typing errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Self

import numpy as np
import scipy.sparse as sp
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from recommender.data.sequences import Floats, Ints
from recommender.search.tokens import TOKEN, UNSPACED, is_quantity, is_whole_word, normalize, tokenize
from recommender.search.word_forms import STEM, WordForms
from sluice.rules.text_language import ENGLISH

ONE_ERROR_FROM, TWO_ERRORS_FROM = 4, 7  # letters of a token from which one and two errors are tolerated (of three letters two may be swapped)
SECOND_ERROR = 0.3  # weight of a token with two errors, relative to one with one error
CHARACTER = 0.3  # weight of a single character of a script without blanks, which many words share
VARIANT = 0.3  # weight of similar tokens where the token itself is indexed: plurals, and errors that make another word


@dataclass(frozen=True, slots=True, eq=False)
class LexicalIndex:
    """Index texts by their tokens.

    Attributes:
        matrix: The BM25 weight of each token in each text, shape (texts, tokens).
        columns: The column of each token.
        by_length: The tokens of each length, without stems.
        forms: The stems of words.

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
    forms: WordForms = WordForms(ENGLISH)  # noqa: RUF009  # it is frozen

    @classmethod
    def build(cls, texts: Sequence[str], language: str = ENGLISH) -> Self:
        """Index texts, whose words have the stems of a language."""
        import bm25s  # takes half a second

        words = [tokenize(text) for text in texts]
        if not any(words):
            return cls(sp.csc_matrix((len(texts), 0), dtype=np.float32), {}, {})
        forms = WordForms.of(language, words)
        tokens = [forms.expand(tokens) for tokens in words]
        index = bm25s.BM25(method="lucene")
        index.index(tokens, show_progress=False)
        columns = {token: column for token, column in index.vocab_dict.items() if token}
        typed = sorted((token for token in columns if not token.startswith(STEM)), key=len)
        by_length = {length: list(group) for length, group in groupby(typed, len)}
        parts = (index.scores["data"], index.scores["indices"], index.scores["indptr"])
        return cls(sp.csc_matrix(parts, shape=(len(texts), len(parts[2]) - 1)), columns, by_length, forms)

    def score(self, query: str) -> Floats:
        """Score each text, shape (texts,); 0 where a text holds no token of the query, nor one similar to it."""
        total = np.zeros(self.matrix.shape[0], np.float32)
        for token in self._query_tokens(query):
            columns, weights = self._expand(token)
            if len(columns):
                scores = self.matrix[:, columns] @ sp.diags_array(weights * (1.0 if is_whole_word(token) else CHARACTER))
                total += scores.max(axis=1).toarray().ravel()
        return total

    def unknown_words(self, query: str) -> list[str]:
        """Return the words of a query that no text holds, nor one similar to them or of their stem."""
        words = (word for word in dict.fromkeys(tokenize(query)) if is_whole_word(word))
        return [word for word in words if not any(len(self._expand(form)[0]) for form in (word, *self.forms.parts(word)))]

    def certainty(self, query: str) -> float:
        """Return what the best match of a query is worth, from 0 to 1: 1 where a text holds one of its words, or where it has none but characters.

        Where no text holds a word of the query, the characters of a script without blanks still match, but say little: 洗衣机 and 手机 share one of
        three. They are worth `CHARACTER` times the share of them that one text holds, and 1 where one holds all.

        Example:
            >>> index = LexicalIndex.build(["智能手机", "保温杯"])
            >>> [round(index.certainty(query), 2) for query in ("手机", "洗衣机", "机")]
            [1.0, 0.1, 1.0]
        """
        tokens = list(dict.fromkeys(tokenize(query)))
        words, characters = [token for token in tokens if is_whole_word(token)], [token for token in tokens if not is_whole_word(token)]
        if not words or not characters or len(self.unknown_words(query)) < len(words):
            return 1.0
        columns = [self.columns[letter] for letter in characters if letter in self.columns]
        most = int((self.matrix[:, columns] > 0).sum(axis=1).max()) if columns else 0
        return 1.0 if most == len(characters) else CHARACTER * most / len(characters)

    def _query_tokens(self, query: str) -> list[str]:
        """Return the words of a query, and the stems of the parts of its compounds."""
        return list(dict.fromkeys(form for word in tokenize(query) for form in (word, *self.forms.parts(word))))

    def correct(self, query: str) -> str:
        """Replace each unknown token by the most frequent token one error away, where there is one."""
        text = normalize(query)
        if UNSPACED.search(text):
            return TOKEN.sub(lambda match: self._correct_token(match[0]), text)
        return " ".join(self._correct_token(token) for token in tokenize(query))

    def _correct_token(self, token: str) -> str:
        if token in self.columns or UNSPACED.match(token):
            return token
        frequencies = np.diff(self.matrix.indptr)
        candidates = [(-frequencies[self.columns[similar]], similar) for similar, errors in self._similar(token) if errors == 1]
        return min(candidates)[1] if candidates else token

    def _expand(self, token: str) -> tuple[Ints, Floats]:
        """Return the column of a token's stem; of one without an indexed stem, those of itself and of tokens similar to it; and their weights."""
        stem = self.columns.get(self.forms.stem(token))
        if stem is not None:
            return np.array([stem], np.int64), np.ones(1, np.float32)
        indexed = token in self.columns
        weights = {self.columns[similar]: (VARIANT if indexed else 1.0) * SECOND_ERROR ** (errors - 1) for similar, errors in self._similar(token)}
        if indexed:
            weights[self.columns[token]] = 1.0
        return np.array(list(weights), np.int64), np.array(list(weights.values()), np.float32)

    def _similar(self, token: str) -> Iterator[tuple[str, int]]:
        """Yield similar tokens with their edit distance (insert, delete, replace, swap); numbers and quantities have none."""
        if token.isdigit() or is_quantity(token) or token.startswith(STEM):
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
