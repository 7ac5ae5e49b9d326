"""Named moments of publishing at which a test may kill the process; they do nothing else."""

from __future__ import annotations

import os
import signal
from multiprocessing import parent_process

FAIL_POINTS = ("staging", "staged", "intent", "repairs", "quarantine", "flags", "clean", "published", "dropped")


def fail_point(name: str) -> None:
    """Die by SIGKILL where the environment asks for it (SLUICE_KILL_AT), as a power cut would have it."""
    if os.environ.get("SLUICE_KILL_AT") == name:
        parent = parent_process()
        if parent is not None and parent.pid is not None:  # a power cut spares nobody
            os.kill(parent.pid, signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)
