"""Turn texts into weighted vectors of their words and character n-grams (TF-IDF)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from cleaning.same_product.records import Floats, Places, Records

Matrix: TypeAlias = Any  # scipy's sparse matrices carry no types

_WORD = re.compile(r"[^\W_]+(?:[.\-/][^\W_]+)*")
_GRAMS = (3, 4)  # characters of an n-gram


def words_of(text: str) -> list[str]:
    """Return the words of a text; a number such as 1.4 or a code such as mb13-pnk is one word.

    Example:
        >>> words_of("case mb13-pnk, 1.4 l")
        ['case', 'mb13-pnk', '1.4', 'l']
    """
    return _WORD.findall(text)


def vectors_of(records: Records) -> Mapping[str, Matrix]:
    """Return the vectors of all products, of length one (products x terms): of words and n-grams, of the titles and of all text."""
    vectors = {"title words": _words(records.titles), "title grams": _grams(records.titles)}
    if any(text != title for text, title in zip(records.texts, records.titles, strict=True)):
        vectors |= {"text words": _words(records.texts), "text grams": _grams(records.texts)}
    return vectors


def cosine(vectors: Matrix, pairs: Places) -> Floats:
    """Return the cosine of each pair of places (pairs x 2)."""
    step = 50_000  # pairs at once, so that memory does not grow with them
    parts = [_dot(vectors, pairs[start : start + step]) for start in range(0, len(pairs), step)]
    return np.concatenate(parts) if parts else np.zeros(0)


def _dot(vectors: Matrix, pairs: Places) -> Floats:
    return np.asarray(vectors[pairs[:, 0]].multiply(vectors[pairs[:, 1]]).sum(1), dtype=np.float64).ravel()


def _words(texts: Sequence[str]) -> Matrix:
    return _fitted(texts, words_of, (1, 1))


def _grams(texts: Sequence[str]) -> Matrix:
    return _fitted(texts, "char_wb", _GRAMS)


def _fitted(texts: Sequence[str], analyzer: str | Callable[[str], list[str]], grams: tuple[int, int]) -> Matrix:
    from scipy.sparse import csr_matrix
    from sklearn.feature_extraction.text import TfidfVectorizer  # an extra, and slow to import

    if not any(map(words_of, texts)):
        return csr_matrix((len(texts), 1), dtype=np.float32)
    vectorizer = TfidfVectorizer(analyzer=analyzer, ngram_range=grams, sublinear_tf=True, dtype=np.float32, lowercase=False)
    return vectorizer.fit_transform(texts).tocsr()
