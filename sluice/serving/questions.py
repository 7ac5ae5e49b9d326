"""Check what is asked, and say what is to know about an answer."""

from __future__ import annotations

import polars as pl

from recommender.explain.explanation import LANGUAGES
from sluice.errors import UsageError
from sluice.messages import make_error


def require_positive(k: int) -> None:
    """Refuse a number of items below 1.

    Raises:
        UsageError: It is.
    """
    if k < 1:
        raise make_error(UsageError, "too_few_items", k=k)


def require_language(language: str) -> None:
    """Refuse a language in which no sentences are written.

    Raises:
        UsageError: It is.
    """
    if language not in LANGUAGES:
        raise make_error(UsageError, "language_unknown", language=language, languages=tuple(LANGUAGES))


def require_query(query: object) -> None:
    """Refuse a query without a word.

    Raises:
        UsageError: It is.
    """
    if not isinstance(query, str) or not query.strip():
        raise make_error(UsageError, "query_without_word", query=repr(query))


def unknown_note(user: str | None, history: pl.DataFrame) -> str:
    """Say why a user gets the popular items."""
    if history.is_empty():
        return "this user is unknown; these are the popular items"
    if user is None:
        return "the model knows none of the items of this history; these are the popular items"
    return "the model knows none of the items of this user; these are the popular items"
