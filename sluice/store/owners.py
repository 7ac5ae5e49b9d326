"""Name the process that holds a lease, so that no other machine, container or later process is taken for it."""

from __future__ import annotations

import functools
import os
import socket
import uuid
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_MACHINE_IDS = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))
_PARTS = 5  # of the last part of an owner's text
_ENDED = ("Z", "X")  # states of a process that was killed and that its parent has not noticed yet


@dataclass(frozen=True, slots=True)
class Owner:
    """Name one process.

    Attributes:
        host: Name of its machine, for people; two machines may have the same.
        pid: Its process id.
        machine: Id of the machine; copies of one image have the same.
        boot: Id of the present boot, which no two machines share; empty where the system has none.
        space: Id of the namespace that its process id counts in, as each container has its own.
        started: When it started, in ticks since the boot: process ids are used again.
        draw: Random part, for each lease.
    """

    host: str
    pid: int
    machine: str = ""
    boot: str = ""
    space: str = ""
    started: str = ""
    draw: str = ""

    @property
    def worker(self) -> str:
        """Return what people call it: `<host>/<process id>`."""
        return f"{self.host}/{self.pid}"

    def __str__(self) -> str:
        """Return the text that is stored."""
        return f"{self.worker}/{self.machine}~{self.boot}~{self.space}~{self.started}~{self.draw}"

    def on_machine_of(self, other: Owner) -> bool:
        """Return True where both run on one machine since it was started last; containers of one machine count as one."""
        return self.boot == other.boot if self.boot or other.boot else (self.machine, self.host) == (other.machine, other.host)


def parse_owner(text: str) -> Owner:
    """Return the owner that a text names; one that an earlier version wrote has host and process id alone.

    Example:
        >>> parse_owner("shop-1/4711/3d12~e5a3~4026531836~115433~9f0c").started
        '115433'
        >>> parse_owner("shop-1/4711/9f0c").boot
        ''
    """
    host, pid, rest = text.rsplit("/", 2)
    parts = rest.split("~")
    named = parts if len(parts) == _PARTS else ["", "", "", "", rest]
    return Owner(host, int(pid), *named)


def this_process() -> Owner:
    """Return the present process, with a new random part."""
    pid = os.getpid()
    return Owner(socket.gethostname()[:100], pid, *_machine(), _start(pid) or "", uuid.uuid4().hex[:8])


def has_ended(owner: Owner, here: Owner) -> bool:
    """Return True where a process is known to have ended: it ran on this machine, and its process id is free or another process has it.

    Args:
        owner: Who holds a lease.
        here: The present process.
    """
    if not owner.machine or (owner.machine, owner.boot, owner.space, owner.host) != (here.machine, here.boot, here.space, here.host):
        return False
    if owner.started:
        return _start(owner.pid) != owner.started
    return not _exists(owner.pid)


@functools.lru_cache(maxsize=1)
def _machine() -> tuple[str, str, str]:
    """Return shortened ids of the machine, its boot and the namespace of process ids."""
    machine = next((text for path in _MACHINE_IDS if (text := _read(path))), f"{uuid.getnode():012x}")
    boot = _read(_PROC / "sys/kernel/random/boot_id").replace("-", "")
    try:
        space = str((_PROC / "self/ns/pid").readlink()).strip("pid:[]")
    except OSError:
        space = ""
    return machine[:12], boot[:16], space


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _start(pid: int) -> str | None:
    """Return when a process started, as Linux counts it; None where there is none, or it has ended."""
    facts = _read(_PROC / str(pid) / "stat").rpartition(")")[2].split()  # the name in parentheses may hold anything
    return facts[19] if len(facts) > 19 and facts[0] not in _ENDED else None


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
