"""Check what is asked, and say what is to know about an answer."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import polars as pl

from recommender.explain.explanation import LANGUAGES
from sluice.config import did_you_mean
from sluice.errors import StoreError, UsageError
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


def read_context(context: Mapping[str, object] | Sequence[str], columns: Sequence[str]) -> Mapping[str, object]:
    """Return the context of a request by the names of its columns.

    Args:
        context: By name, or as texts such as `device=mobile`.
        columns: Names that the configuration has.

    Raises:
        UsageError: A text has no name, or the configuration does not have it.

    Example:
        >>> read_context(["device=mobile"], ["device"])
        {'device': 'mobile'}
    """
    pairs = context.items() if isinstance(context, Mapping) else [(name, value) for name, _, value in (text.partition("=") for text in context)]
    for name, _ in pairs:
        if name not in columns:
            raise make_error(UsageError, "context_unknown", name=name, columns=tuple(columns), hint=did_you_mean(name, columns))
    return dict(pairs)


def record_unanswered(record: Callable[[str, datetime], None], query: str, at: datetime) -> None:
    """Record a query that no item answers; one that cannot be recorded is logged."""
    try:
        record(query, at)
    except StoreError as error:
        logging.getLogger(__name__).warning("a query without an answer is not recorded: %s", error)
