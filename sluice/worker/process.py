"""Call functions in one long-lived worker process under a memory limit.

A Parquet bomb or an over-large group-by aborts a process with nothing to catch; here that costs the worker, and the caller gets an
exception. The worker is reused, since importing Great Expectations and torch anew would cost more than most batches.

Arguments and results cross a private pipe between two processes of one program as pickles, as `multiprocessing` always sends them; none is
ever loaded from a file or from anyone else.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from importlib.machinery import ModuleSpec
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import ModuleType
from typing import Any, Self

from sluice.errors import OutOfMemory, SluiceError, WorkerDied, panics_as_errors
from sluice.messages import make_error, missing_extra
from sluice.ports import Progress, no_progress
from sluice.worker.progress import connect

_POLL = 0.05  # seconds between two readings of the worker's memory
_RETRY_FROM = 0.1  # share of the limit that earlier calls must have left taken for a second try to be of use
_OUT_OF_MEMORY = (-signal.SIGABRT, -signal.SIGKILL)  # exit codes with which allocators and the kernel end a process


class WorkerProcess:
    """Run one worker process, started at the first call and again after it died. Calls from several threads wait for each other.

    Functions are named as `module:function`, so that only the worker imports their modules. They must be safe to call twice: a call that
    runs out of memory is repeated once in a fresh worker where earlier calls had left a part of the limit taken. Otherwise the second try would
    end as the first one did.
    """

    def __init__(self, limit: int) -> None:
        """Store the limit; no process is started yet.

        Args:
            limit: Bytes of resident memory; address space is not limited, since CUDA needs it. Where there is no /proc
                (macOS), only the system's own limit holds.
        """
        self._limit = limit
        self._lock = threading.Lock()
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None
        self._at_start: int | None = None

    @property
    def started(self) -> bool:
        """Return True where a process runs."""
        return self._process is not None

    def __call__(self, function: str, *args: object, progress: Progress = no_progress, waiting: Callable[[], object] = bool) -> Any:  # noqa: ANN401  # whatever the function returns
        """Return the result of a function.

        Args:
            function: As `module:function`.
            args: Its arguments.
            progress: Called with what the function reports by `report_progress`.
            waiting: Called again and again until the function answers; where it raises, the process ends.

        Raises:
            OutOfMemory: The worker ran out of memory.
            WorkerDied: The worker ended for another reason.
            SluiceError: The function raised it.
            RuntimeError: The function raised anything else; text and note say what and where.
        """
        with self._lock:
            left_over = self._left_over()
            try:
                return self._call(function, args, progress, waiting)
            except OutOfMemory:
                if left_over < _RETRY_FROM * self._limit:
                    raise
                return self._call(function, args, progress, waiting)

    def close(self) -> None:
        """End the process; the next call would start another."""
        with self._lock:
            self._end()

    def __enter__(self) -> Self:
        """Use as a context, which closes it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def _call(self, function: str, args: tuple[object, ...], progress: Progress, waiting: Callable[[], object]) -> Any:  # noqa: ANN401  # whatever the function returns
        process, pipe = self._start()
        try:
            pipe.send((function, args))
            succeeded, value = self._receive(process, pipe, waiting)
            while succeeded is None:  # a report of progress
                progress(*value)
                waiting()
                succeeded, value = self._receive(process, pipe, waiting)
        except (EOFError, ConnectionError):
            raise self._death(process) from None
        except BaseException:  # Ctrl-C while the worker works: nobody would read its answer
            self._end()
            raise
        if self._at_start is None:
            self._at_start = _resident_bytes(process.pid)
        if succeeded:
            return value
        raise value

    def _left_over(self) -> int:
        """Return the bytes that a living worker holds beyond those after its first answer, which had loaded its modules."""
        if self._process is None or self._at_start is None:
            return 0
        return _resident_bytes(self._process.pid) - self._at_start

    def _start(self) -> tuple[BaseProcess, Connection]:
        if self._process is None or self._pipe is None or not self._process.is_alive():
            self._end()
            context = get_context("spawn")
            self._pipe, remote_end = context.Pipe()
            self._process = context.Process(target=_serve, args=(remote_end,), name="sluice-worker", daemon=True)
            with _without_main_script():
                self._process.start()
            remote_end.close()
            self._at_start = None
        return self._process, self._pipe

    def _receive(self, process: BaseProcess, pipe: Connection, waiting: Callable[[], object]) -> tuple[bool | None, Any]:
        while not wait([pipe, process.sentinel], _POLL):
            if _resident_bytes(process.pid) > self._limit:
                self._end()
                raise make_error(OutOfMemory, "worker_over_limit", gib=self._limit / 2**30)
            waiting()
        if not pipe.poll():
            raise EOFError
        answer: tuple[bool | None, Any] = pipe.recv()
        return answer

    def _death(self, process: BaseProcess) -> SluiceError:
        process.join()
        code = process.exitcode
        self._end()
        if code in _OUT_OF_MEMORY:
            return make_error(OutOfMemory, "worker_killed", signal=-code)
        return make_error(WorkerDied, "worker_died", code=code)

    def _end(self) -> None:
        if self._pipe is not None:
            self._pipe.close()
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
        self._process = self._pipe = None


