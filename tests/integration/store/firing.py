"""Begin a scheduled job, say so, and never end: `python -m tests.integration.store.firing ADDRESS LAKE MOMENT`."""

from __future__ import annotations

import sys
from datetime import datetime

from sluice.cron import parse_cron
from sluice.schedule import run_once
from sluice.store import open_store


def work() -> None:
    """Say that the job has begun, and wait to be killed."""
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    sys.stdin.readline()


if __name__ == "__main__":
    address, lake, moment = sys.argv[1:]
    now = datetime.fromisoformat(moment)
    run_once("ingest", parse_cron("0 4 * * *", "UTC"), open_store(address, lake, schemas={}, policies={}, clock=lambda: now, create=True), work, lambda: now)
