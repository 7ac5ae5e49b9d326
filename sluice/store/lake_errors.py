"""Map what deltalake, Polars and the file system raise while the lake is read or written to one kind of error."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from sluice.errors import Panicked, StoreError, panics_as_errors

if TYPE_CHECKING:
    from deltalake import DeltaTable

_DENIED = ("permission denied", "os error 13", "read-only file system", "os error 30", "could not create local directory")
_DAMAGED = "its Delta log is damaged; restore it from a backup (`sluice doctor --deep` says more)"
_SIGNS = {
    ("no space left", "os error 28"): "the disk is full; free some space and run again",
    _DENIED: "it cannot be read or written; check the permissions",
    ("not found", "no such file", "no files in log", "not a delta table"): "it is missing, or one of its files is; restore it from a backup",
    ("json error", "no table metadata", "expected contiguous", "truncated record"): _DAMAGED,
    ("scheme is not allowed",): "the endpoint speaks plain http; set AWS_ENDPOINT_URL to an http:// address to allow it",
}
_GONE = ("not found", "no such file")
_FILE = re.compile(r"(?P<table>(?:clean|quarantine|repairs|flags|repeats)/[^/\s]+)/(?P<file>[^\s:\"']+\.parquet)")
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
        with panics_as_errors():
            yield
    except StoreError:
        raise
    except Exception as error:
        text = _explain(error)
        if not text:
            raise
        raise StoreError(f"{subject}: {text}") from error


def missing_file(error: BaseException, root: str = "") -> StoreError | None:
    """Return what an exception says of a file of the lake that is gone; None where it says nothing of one.

    Polars opens files when rows are collected, far from where a table was asked for: only the text of its exception names the file.

    Args:
        error: What was raised.
        root: The lake's folder; any folder unless given.
    """
    if not isinstance(error, OSError | pl.exceptions.PolarsError):
        return None
    text = str(error)
    named = _FILE.search(text) if any(sign in text.lower() for sign in _GONE) else None
    if named is None or not _is_below(text[: named.start()].rstrip("/"), root):
        return None
    return StoreError(f"the lake's table {named['table']}: its file {named['file']} is missing; restore it from a backup")


def _is_below(text: str, root: str) -> bool:
    """Return True where a text ends with the path of a folder; Polars writes the last 88 characters of a long path, after three dots."""
    return text.endswith(root) or ("..." in text and root.endswith(text.rpartition("...")[2]))


@contextmanager
def missing_files(root: str) -> Iterator[None]:
    """Raise a StoreError where a file of the lake is gone, whatever reads it; all else passes as it is.

    Args:
        root: The lake's folder, or its address.

    Raises:
        StoreError: It names table and file.
    """
    try:
        yield
    except (OSError, pl.exceptions.PolarsError) as error:
        missing = missing_file(error, "" if "://" in root else str(Path(root).resolve()))
        if missing is None:
            raise
        raise missing from error


def require_version(subject: str, handle: DeltaTable | None, version: int) -> None:
    """Pass only where a table is at a version, or at a later one.

    Args:
        subject: The table, such as `the lake's table clean/events`.
        handle: The table at its newest version; None where there is none.
        version: The version that a published run names.

    Raises:
        StoreError: The lake is older than the database.
    """
    if handle is None or handle.version() < version:
        state = "is missing" if handle is None else f"is at version {handle.version()}"
        raise StoreError(f"{subject} {state}, the records name {version}: the lake is older than the database; restore its newest copy")


def _explain(error: Exception) -> str:
    """Return the cause and the remedy; nothing for what passes as it is: a lost race, and bugs of the program."""
    from deltalake.exceptions import CommitFailedError, DeltaError, SchemaMismatchError

    if isinstance(error, CommitFailedError):
        return ""
    if isinstance(error, Panicked):
        return f"it cannot be read ({error}); restore it from a backup"
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
