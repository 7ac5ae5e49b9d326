"""A process that publishes is killed at every point; after a restart every row is in exactly one place."""

from __future__ import annotations

import random
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from sluice.domain import ROW, Column, Schema
from sluice.store import COMPACTION_POINTS, FAIL_POINTS, SqlStore, connect, open_store, upgrade
from sluice.store.tables import QUARANTINE_STATUS, RUNS
from tests.integration.store.publisher import work
from tests.patience import PATIENCE
from tests.processes import Started

SIZE = 40
TIMES = {"sqlite": (3, 25), "postgres": (1, 8)}  # kills at each fail point, and at random


@pytest.fixture
def lake(tmp_path: Path) -> str:
    return str(tmp_path / "lake")


def start(url: str, lake: str, *, kill_at: str = "", batches: int = 10**6) -> Started:
    return Started(work, url, lake, batches, kill_at=kill_at)


def opened(url: str, lake: str) -> SqlStore:
    schemas = {"events": Schema("events", "append", ("id",), (Column("id"), Column("price", "number")))}
    return open_store(url, lake, schemas=schemas, policies={}, clock=lambda: datetime(2026, 3, 15, tzinfo=UTC))


def promised(store: SqlStore) -> set[str]:
    with store.database.read() as connection:
        return set(connection.scalars(select(RUNS.c.id).where(RUNS.c.state == "intent")))


def kill_soon_after_an_intent(worker: Started, store: SqlStore, before: set[str], wait: float) -> bool:
    """Kill a moment after a new intent is seen; True where it was still one."""
    deadline = time.monotonic() + PATIENCE
    while not promised(store) - before and worker.running and time.monotonic() < deadline:
        worker.wait(0.001)
    worker.wait(wait)
    worker.kill()
    worker.expect(-9)
    return bool(promised(store) - before)


def check(store: SqlStore) -> int:
    """Every arrived row is published or held, once; the records say the same; nothing is left over. How many batches there were."""
    runs = store.runs.of("events")
    assert {run.state for run in runs} == {"published"}
    assert [run.seq for run in runs] == list(range(1, len(runs) + 1))
    assert [run.id for run in runs] == [f"b{number:05}" for number in range(len(runs))]
    arrived = {f"{run.id}.{row}" for run in runs if run.kind == "ingest" for row in range(SIZE)}
    snapshot = store.snapshot()
    clean, held = snapshot.published("events").collect()[ROW].to_list(), store.quarantine.held("events")[ROW].to_list()
    assert Counter([*clean, *held]) == Counter(arrived)
    assert all(count == 1 for count in Counter(snapshot.quarantine("events").collect()[ROW]).values())
    with store.database.read() as connection:
        released = set(connection.scalars(select(QUARANTINE_STATUS.c.row_id)))
    assert released <= set(clean)
    for run in runs:
        rows = store.snapshot(str(run.seq)).published("events").collect()
        assert (rows["_run_id"] == run.id).sum() == (run.good if run.adds_rows else 0)
    return len(runs)


@pytest.mark.slow
def test_every_row_is_in_exactly_one_place_after_any_kill(url: str, lake: str, request: pytest.FixtureRequest) -> None:
    at_points, at_random = TIMES[request.node.callspec.params["url"]]
    engine = connect(url)
    upgrade(engine)
    engine.dispose()
    store = opened(url, lake)
    for point in (*FAIL_POINTS * at_points, *COMPACTION_POINTS):
        start(url, lake, kill_at=point).expect(-9)
    moments, hits = random.Random(7), 0
    for _ in range(3 * at_random):
        hits += kill_soon_after_an_intent(start(url, lake), store, promised(store), moments.uniform(0, 0.02))
        if hits == at_random:
            break
    assert hits == at_random
    start(url, lake, batches=3).expect(0)
    assert check(store) >= 3
    stages = Path(lake) / "_stage" / "events"
    assert list(stages.iterdir()) == []
    store.close()
