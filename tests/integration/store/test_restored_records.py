"""Runs that were read before a database was restored from a backup are read again after it."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

from sluice.domain import Arrival, Column, Message, Schema
from sluice.store import SqlStore, open_store
from sluice.store.tables import RUNS

AT = datetime(2026, 3, 15, tzinfo=UTC)
SCHEMA = Schema("events", "append", ("id",), (Column("id"),))


def opened(folder: Path) -> SqlStore:
    address = f"sqlite:///{folder}/sluice.db"
    return open_store(address, str(folder / "lake"), schemas={"events": SCHEMA}, policies={}, clock=lambda: AT, create=True)


def add_run(store: SqlStore, name: str, seq: int) -> None:
    """Record a run, and take it as published in a snapshot."""
    with store.lease("events") as lease:
        store.record_failure(lease, Arrival("events", name, f"{name}.csv", "digest", 1, AT), Message.text("no file"))
    with store.database.write() as connection:
        connection.execute(RUNS.update().where(RUNS.c.id == name).values(state="published", seq=seq))


def test_a_restored_database_gives_its_own_runs(tmp_path: Path) -> None:
    store = opened(tmp_path)
    add_run(store, "first", 1)
    store.close()
    shutil.copy(tmp_path / "sluice.db", tmp_path / "backup.db")
    add_run(store, "second", 2)
    add_run(store, "third", 3)
    assert [run.id for run in store.runs.published("events", 3)] == ["first", "second", "third"]
    assert [run.id for run in store.runs.published("events", 2)] == ["first", "second"]
    store.close()
    shutil.copy(tmp_path / "backup.db", tmp_path / "sluice.db")
    assert [run.id for run in store.runs.published("events", 3)] == ["first"]
    add_run(store, "another", 2)
    assert [run.id for run in store.runs.published("events", 3)] == ["first", "another"]
    store.close()
