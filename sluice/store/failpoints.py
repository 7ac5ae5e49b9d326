"""Named moments of publishing at which a test may kill the process; they do nothing else."""

from __future__ import annotations

import os
import signal

FAIL_POINTS = ("staging", "staged", "intent", "repairs", "quarantine", "clean", "published", "dropped")


def fail_point(name: str) -> None:
    """Die by SIGKILL where the environment asks for it (SLUICE_KILL_AT), as a power cut would have it."""
    if os.environ.get("SLUICE_KILL_AT") == name:
        os.kill(os.getpid(), signal.SIGKILL)
