"""A firing whose worker is killed, over real processes: it is taken up within seconds, and finished once."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sluice.cron import parse_cron
from sluice.rules import Attempts
from sluice.schedule import run_once
from sluice.store import open_store

BEGIN = datetime(2026, 3, 1, 4, tzinfo=UTC)
SLOT = "2026-03-01 04:00"
TRIGGER = parse_cron("0 4 * * *", "UTC")


def test_a_firing_whose_worker_is_killed_is_taken_up_and_finished_once(tmp_path: Path) -> None:
    address, lake = f"sqlite:///{tmp_path}/sluice.db", str(tmp_path / "lake")
    command = [sys.executable, "-m", "tests.integration.store.firing", address, lake, BEGIN.isoformat()]
    done: list[datetime] = []
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "begun\n"
        store = open_store(address, lake, schemas={}, policies={}, clock=lambda: BEGIN, create=True)

        def ask(seconds: float) -> bool:
            moment = BEGIN + timedelta(seconds=seconds)
            return run_once("ingest", TRIGGER, store, lambda: done.append(moment), lambda: moment)

        assert not ask(10)  # it lives
        worker.kill()
        worker.wait()
        assert [ask(9), ask(10), ask(11), ask(3600)] == [False, True, False, False]
    assert done == [BEGIN + timedelta(seconds=10)]
    assert store.scheduled_runs.attempts("ingest", SLOT) == Attempts(2, BEGIN + timedelta(seconds=10))
    store.close()
