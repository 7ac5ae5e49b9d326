"""Read and change the CSV file of a dataset's labels, one writer at a time, so that no answer is lost."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import polars as pl

from sluice.domain import LABEL_COLUMNS
from sluice.errors import UsageError
from sluice.messages import make_error


def read_label_file(path: Path, columns: Sequence[str] = LABEL_COLUMNS) -> pl.DataFrame:
    """Return the lines of a file of labels, with its further columns; none where it is not there, or is empty.

    Args:
        path: The file.
        columns: Columns that it has.

    Raises:
        UsageError: It cannot be read, or lacks a column.
    """
    try:
        content = path.read_bytes() if path.exists() else b""
    except OSError as error:
        raise _unreadable(path.name, error) from None
    return parse_labels(content, path.name, columns)


def parse_labels(content: bytes, name: str, columns: Sequence[str] = LABEL_COLUMNS) -> pl.DataFrame:
    """Return the lines of labels as CSV.

    Args:
        content: The CSV in UTF-8; no line where it is empty.
        name: Name of the file, for errors.
        columns: Columns that it has.

    Raises:
        UsageError: It is no such CSV, or lacks a column.
    """
    if not content.strip():
        return pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
    try:
        lines = pl.read_csv(BytesIO(content), infer_schema=False)
    except pl.exceptions.PolarsError as error:
        raise _unreadable(name, error) from None
    if not set(columns) <= set(lines.columns):
        raise make_error(UsageError, "labels_without_columns", file=name, columns=", ".join(columns))
    return lines


def change_label_file(path: Path, change: Callable[[pl.DataFrame], pl.DataFrame], columns: Sequence[str] = LABEL_COLUMNS) -> pl.DataFrame:
    """Change the lines of a file of labels, and return them; whoever changes it at the same time waits.

    Args:
        path: The file; it is made where it is not there.
        change: Returns the new lines for those that the file holds at that moment.
        columns: Columns that it has.

    Raises:
        UsageError: It cannot be read or written, or lacks a column.
    """
    try:
        with _locked(path):
            present = read_label_file(path, columns)
            lines = change(present)
            if not lines.equals(present):
                _replace(path, lines)
            return lines
    except OSError as error:
        raise make_error(UsageError, "labels_unwritable", file=path.name, error=error.strerror or str(error)) from None


def _replace(path: Path, lines: pl.DataFrame) -> None:
    """Write the lines into a new file that takes the place of the present one: a crash leaves one of the two whole."""
    partial = path.with_suffix(".partial")
    with partial.open("wb") as file:
        lines.write_csv(file)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the lock on a file; one that was replaced while this waited is opened anew."""
    path.parent.mkdir(parents=True, exist_ok=True)
    while True:
        with path.open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if path.exists() and os.path.samestat(os.fstat(file.fileno()), path.stat()):
                yield
                return


def _unreadable(name: str, error: Exception) -> UsageError:
    return make_error(UsageError, "labels_unreadable", file=name, error=str(error).splitlines()[0])
