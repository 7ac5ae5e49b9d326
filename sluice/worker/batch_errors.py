"""Turn whatever fails while one batch is processed into an error about that batch, so that the others go on."""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sluice.errors import BatchFailed, SluiceError, is_panic
from sluice.messages import make_error

_PACKAGES = ("sluice", "checks", "cleaning", "detectors")


@contextmanager
def batch_errors(file: str, columns: Sequence[str]) -> Iterator[None]:
    """Raise any exception as a BatchFailed that names file, place and column; errors of Sluice and want of memory pass as they are.

    Libraries quote cells in their messages, so neither the error nor its trace repeats them.

    Args:
        file: Name of the batch's file.
        columns: Names of the declared columns.
    """
    try:
        yield
    except (SluiceError, MemoryError, ModuleNotFoundError):
        raise
    except BaseException as error:
        if not isinstance(error, Exception) and not is_panic(error):
            raise
        raise _failed(error, file, columns) from None


def _failed(error: BaseException, file: str, columns: Sequence[str]) -> BatchFailed:
    params = {"file": file, "place": _place(error), "error": type(error).__name__}
    column = _column(str(error), columns)
    failed = make_error(BatchFailed, "batch_failed_at", column=column, **params) if column else make_error(BatchFailed, "batch_failed", **params)
    failed.trace = "".join([*traceback.format_tb(error.__traceback__), type(error).__name__])
    return failed


def _place(error: BaseException) -> str:
    """Return the innermost module of ours in which an exception was raised."""
    names = [str(frame.f_globals.get("__name__", "")) for frame, _ in traceback.walk_tb(error.__traceback__)]
    ours = [name for name in names if name.partition(".")[0] in _PACKAGES]
    return ours[-1] if ours else "sluice"


def _column(text: str, columns: Sequence[str]) -> str | None:
    """Return the declared column that the text of an exception names between quotes."""
    quoted = set(re.findall(r"""["'`]([^"'`]+)["'`]""", text))
    return next((name for name in columns if name in quoted), None)
