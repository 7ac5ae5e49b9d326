"""Report the progress of a task from the worker process to its parent."""

from __future__ import annotations

from multiprocessing.connection import Connection

from sluice.domain import Message

_pipes: list[Connection] = []  # at most one: the pipe to the parent


def connect(pipe: Connection) -> None:
    """Send reports into a pipe from now on."""
    _pipes[:] = [pipe]


def report_progress(what: Message, done: int, total: int | None) -> None:
    """Tell the parent that `done` of `total` (None: not known yet) of the work is finished; outside a worker process, nobody."""
    for pipe in _pipes:
        pipe.send((None, (what, done, total)))
