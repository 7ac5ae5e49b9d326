"""Map what deltalake, Polars and the file system raise while the lake is read or written to one kind of error."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from sluice.domain import EMPTY, Message
from sluice.errors import Panicked, StoreError, panics_as_errors
from sluice.messages import make_error

if TYPE_CHECKING:
    from deltalake import DeltaTable

_DENIED = ("permission denied", "os error 13", "read-only file system", "os error 30", "could not create local directory")
_SIGNS = {
    ("no space left", "os error 28"): Message.of("lake_disk_full"),
    _DENIED: Message.of("lake_denied"),
    ("not found", "no such file", "no files in log", "not a delta table"): Message.of("lake_part_missing"),
    ("json error", "no table metadata", "expected contiguous", "truncated record"): Message.of("lake_log_damaged"),
    ("scheme is not allowed",): Message.of("lake_endpoint_plain"),
}
_GONE = ("not found", "no such file")
_FILE = re.compile(r"(?P<table>(?:clean|quarantine|repairs|flags|repeats)/[^/\s]+)/(?P<file>[^\s:\"']+\.parquet)")
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def table_title(table: str, dataset: str) -> Message:
    """Return how errors name a table of the lake."""
    return Message.of("lake_table", table=f"{table}/{dataset}")


@contextmanager
def lake_errors(subject: Message) -> Iterator[None]:
    """Turn whatever the lake raises into a StoreError of one line; a lost race (CommitFailedError) passes.

    Args:
        subject: What is read or written, such as a table by its `table_title`.

    Raises:
        StoreError: What went wrong, and what to do.
    """
    try:
        with panics_as_errors():
            yield
    except StoreError:
        raise
    except Exception as error:
        problem = _explain(error)
        if not problem:
            raise
        raise make_error(StoreError, "lake_failed", subject=subject, problem=problem) from error


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
    return make_error(StoreError, "table_file_missing", table=named["table"], file=named["file"])


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


def require_version(subject: Message, handle: DeltaTable | None, version: int) -> None:
    """Pass only where a table is at a version, or at a later one.

    Args:
        subject: The table, by its `table_title`.
        handle: The table at its newest version; None where there is none.
        version: The version that a published run names.

    Raises:
        StoreError: The lake is older than the database.
    """
    if handle is None or handle.version() < version:
        if handle is None:
            raise make_error(StoreError, "table_missing_of_version", subject=subject, version=version)
        raise make_error(StoreError, "table_behind_records", subject=subject, version=version, there=handle.version())


def _explain(error: Exception) -> Message:
    """Return the cause and the remedy; nothing for what passes as it is: a lost race, and bugs of the program."""
    from deltalake.exceptions import CommitFailedError, DeltaError, SchemaMismatchError

    if isinstance(error, CommitFailedError):
        return EMPTY
    if isinstance(error, Panicked):
        return Message.of("lake_unreadable", error=str(error))
    if type(error) is Exception:  # deltalake raises the bare class for what Arrow refuses
        return Message.of("lake_values_refused")
    if isinstance(error, SchemaMismatchError):
        return Message.of("lake_types_differ")
    return _explain_message(error) if isinstance(error, DeltaError | OSError | pl.exceptions.PolarsError) else EMPTY


def _explain_message(error: Exception) -> Message:
    message = _ANSI.sub("", str(error)).strip()
    lowered = message.lower()
    remedy = next((text for signs, text in _SIGNS.items() if any(sign in lowered for sign in signs)), EMPTY)
    if remedy or isinstance(error, pl.exceptions.PolarsError):
        return remedy or Message.of("lake_unreadable", error=type(error).__name__)
    return Message.text((message.splitlines() or [type(error).__name__])[0][:200])
