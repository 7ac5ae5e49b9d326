"""`sluice serve` as a process of its own: what it does when it starts, and what is left of it when it ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from sqlalchemy import select

from sluice.app import App
from sluice.domain import ROW, Request
from sluice.store.tables import RUNS
from tests.patience import PATIENCE

Opened = Callable[[Path], App]
LONG_AGO = 1_700_000_000.0
SMALL = """
schedule: {{ingest: "* * * * *"}}
dashboard: {{port: {port}}}
datasets:
  a:
    source: {{files: "landing/*.csv"}}
    columns: {{id: {{type: string, required: true}}}}
"""


@pytest.fixture
def small(tmp_path: Path, port: int) -> Path:
    """A shop of one dataset, one file of which has come."""
    land(tmp_path / "landing" / "a-2026-03-01.csv", "id\n1\n2\n")
    config = tmp_path / "sluice.yaml"
    config.write_text(SMALL.format(port=port))
    return config


def land(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    os.utime(path, (LONG_AGO, LONG_AGO))  # whole, and not still being written


@contextmanager
def serving(config: Path) -> Iterator[subprocess.Popen[str]]:
    """`sluice serve` in a process group of its own, as a shell would start it."""
    command = [sys.executable, "-c", "from sluice.cli import main; main()", "serve", "--config", str(config)]
    log = config.with_name("serve.log")
    with (
        log.open("w") as output,
        subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, text=True, start_new_session=True) as server,
    ):
        try:
            yield server
        finally:
            if lives(server.pid):
                os.killpg(server.pid, signal.SIGKILL)


def lives(group: int) -> bool:
    """Is any process of a group alive?"""
    states = (stat.read_text().rpartition(")")[2].split() for stat in Path("/proc").glob("[0-9]*/stat") if stat.exists())
    return any(int(fields[2]) == group and fields[0] != "Z" for fields in states)


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5) as page:
            return bool(page.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def eventually(fine: Callable[[], bool], server: subprocess.Popen[str]) -> bool:
    """Does something come true in time?"""
    until = time.monotonic() + PATIENCE
    while not (true := fine()) and time.monotonic() < until:
        try:
            server.wait(0.2)
        except subprocess.TimeoutExpired:
            continue
    return true


def promised(app: App) -> list[str]:
    with app.store.database.read() as connection:
        return list(connection.scalars(select(RUNS.c.id).where(RUNS.c.state == "intent")))


@pytest.fixture
def late(shop: Path, port: int) -> Path:
    """The worked demo shop by today's clock, with one more file that came while nothing ran."""
    text = "\n".join(line for line in shop.read_text().splitlines() if not line.startswith("clock:"))
    datasets = text.partition("\nschedule:")[0]
    shop.write_text(f'{datasets}\nschedule: {{ingest: "* * * * *"}}\ndashboard: {{port: {port}}}\n')
    landing = shop.parent / "landing" / "events"
    rows = pl.read_ndjson(landing / "events-2026-03-02.jsonl.gz", infer_schema_length=None).head(3)
    land(landing / "events-2026-03-02-late.jsonl", rows.with_columns(pl.concat_str(pl.lit("late-"), "event_id").alias("event_id")).write_ndjson())
    return shop


@pytest.mark.slow
def test_serve_makes_up_for_what_came_while_it_was_down_and_stops_on_ctrl_c(late: Path, port: int, opened: Opened) -> None:
    app = opened(late)
    before = {run.id for run in app.store.runs.of("events")}
    row = app.store.quarantine.held("events", rule="expect_column_values_to_be_between:quantity")[ROW][0]
    app.store.requests.submit(Request("r1", "release", "events", "Ada", "a return", app.now(), (row,)))
    began = datetime.now(UTC)  # noqa: TID251  # the database's own clock is what is tested
    with serving(late) as server:
        assert eventually(lambda: answers(port), server)
        assert eventually(lambda: app.store.requests.all("events")[0].state == "done", server)
        assert eventually(lambda: {run.kind for run in app.store.runs.of("events") if run.id not in before} >= {"ingest", "release"}, server)
        os.killpg(server.pid, signal.SIGINT)
        assert server.wait(PATIENCE) == 0
        assert eventually(lambda: not lives(server.pid), server)
    assert not answers(port)
    (run,) = [run for run in app.store.runs.of("events") if run.id not in before and run.kind == "ingest"]
    assert "Traceback" not in late.with_name("serve.log").read_text()
    assert (run.state, run.rows) == ("published", 3)
    assert row in app.store.snapshot().published("events").collect()[ROW].to_list()
    assert promised(app) == []
    beat = app.store.activity.last_heartbeat()
    assert beat is not None
    assert began - timedelta(seconds=60) < beat < datetime.now(UTC) + timedelta(seconds=60)  # noqa: TID251


@pytest.mark.slow
def test_a_served_shop_that_is_killed_leaves_no_process_and_its_next_start_goes_on(small: Path, port: int, opened: Opened) -> None:
    with serving(small) as server:
        assert eventually(lambda: answers(port), server)
        app = opened(small)
        assert eventually(lambda: bool(app.store.runs.of("a")), server)
        server.kill()
        server.wait()
        assert eventually(lambda: not lives(server.pid) and not answers(port), server)
    land(small.parent / "landing" / "a-2026-03-02.csv", "id\n3\n")
    app.store.database.engine.dispose()
    with serving(small) as server:
        assert eventually(lambda: len(app.store.runs.of("a")) == 2, server)
        os.killpg(server.pid, signal.SIGTERM)
        assert server.wait(PATIENCE) == 0
    assert sorted(app.store.snapshot().published("a").collect()["id"]) == ["1", "2", "3"]


def test_a_port_that_is_taken_is_told_before_anything_is_begun(small: Path, port: int, opened: Opened) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        with serving(small) as server:
            assert server.wait(PATIENCE) == 3
    output = small.with_name("serve.log").read_text()
    assert f"port {port} is taken" in output
    assert f"dashboard: {{port: {port + 1}}}" in output
    assert opened(small).store.runs.of("a") == []
