"""One mapper for all that deltalake, Polars and the file system may raise where the lake is touched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import polars as pl
from deltalake.exceptions import CommitFailedError, DeltaError, SchemaMismatchError

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
def lake_faults(what: str) -> Iterator[None]:
    """Turn whatever the lake raises into a StoreError of one line; a lost race (CommitFailedError) passes.

    Args:
        what: What was being touched, e.g. `the lake's table clean/events`.

    Raises:
        StoreError: What went wrong, and what to do.
    """
    try:
        yield
    except (CommitFailedError, StoreError):
        raise
    except (DeltaError, OSError, pl.exceptions.PolarsError) as error:
        raise StoreError(f"{what}: {_explain(error)}") from error
    except Exception as error:
        if type(error) is not Exception:  # deltalake raises the bare class for what Arrow refuses; a subclass is a bug of ours
            raise
        raise StoreError(f"{what}: its columns do not take these values; was a column's type changed?") from error


def _explain(error: Exception) -> str:
    said = _ANSI.sub("", str(error)).strip()
    lowered = said.lower()
    if isinstance(error, SchemaMismatchError):
        return "its columns have other types than the rows; was a column's type changed?"
    known = next((text for signs, text in _SIGNS.items() if any(sign in lowered for sign in signs)), "")
    if known or isinstance(error, pl.exceptions.PolarsError):
        return known or f"it cannot be read ({type(error).__name__}); restore it from a backup"
    return (said.splitlines() or [type(error).__name__])[0][:200]
