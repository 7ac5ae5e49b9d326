"""Measure what a function costs in a process of its own: CPU seconds and memory of all processes that it starts, together."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from benchmarks.alone import alone

T = TypeVar("T")
_EVERY = 0.05  # seconds between two samples of memory
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Usage:
    """Hold what was used.

    Attributes:
        cpu: CPU seconds, user and system, of all processes.
        peak: GiB of the highest sum of the proportional set sizes of all processes, without pages of files.
        sampling: CPU seconds of the samples themselves, which read the page tables of every process.
    """

    cpu: float = 0.0
    peak: float = 0.0
    sampling: float = 0.0
    _stopped: threading.Event = field(default_factory=threading.Event, repr=False)

    def sample(self, pid: int) -> None:
        """Keep the highest memory of a process and its descendants until it is stopped."""
        while not self._stopped.wait(_EVERY):
            self.peak = max(self.peak, sum(memory_of(member) for member in _tree(pid)))
            self.sampling = time.thread_time()

    def stop(self) -> None:
        """End the sampling."""
        self._stopped.set()


def measured(function: Callable[..., T], *args: object) -> tuple[T, Usage]:
    """Return a function's result from a fresh process, and what it used from its first to its last line; Linux only."""
    cpu, peak, result = alone(_watched, function, args)
    return result, Usage(cpu, peak)


def _watched(function: Callable[..., T], args: tuple[object, ...]) -> tuple[float, float, T]:
    before = _cpu(os.getpid())
    with _sampled() as usage:
        result = function(*args)
        cpu = sum(_cpu(member) for member in _tree(os.getpid())) - before
    return cpu - usage.sampling, usage.peak, result


@contextmanager
def _sampled() -> Iterator[Usage]:
    usage = Usage()
    sampler = threading.Thread(target=usage.sample, args=(os.getpid(),), daemon=True)
    sampler.start()
    try:
        yield usage
    finally:
        usage.stop()
        sampler.join()


def _tree(pid: int) -> list[int]:
    """List a process and its descendants."""
    parents: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        fields = _stat(path)
        if fields:
            parents.setdefault(int(fields[1]), []).append(int(path.parent.name))
    tree = [pid]
    for member in tree:
        tree += parents.get(member, [])
    return tree


def _cpu(pid: int) -> float:
    """Return the CPU seconds of a process and of its descendants that have ended."""
    fields = _stat(Path(f"/proc/{pid}/stat"))
    return sum(map(int, fields[11:15])) / _TICKS if fields else 0.0


def _stat(path: Path) -> list[str]:
    """Return the fields of a process after its name; none where it has ended."""
    try:
        return path.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return []


def memory_of(pid: int) -> float:
    """Return GiB of memory that a process does not share, and its part of what it shares."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith(("Pss_Anon:", "Pss_Shmem:"))) / 2**20
