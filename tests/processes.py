"""Start processes that have their modules at once: tests start over two hundred, and to load Polars and Great Expectations takes longer than what they do.

They are forked from a server that has loaded the modules and computed nothing, so that no pool of threads is there yet; `multiprocessing`
calls that a fork server. So are the workers that they start.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing import current_process, forkserver, get_context, process
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from sluice.worker import process as worker_process
from tests.patience import PATIENCE

_CONTEXT = get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.preloaded"])


@dataclass(frozen=True)
class End:
    """How a process ended: its exit code, negative for a signal, and what it wrote to stderr."""

    code: int | None
    errors: str


class Started:
    """A function in a process of its own, at the head of a group of its own."""

    def __init__(self, function: Callable[..., object], *args: object, kill_at: str = "") -> None:
        """Start it.

        Args:
            function: A function of a module, which the process imports.
            args: Its arguments.
            kill_at: The fail point at which the process kills itself.
        """
        handle, name = tempfile.mkstemp(prefix="sluice-output-")
        os.close(handle)
        self._output = Path(name)
        environment = {**os.environ, "SLUICE_KILL_AT": kill_at, "POLARS_MAX_THREADS": "1"}
        forkserver.ensure_running()
        server = forkserver._forkserver._forkserver_address  # type: ignore[attr-defined]  # nobody else says where it listens
        self._process = _CONTEXT.Process(target=_lead, args=(server, environment, name, function, args))
        with worker_process._without_main_script():
            self._process.start()

    @property
    def running(self) -> bool:
        """Return True until it ended."""
        return self._process.is_alive()

    def kill(self) -> None:
        """End it as a power cut would, and the worker that it started."""
        with contextlib.suppress(ProcessLookupError):  # it may not have its group yet
            os.killpg(self._process.pid or 0, signal.SIGKILL)
        self._process.kill()

    def send(self, number: signal.Signals) -> None:
        """Send a signal to it and to the worker that it started, such as SIGSTOP and SIGCONT."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid or 0, number)

    def wait(self, seconds: float) -> None:
        """Return after that time, or when it ends."""
        self._process.join(seconds)

    def end(self) -> End:
        """Wait for its end.

        Raises:
            TimeoutError: It did not end.
        """
        self._process.join(PATIENCE)
        if self._process.is_alive():
            self.kill()
            raise TimeoutError(self._process)
        ended = End(self._process.exitcode, self._output.read_text())
        self._process.close()
        self._output.unlink()
        return ended

    def expect(self, *codes: int) -> int:
        """Wait for its end, and return its exit code, which must be one of those."""
        ended = self.end()
        assert ended.code in codes, ended
        return ended.code


def start_command(*arguments: str, kill_at: str = "") -> Started:
    """Start the command `sluice`."""
    return Started(_command, arguments, kill_at=kill_at)


def _command(arguments: Sequence[str]) -> None:
    from sluice.cli import main

    sys.argv = ["sluice", *arguments]
    main()


class _Forking:
    """What a `WorkerProcess` takes of a context of `multiprocessing`."""

    @staticmethod
    def Pipe() -> tuple[Connection, Connection]:  # noqa: N802  # its name there
        return _CONTEXT.Pipe()

    @staticmethod
    def Process(target: Callable[..., object], args: tuple[object, ...], name: str, daemon: bool) -> BaseProcess:  # noqa: N802  # likewise
        return _CONTEXT.Process(target=_follow, args=(dict(os.environ), os.getpgrp(), Path.cwd(), target, args), name=name, daemon=daemon)


def _lead(server: str, environment: Mapping[str, str], output: str, function: Callable[..., object], args: tuple[object, ...]) -> None:
    os.setpgid(0, 0)
    process._parent_process = None  # type: ignore[attr-defined]  # a fail point would end the tests as the parent
    _reuse(server)
    worker_process.get_context = lambda method: _Forking() if method == "spawn" else get_context(method)  # type: ignore[attr-defined, assignment]  # what of it is used
    with Path(output).open("wb") as written:
        os.dup2(written.fileno(), 2)
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 1)
    _enter(environment)
    function(*args)


def _reuse(server: str) -> None:
    """Let workers be forked from the same server; this process would start another one, since its parent's is not its child."""
    forkserver._forkserver._forkserver_address = server  # type: ignore[attr-defined]  # see above
    forkserver._forkserver.ensure_running = lambda: None  # type: ignore[method-assign]  # see above


def _follow(environment: Mapping[str, str], group: int, folder: Path, function: Callable[..., object], args: tuple[object, ...]) -> None:
    os.setpgid(0, group)
    os.chdir(folder)
    _enter(environment)
    function(*args)


def _enter(environment: Mapping[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    current_process().daemon = False
