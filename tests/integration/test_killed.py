"""`sluice run` is killed at every point and at any moment; the next one goes on, and every row is in exactly one place."""

from __future__ import annotations

import random
import signal
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from sluice.app import App
from sluice.domain import ROW, STATE
from sluice.store import FAIL_POINTS
from sluice.store.row_states import row_states
from tests.processes import Started, start_command

DAYS, ROWS, MOMENTS = 14, 30, 5
CONFIG = """
datasets:
  items:
    source: {files: "landing/items-*.csv"}
    mode: snapshot
    key: [id]
    columns: {id: {type: string, required: true}, price: {type: number}}
  events:
    source: {files: "landing/events-*.csv"}
    key: [id]
    columns: {id: {type: string, required: true}, item: {type: string}, quantity: {type: integer}}
    suite: [expect_column_values_to_exist_in_dataset: {column: item, dataset: items, reference_column: id}]
    clean: [parse, deduplicate: {key: [id]}]
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Two datasets, of which each day brings a file: repeated rows, cells that do not cast, and items that are known a day later."""
    (tmp_path / "landing").mkdir()
    for day in range(1, DAYS + 1):
        items = "".join(f"i{number},{number}.5\n" for number in range(day * 3))
        events = "".join(f"e{day}-{row},i{(day * 3 + row) % (day * 3 + 2)},{'some' if row == 7 else 1}\n" for row in (*range(1, ROWS), 5))
        (tmp_path / f"landing/items-2026-03-{day:02}.csv").write_text(f"id,price\n{items}")
        (tmp_path / f"landing/events-2026-03-{day:02}.csv").write_text(f"id,item,quantity\n{events}")
    (tmp_path / "sluice.yaml").write_text(CONFIG)
    return tmp_path / "sluice.yaml"


def start(config: Path, kill_at: str = "") -> Started:
    return start_command("run", "--config", str(config), kill_at=kill_at)


def kill_soon_after_a_stage(worker: Started, stages: Path, wait: float) -> None:
    """Kill parent and child alike, a moment after an outcome was seen waiting to be published."""
    before = set(stages.glob("*/*"))
    while worker.running and not set(stages.glob("*/*")) - before:
        worker.wait(0.005)
    worker.wait(wait)
    worker.kill()
    worker.expect(-signal.SIGKILL)


@pytest.mark.slow
def test_every_row_is_in_exactly_one_place_whenever_the_job_is_killed(config: Path, opened: Callable[[Path], App]) -> None:
    for point in FAIL_POINTS:
        start(config, point).expect(-signal.SIGKILL)
    moments = random.Random(11)
    for _ in range(MOMENTS):
        kill_soon_after_a_stage(start(config), config.parent / ".sluice" / "stage", moments.uniform(0, 0.1))
    start(config).expect(0)
    check(opened(config))
    assert list((config.parent / ".sluice" / "stage").glob("*/*")) == []


def check(app: App) -> None:
    snapshot = app.store.snapshot()
    for dataset in ("items", "events"):
        runs = app.store.runs.of(dataset)
        assert {run.state for run in runs} == {"published"}
        arrivals = {arrival.id: arrival for arrival in app.source(dataset).arrivals()}
        assert Counter(run.id for run in runs if run.kind == "ingest") == Counter(list(arrivals))
        rows = {batch_id: app.source(dataset).read(arrival).rows[ROW].to_list() for batch_id, arrival in arrivals.items()}
        assert Counter(row_states(app.store, dataset)[ROW]) == Counter(row for batch_rows in rows.values() for row in batch_rows)
        newest = [run.id for run in runs if run.kind == "ingest"][-1]
        if dataset == "items":  # a snapshot replaces the one before
            assert sorted(snapshot.published(dataset).collect()[ROW]) == sorted(rows[newest])
    assert any(run.kind == "replay" for run in app.store.runs.of("events"))
    repeats = snapshot.repeats("events").collect()
    assert repeats[STATE].to_list() == ["copy"] * DAYS
