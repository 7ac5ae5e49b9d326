"""A database that is restored from an older backup learns from the lake what was published since; no row is lost or published twice."""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from sluice.domain import ROW
from sluice.errors import StoreError
from sluice.store import FAIL_POINTS, SqlStore, connect, upgrade
from sluice.store.row_states import row_states
from sluice.store.tables import INCIDENTS, QUARANTINE_STATUS, RUNS, UNDONE_REPAIRS, VERDICTS
from tests.integration.store.publisher import SIZE, open_shop
from tests.integration.store.test_crash import check, start


@pytest.fixture
def shop(tmp_path: Path) -> tuple[str, str]:
    """The addresses of an empty database and of its lake."""
    url = f"sqlite:///{tmp_path / 'sluice.db'}"
    engine = connect(url)
    upgrade(engine)
    engine.dispose()
    return url, str(tmp_path / "lake")


def publish(shop: tuple[str, str], batches: int) -> None:
    """Publish batches in a process of its own: one that kept the database open would touch the restored one's files."""
    start(*shop, batches=batches).expect(0)


def back_up(tmp_path: Path) -> None:
    """Copy the database as it is now."""
    with contextlib.closing(sqlite3.connect(tmp_path / "sluice.db")) as read, contextlib.closing(sqlite3.connect(tmp_path / "backup.db")) as written:
        read.backup(written)


def restore(tmp_path: Path) -> None:
    """Put the backup in place of the database."""
    for name in ("sluice.db", "sluice.db-wal", "sluice.db-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    shutil.copyfile(tmp_path / "backup.db", tmp_path / "sluice.db")


def records(store: SqlStore) -> Mapping[str, list[Any]]:
    """All that a run leaves in the database, without numbers that the database hands out by itself."""
    with store.database.read() as connection:
        tables = {table.name: connection.execute(select(table)).mappings().all() for table in (RUNS, VERDICTS, INCIDENTS, QUARANTINE_STATUS, UNDONE_REPAIRS)}
    hidden = {"verdicts": ("id",), "incidents": ("id",)}
    return {name: sorted(str({key: row[key] for key in row if key not in hidden.get(name, ())}) for row in rows) for name, rows in tables.items()}


def states(store: SqlStore) -> list[tuple[str, ...]]:
    return sorted(row_states(store, "events").select(ROW, "_state").iter_rows())


@pytest.mark.slow
@pytest.mark.parametrize("recorded", [1, 3])
def test_the_runs_since_a_backup_are_recorded_again(shop: tuple[str, str], tmp_path: Path, recorded: int) -> None:
    publish(shop, recorded)
    back_up(tmp_path)
    publish(shop, 9)
    before = open_shop(*shop)
    expected = records(before), states(before)
    before.close()
    restore(tmp_path)

    store = open_shop(*shop)
    assert store.recover() == []
    assert (records(store), states(store)) == expected
    publish(shop, 3)
    assert check(store) == recorded + 12
    store.close()


def test_a_database_that_knows_all_runs_is_left_alone(shop: tuple[str, str]) -> None:
    publish(shop, 2)
    store = open_shop(*shop)
    expected = records(store)
    with store.lease("events"):
        assert records(store) == expected
    store.close()


@pytest.mark.slow
@pytest.mark.parametrize("point", FAIL_POINTS)
def test_no_row_is_lost_or_doubled_where_the_promise_is_lost_too(shop: tuple[str, str], tmp_path: Path, point: str) -> None:
    publish(shop, 2)
    back_up(tmp_path)
    start(*shop, kill_at=point).expect(-9)
    restore(tmp_path)

    publish(shop, 3)
    store = open_shop(*shop)
    assert check(store) >= 5
    arrived = [run.id for run in store.runs.of("events") if run.kind == "ingest"]
    assert len(states(store)) == SIZE * len(arrived)
    store.close()


@pytest.mark.slow
def test_a_database_without_runs_that_the_lake_has_no_records_of_is_refused(shop: tuple[str, str], tmp_path: Path) -> None:
    publish(shop, 2)
    back_up(tmp_path)
    publish(shop, 2)
    shutil.rmtree(tmp_path / "lake" / "_runs")  # as a program left it that wrote none
    publish(shop, 1)
    restore(tmp_path)

    store = open_shop(*shop)
    before = records(store)
    for refused in (store.catch_up, store.compare_with_lake):
        with pytest.raises(StoreError, match=r"ends at snapshot 2, the lake at 5, .* no records of 3-4 \(datasets: events\); nothing was written"):
            refused()
    assert records(store) == before
    store.close()


def test_a_first_look_after_an_upgrade_marks_the_runs_without_records(shop: tuple[str, str], tmp_path: Path) -> None:
    publish(shop, 2)
    shutil.rmtree(tmp_path / "lake" / "_runs")
    store = open_shop(*shop)
    store.catch_up()
    compared = store.compare_with_lake()
    assert (compared.lake, compared.database) == (2, 2)
    assert json.loads((tmp_path / "lake" / "_runs" / "unrecorded.json").read_text()) == {"events": 2}
    store.close()


def test_a_lake_that_is_older_than_the_database_is_refused(shop: tuple[str, str], tmp_path: Path) -> None:
    publish(shop, 1)
    shutil.copytree(tmp_path / "lake", tmp_path / "copy")
    publish(shop, 1)
    shutil.rmtree(tmp_path / "lake")
    shutil.copytree(tmp_path / "copy", tmp_path / "lake")

    store = open_shop(*shop)
    older = r"^the lake's table \w+/events is at version \d+, the records name \d+: the lake is older than the database; restore its newest copy$"
    for refused in (store.catch_up, store.compare_with_lake, lambda: store.snapshot().published("events").collect()):
        with pytest.raises(StoreError, match=older):
            refused()
    store.close()


def test_runs_with_new_numbers_leave_no_gap_in_the_lake(shop: tuple[str, str], tmp_path: Path) -> None:
    publish(shop, 2)
    second = sorted((tmp_path / "lake" / "_runs" / "events").glob("*.json"))[1]
    lost = json.loads(second.read_text())
    lost |= {"verdicts": [], "statuses": [], "undone": []}
    lost["run"] |= {"id": "lost", "number": 9}
    second.with_name("00000009.json").write_text(json.dumps(lost))  # two runs with one snapshot: the first died before its transaction ended
    (tmp_path / "lake" / "_runs" / "newest.json").write_text('{"snapshot": 3}')
    lost["run"] |= {"id": "third", "number": 8, "seq": 3}
    second.with_name("00000008.json").write_text(json.dumps(lost))

    store = open_shop(*shop)
    store.catch_up()
    compared = store.compare_with_lake()
    assert (compared.lake, compared.database) == (4, 4)
    written = [json.loads(path.read_text())["run"]["seq"] for path in second.parent.glob("*.json")]
    assert sorted(written) == [1, 2, 3, 4]
    store.close()