@contextlib.contextmanager
def _without_main_script() -> Iterator[None]:
    """Hide the running script while a process starts, for `multiprocessing` would run it again in the worker."""
    script = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = script


def _resident_bytes(pid: int | None) -> int:
    """Return the bytes of resident memory; 0 where the system does not say."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def _serve(pipe: Connection) -> None:
    """Run in the worker: call the functions that are sent until the pipe closes."""
    for number in (signal.SIGINT, signal.SIGTERM):  # both reach the whole group (Ctrl-C, systemd); the parent decides, and finishes what is under way
        signal.signal(number, signal.SIG_IGN)
    name_main_module()
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # threads that wait for each other leave the cores to those that work
    threading.Thread(target=_end_with_parent, daemon=True).start()
    sys.stdout.flush()
    connect(pipe)
    os.dup2(2, 1)  # results go to stdout, and only the parent has results
    with contextlib.suppress(EOFError, ConnectionError):
        while True:
            function, args = pipe.recv()
            pipe.send(_run(function, args))


def name_main_module() -> None:
    """Give the main module a specification: the client of Spark takes a process whose main module has none for a test, and ends it."""
    main = sys.modules["__main__"]
    main.__spec__ = main.__spec__ or ModuleSpec("__main__", None)


def _run(function: str, args: tuple[object, ...]) -> tuple[bool, object]:
    try:
        with panics_as_errors():
            return True, resolve_function(function)(*args)
    except SluiceError as error:
        return False, error
    except ModuleNotFoundError as error:
        return False, missing_extra(error) or _failure(error)
    except MemoryError:
        return False, make_error(OutOfMemory, "worker_out_of_memory")
    except Exception as error:  # noqa: BLE001  # whatever it is, the caller must get it
        return False, _missing_file(error) or _failure(error)


def _missing_file(error: Exception) -> SluiceError | None:
    """Return what an error says of a missing file of the lake, if it does."""
    from sluice.store.lake_errors import missing_file

    return missing_file(error)


def _failure(error: Exception) -> RuntimeError:
    """Wrap an error that is no SluiceError, with its traceback as a note."""
    failure = RuntimeError(f"{type(error).__name__}: {error}")
    failure.add_note(f"in the worker process:\n{traceback.format_exc()}")
    return failure


def resolve_function(name: str) -> Callable[..., object]:
    """Import a function by its name, `module:function`."""
    module, _, attribute = name.partition(":")
    function: Callable[..., object] = getattr(importlib.import_module(module), attribute)
    return function


def _end_with_parent() -> None:
    """End the worker with its parent: one that was killed cannot end it, and a stage that nobody waits for must not go on being written."""
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
