"""Check what is asked, and say what is to know about an answer."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl

from recommender.explain.explanation import LANGUAGES
from sluice.config import Recommender as Settings
from sluice.errors import UsageError
from sluice.messages import make_error
from sluice.ports import Snapshot


def newest_event(snapshot: Snapshot, settings: Settings, now: datetime) -> datetime:
    """Return the time of the newest published event; recorded events of later times are not published yet.

    Events that a fast clock dates into the future are ignored.
    """
    rows = snapshot.published(settings.events)
    times = pl.col(settings.time).cast(pl.Datetime("us", "UTC"))
    has_times = settings.time in rows.collect_schema().names()
    newest = rows.select(times.filter(times <= now).max()).collect().item() if has_times else None
    return newest if isinstance(newest, datetime) else datetime.min.replace(tzinfo=UTC)


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
