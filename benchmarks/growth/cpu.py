"""Count CPU seconds of a process and of its worker."""

from __future__ import annotations

import time

from sluice.app import App


def cpu_of(app: App) -> float:
    """Return the CPU seconds, user and system, that this process and the application's worker have used; starts the worker where none runs."""
    return time.process_time() + float(app.worker.process("time:process_time"))
