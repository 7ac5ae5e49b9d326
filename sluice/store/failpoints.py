"""Name the moments of publishing at which a test may kill the process; they do nothing else."""

from __future__ import annotations

import os
import signal
from multiprocessing import parent_process

FAIL_POINTS = ("written", "staging", "staged", "intent", "repairs", "quarantine", "flags", "repeats", "clean", "recorded", "published", "dropped")
ALERT_POINTS = ("delivered",)  # reached only where an address accepted, or refused, an alert
ERASURE_POINTS = (  # reached only while a value or a person is erased
    *("planned", "landing_erased", "models_erased", "records_erased", "lake_records_erased", "files_rewritten", "state_committed", "log_begun"),
    *("repairs_erased", "quarantine_erased", "flags_erased", "repeats_erased", "clean_erased", "erased", "ended"),
)
COMPACTION_POINTS = ("merged", "compacted")  # reached only once a table has many small files
VACUUM_POINTS = ("versions_ended",)  # reached only where versions of a table become older than retention keeps them


def fail_point(name: str) -> None:
    """Die by SIGKILL where SLUICE_KILL_AT names this moment, as in a power cut."""
    if os.environ.get("SLUICE_KILL_AT") == name:
        parent = parent_process()
        if parent is not None and parent.pid is not None:  # a power cut ends both
            os.kill(parent.pid, signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)
