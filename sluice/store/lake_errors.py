"""Map what deltalake, Polars and the file system raise while the lake is read or written to one kind of error."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import polars as pl

from sluice.errors import StoreError

_DENIED = ("permission denied", "os error 13", "read-only file system", "os error 30", "could not create local directory")
_SIGNS = {
    ("no space left", "os error 28"): "the disk is full; free some space and run again",
    _DENIED: "it cannot be read or written; check the permissions",
    ("not found", "no such file", "no files in log", "not a delta table"): "it is missing, or one of its files is; restore it from a backup",
    ("scheme is not allowed",): "the endpoint speaks plain http; set AWS_ENDPOINT_URL to an http:// address to allow it",
}
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


@contextmanager
def lake_errors(subject: str) -> Iterator[None]:
    """Turn whatever the lake raises into a StoreError of one line; a lost race (CommitFailedError) passes.

    Args:
        subject: What is read or written, such as `the lake's table clean/events`.

    Raises:
        StoreError: What went wrong, and what to do.
    """
    try:
        yield
    except StoreError:
        raise
    except Exception as error:
        text = _explain(error)
        if not text:
            raise
        raise StoreError(f"{subject}: {text}") from error


def _explain(error: Exception) -> str:
    """Return the cause and the remedy; nothing for what passes as it is: a lost race, and bugs of the program."""
    from deltalake.exceptions import CommitFailedError, DeltaError, SchemaMismatchError

    if isinstance(error, CommitFailedError):
        return ""
    if type(error) is Exception:  # deltalake raises the bare class for what Arrow refuses
        return "its columns do not take these values; was a column's type changed?"
    if isinstance(error, SchemaMismatchError):
        return "its columns have other types than the rows; was a column's type changed?"
    return _explain_message(error) if isinstance(error, DeltaError | OSError | pl.exceptions.PolarsError) else ""


def _explain_message(error: Exception) -> str:
    message = _ANSI.sub("", str(error)).strip()
    lowered = message.lower()
    remedy = next((text for signs, text in _SIGNS.items() if any(sign in lowered for sign in signs)), "")
    if remedy or isinstance(error, pl.exceptions.PolarsError):
        return remedy or f"it cannot be read ({type(error).__name__}); restore it from a backup"
    return (message.splitlines() or [type(error).__name__])[0][:200]
