"""Calls functions in one long-lived child process under a memory limit.

A Parquet bomb or an over-large group-by aborts a process with nothing to catch; here that costs a child, and its caller gets an
exception. The child is reused, since importing Great Expectations and torch anew would cost more than most batches.

Arguments and results cross a private pipe between our own two processes as pickles, as `multiprocessing` always does; none is
ever loaded from a file or from anyone else.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import ModuleType
from typing import Any, Self, TypeVar

from sluice.errors import OutOfMemory, SluiceError

T = TypeVar("T")
_POLL = 0.05  # seconds between two looks at the child's memory
_NO_MEMORY = (-signal.SIGABRT, -signal.SIGKILL)  # how allocators and the kernel end a process


class WorkerProcess:
    """One child process, started at the first call and again after it died. Calls from several threads wait for each other.

    Functions must be importable by name, and safe to call twice: one that dies of memory in a child that has worked before is
    called once more in a fresh one, for the memory may have been spent on what came before.
    """

    def __init__(self, limit: int) -> None:
        """Start nothing yet.

        Args:
            limit: Bytes of resident memory; address space is not limited, since CUDA needs it. Where there is no /proc
                (macOS), only the system's own limit holds.
        """
        self._limit = limit
        self._lock = threading.Lock()
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None
        self._served = 0

    def __call__(self, function: Callable[..., T], *args: object) -> T:
        """The function's result.

        Raises:
            OutOfMemory: The child died for want of memory.
            SluiceError: The function raised it; or the child ended for another reason.
            RuntimeError: The function raised anything else; its text and a note tell what and where.
        """
        with self._lock:
            try:
                return self._call(function, args)
            except OutOfMemory:
                if self._served == 0:
                    raise
                self._served = 0
                return self._call(function, args)

    def close(self) -> None:
        """End the child; the next call would start another."""
        with self._lock:
            self._end()

    def __enter__(self) -> Self:
        """Use as a context, which closes it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def _call(self, function: Callable[..., T], args: tuple[object, ...]) -> T:
        process, pipe = self._started()
        try:
            pipe.send((function, args))
            fine, value = self._answer(process, pipe)
        except (EOFError, ConnectionError):
            raise self._death(process) from None
        except BaseException:  # Ctrl-C while the child works: nobody would read its answer
            self._end()
            raise
        self._served += 1
        if fine:
            return value  # type: ignore[no-any-return]  # what the function returned
        raise value

    def _started(self) -> tuple[BaseProcess, Connection]:
        if self._process is None or self._pipe is None or not self._process.is_alive():
            self._end()
            context = get_context("spawn")
            self._pipe, far = context.Pipe()
            self._process = context.Process(target=_serve, args=(far,), name="sluice-child", daemon=True)
            with _nothing_but_itself():
                self._process.start()
            far.close()
            self._served = 0
        return self._process, self._pipe

    def _answer(self, process: BaseProcess, pipe: Connection) -> tuple[bool, Any]:
        while not wait([pipe, process.sentinel], _POLL):
            if _resident(process.pid) > self._limit:
                self._end()
                raise OutOfMemory(_too_much(self._limit))
        if not pipe.poll():
            raise EOFError
        answer: tuple[bool, Any] = pipe.recv()
        return answer

    def _death(self, process: BaseProcess) -> SluiceError:
        process.join()
        code = process.exitcode
        self._end()
        if code in _NO_MEMORY:
            return OutOfMemory(
                f"the process that reads and judges was ended by the system (signal {-code}), most likely for want of memory; send smaller files"
            )
        return SluiceError(f"the process that reads and judges ended by itself (exit code {code}); what it wrote to stderr may tell why")

    def _end(self) -> None:
        if self._pipe is not None:
            self._pipe.close()
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
        self._process = self._pipe = None


@contextlib.contextmanager
def _nothing_but_itself() -> Iterator[None]:
    """While a process is started: what is run as a script is not run again in the child, as `multiprocessing` would have it."""
    script = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = script


def _too_much(limit: int) -> str:
    return f"the process that reads and judges needed more than {limit / 2**30:.1f} GiB of memory and was stopped; raise limits.memory or send smaller files"


def _resident(pid: int | None) -> int:
    """Bytes of resident memory; 0 where the system does not tell."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def _serve(pipe: Connection) -> None:
    """The child's life: calls what it is sent until nobody sends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # threads that wait for each other leave the cores to whoever works
    threading.Thread(target=_end_with_parent, daemon=True).start()
    sys.stdout.flush()
    os.dup2(2, 1)  # results go to stdout, and only the parent has results
    with contextlib.suppress(EOFError, ConnectionError):
        while True:
            function, args = pipe.recv()
            pipe.send(_result(function, args))


def _result(function: Callable[..., object], args: tuple[object, ...]) -> tuple[bool, object]:
    try:
        return True, function(*args)
    except SluiceError as error:
        return False, error
    except MemoryError:
        return False, OutOfMemory("the process that reads and judges could not get more memory; send smaller files")
    except Exception as error:  # noqa: BLE001  # whatever it is, the caller must hear of it
        told = RuntimeError(f"{type(error).__name__}: {error}")
        told.add_note(f"in the child process:\n{traceback.format_exc()}")
        return False, told


def _end_with_parent() -> None:
    """A parent that was killed cannot end its child; and a stage that nobody waits for must not go on being written."""
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
