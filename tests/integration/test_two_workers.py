"""Two processes of `sluice serve` on one database of PostgreSQL: a firing that was missed is made up for once, also where its worker dies at it."""

from __future__ import annotations

import os
import socket
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import select

from sluice.app import App
from sluice.domain import ROW
from sluice.store.row_states import row_states
from sluice.store.tables import SCHEDULED_RUNS
from tests.patience import PATIENCE
from tests.processes import Started, start_command

CONFIG = """
database: {database}
lake: {root}/lake
schedule: {{ingest: "0 0 * * *"}}
dashboard: {{port: {port}}}
datasets:
  events:
    source: {{files: "{root}/landing/events-*.csv"}}
    key: [id]
    columns: {{id: {{required: true}}, quantity: {{type: integer}}}}
    suite: [expect_column_values_to_be_between: {{column: quantity, min_value: 0}}]
"""


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def make_worker(root: Path, database: str, name: str) -> tuple[Path, int]:
    """Write the configuration of a worker, which reads what the others read; return it with the port of its dashboard."""
    port = free_port()
    (root / name).mkdir()
    (root / name / "sluice.yaml").write_text(CONFIG.format(database=database, root=root, port=port))
    return root / name / "sluice.yaml", port


@contextmanager
def serving(config: Path, kill_at: str = "") -> Iterator[Started]:
    worker = start_command("serve", "--config", str(config), kill_at=kill_at)
    try:
        yield worker
    finally:
        if worker.running:
            worker.kill()
        worker.end()


def wait_for(fine: Callable[[], bool]) -> bool:
    until = time.monotonic() + PATIENCE
    while not (true := fine()) and time.monotonic() < until:
        time.sleep(0.1)
    return true


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5) as page:
            return bool(page.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def firings(app: App) -> dict[str, tuple[str, int]]:
    """Return by the time of a firing its state and the number of its attempts."""
    columns = SCHEDULED_RUNS.c
    with app.store.database.read() as connection:
        rows = connection.execute(select(columns.fire_time, columns.state, columns.attempts).where(columns.job == "ingest")).all()
    return {row.fire_time: (row.state, row.attempts) for row in rows}


def test_a_firing_whose_worker_dies_is_finished_by_the_other_once(postgres: str, tmp_path: Path, opened: Callable[[Path], App]) -> None:
    landing = tmp_path / "landing"
    landing.mkdir()
    for day in (1, 2):
        path = landing / f"events-2026-03-0{day}.csv"
        path.write_text("id,quantity\n" + "".join(f"e{day}-{row},{row - 1}\n" for row in range(9)))
        os.utime(path, (1_700_000_000.0, 1_700_000_000.0))  # whole, and not still being written
    (first, first_port), (second, _) = (make_worker(tmp_path, postgres, name) for name in ("first", "second"))
    app = opened(second)
    with serving(first, kill_at="clean") as dying:
        assert wait_for(lambda: bool(firings(app)))
        with serving(second):
            assert wait_for(lambda: not dying.running)
            assert wait_for(lambda: {state for state, _ in firings(app).values()} == {"done"})
            ended = firings(app)
            assert max(attempts for _, attempts in ended.values()) == 2
            with serving(first):  # it asks at once for what it missed
                assert wait_for(lambda: answers(first_port))
                assert firings(app) == ended
    runs = app.store.runs.of("events")
    assert Counter(run.state for run in runs) == {"published": 2}
    arrived = [row for arrival in app.source("events").arrivals() for row in app.source("events").read(arrival).rows[ROW]]
    assert Counter(row_states(app.store, "events")[ROW]) == Counter(arrived)
