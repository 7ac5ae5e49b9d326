"""A rebuild is killed at every point; after a restart it is done once, or not begun, and no row is lost or doubled."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from sluice.domain import RAW_TYPE, REASON_TYPE, REPAIRS, ROW, STATE, Batch, Column, Outcome, Request, RunKind, Schema, Score, Split
from sluice.store import FAIL_POINTS, SqlStore, connect, open_store, upgrade
from sluice.store.row_states import row_states
from tests.integration.store.rebuilder import work
from tests.processes import Started

NOW = datetime(2026, 3, 15, tzinfo=UTC)
BEFORE = Schema("events", "append", ("id",), (Column("id"), Column("price", "number")))
AFTER = {"b0.0": "published", "b0.1": "held", "b0.2": "published", "b0.3": "held", "b0.4": "rejected"}


def opened(url: str, lake: Path, schema: Schema) -> SqlStore:
    return open_store(url, str(lake), schemas={"events": schema}, policies={}, clock=lambda: NOW)


def publish(store: SqlStore, name: str, kind: RunKind, good: dict[str, float], bad: dict[str, float]) -> None:
    held = rows(bad).with_columns(pl.lit([{"name": "present:price", "columns": ["price"]}], dtype=REASON_TYPE).alias("_reasons"))
    split = Split(Batch("events", name, rows(good), NOW), Batch("events", name, held, NOW))
    with store.lease("events") as lease:
        store.publish(lease, store.stage(Outcome(kind, Score(100.0), Score(100.0), split, REPAIRS.to_frame(), {}, "0")))


def rows(prices: dict[str, float]) -> pl.DataFrame:
    ids = list(prices)
    frame = pl.DataFrame({"id": ids, "price": list(prices.values()), ROW: ids}, schema={"id": pl.String, "price": pl.Float64, ROW: pl.String})
    return frame.with_columns(pl.lit(None, dtype=RAW_TYPE).alias("_raw"), pl.lit("keep").alias("_action"))


def fill(store: SqlStore) -> None:
    """Publish rows, one of them by a release; hold one, and reject one."""
    publish(store, "b0", "ingest", {"b0.0": 1.0, "b0.1": 1.5}, {"b0.2": 2.0, "b0.3": 3.0, "b0.4": 4.0})
    publish(store, "release", "release", {"b0.2": 2.0}, {})
    with store.lease("events") as lease:
        store.quarantine.reject(lease, Request("q", "reject", "events", "Ada", "wrong", NOW), ["b0.4"])


def states(store: SqlStore) -> dict[str, str]:
    rows_of_states = row_states(store, "events")
    assert rows_of_states[ROW].is_unique().all()
    return dict(rows_of_states.select(ROW, STATE).iter_rows())


@pytest.mark.slow
@pytest.mark.parametrize("point", FAIL_POINTS)
def test_a_killed_rebuild_is_done_once(url: str, tmp_path: Path, point: str) -> None:
    engine = connect(url)
    upgrade(engine)
    engine.dispose()
    lake = tmp_path / "lake"
    store = opened(url, lake, BEFORE)
    fill(store)
    before = states(store)
    store.close()

    Started(work, url, str(lake), kill_at=point).expect(-9)
    between = opened(url, lake, Schema("events", "append", ("id",), (Column("id"), Column("unit_price", "integer", was="price"))))
    assert states(between) in (before, AFTER)  # readers see all of it, or nothing
    Started(work, url, str(lake)).expect(0)

    assert states(between) == AFTER
    assert [run.kind for run in between.runs.of("events") if run.state == "published"] == ["ingest", "release", "rebuild"]
    assert between.snapshot().published("events").sort(ROW).collect()["unit_price"].to_list() == [1, 2]
    assert between.snapshot("2").published("events").sort(ROW).collect()["unit_price"].to_list() == [1.0, 1.5, 2.0]
    between.close()
