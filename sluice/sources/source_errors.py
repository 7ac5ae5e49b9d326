"""Turn the exceptions of libraries and of the file system into a SourceError that says what to do."""

from __future__ import annotations

import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import polars as pl

from sluice.domain import Column
from sluice.errors import SluiceError, SourceError
from sluice.messages import make_error


@contextmanager
def source_errors(name: str) -> Iterator[None]:
    """Raise any exception as a SourceError about the file `name`; errors of Sluice pass as they are.

    Libraries quote cells in their messages, so their messages are not repeated.
    """
    try:
        yield
    except SluiceError:
        raise
    except ColumnError as error:
        facts = {"column": error.column.name, "kind": error.kind, "type": error.column.type, "error": error.cause}
        raise make_error(SourceError, "column_uncastable", file=name, **facts) from None
    except (Exception, pl.exceptions.PanicException) as error:  # noqa: BLE001  # whatever a library raises of a broken file
        raise SourceError(f"{name}: {_explain(error)}") from None


class ColumnError(Exception):
    """Report a column whose cells cannot be read as the declared type.

    Attributes:
        column: The column.
        kind: Type of the file's cells.
        cause: Type of the exception.
    """

    def __init__(self, column: Column, kind: str, cause: str) -> None:
        """Store what is known; the file is named by `source_errors`."""
        super().__init__(column.name, kind, cause)
        self.column, self.kind, self.cause = column, kind, cause


@contextmanager
def column_errors(column: Column, kind: pl.DataType) -> Iterator[None]:
    """Raise any exception as a ColumnError about a column."""
    try:
        yield
    except (Exception, pl.exceptions.PanicException) as error:  # noqa: BLE001  # whatever a library raises of cells of an unusual type
        raise ColumnError(column, str(kind), type(error).__name__) from None


def _explain(error: BaseException) -> str:
    for kinds, text in _EXPLANATIONS:
        if isinstance(error, kinds):
            return text
    if type(error).__module__.startswith("zstandard"):  # which is imported with the first such file
        return "is damaged (its compressed bytes do not fit together); send it again"
    return f"cannot be read ({type(error).__name__}); is it in the declared format? Send it again"


_EXPLANATIONS: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    ((FileNotFoundError,), "is not there any more; send it again"),
    ((PermissionError,), "may not be read; give the user that runs Sluice the right to read it"),
    ((IsADirectoryError, NotADirectoryError), "is a folder, not a file"),
    ((EOFError,), "ends too early, as when a transfer was cut short; send it again"),
    ((zlib.error, lzma.LZMAError, zipfile.BadZipFile), "is damaged (its compressed bytes do not fit together); send it again"),
    ((OSError, pl.exceptions.ComputeError), "cannot be read to its end: it is damaged, cut short or not in the declared format; send it again"),
    ((pl.exceptions.InvalidOperationError,), "has a column of a type that is not read, such as a decimal of more than 38 digits; write it as text"),
    ((RecursionError,), "is nested too deeply"),
    ((MemoryError,), "needs more memory than there is; send smaller files"),
    ((pl.exceptions.NoDataError,), "is empty; send it again"),
    ((pl.exceptions.DuplicateError,), "has two columns of the same name; rename one"),
)
