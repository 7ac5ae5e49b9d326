"""Go on with the rest where a part of the work fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sluice.errors import Cancelled, SluiceError


@contextmanager
def pass_errors(on_error: Callable[[Exception], object] | None) -> Iterator[None]:
    """Pass errors on, where there is somebody to take them; a job that a person cancelled ends."""
    try:
        yield
    except Cancelled:
        raise
    except (SluiceError, RuntimeError) as error:  # the worker process raises a RuntimeError for what is none of Sluice's
        if on_error is None:
            raise
        on_error(error)
