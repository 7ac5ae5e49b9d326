"""Turn the exceptions of libraries and of the file system into a SourceError that says what to do."""

from __future__ import annotations

import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import polars as pl

from sluice.domain import Column
from sluice.errors import SluiceError, SourceError, TooLarge, is_panic
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
    except BaseException as error:
        if not isinstance(error, Exception) and not is_panic(error):
            raise
        raise make_error(SourceError, _code(error), file=name, error=type(error).__name__) from None


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


def _code(error: BaseException) -> str:
    """Return the code of the message that explains an exception."""
    for kinds, code in _CODES:
        if isinstance(error, kinds):
            return code
    if type(error).__module__.startswith("zstandard"):  # which is imported with the first such file
        return "file_compression_damaged"
    return "file_not_read"


_CODES: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    ((FileNotFoundError,), "file_gone"),
    ((PermissionError,), "file_forbidden"),
    ((IsADirectoryError, NotADirectoryError), "file_is_folder"),
    ((EOFError,), "file_cut_short"),
    ((zlib.error, lzma.LZMAError, zipfile.BadZipFile), "file_compression_damaged"),
    ((OSError, pl.exceptions.ComputeError), "file_damaged"),
    ((pl.exceptions.InvalidOperationError,), "file_type_not_read"),
    ((RecursionError,), "file_nested_too_deeply"),
    ((MemoryError,), "file_out_of_memory"),
    ((pl.exceptions.NoDataError,), "file_without_content"),
    ((pl.exceptions.DuplicateError,), "file_columns_repeat"),
)


class Irregular(SourceError):
    """Report text that is not as RFC 4180 has it; a reader that goes through every cell may accept it."""


class CellTooLarge(Irregular, TooLarge):
    """Report a cell that exceeds its limit, unless a quote inside a field opened it."""
