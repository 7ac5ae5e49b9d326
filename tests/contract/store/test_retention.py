"""Old versions of tables and old records are deleted; what is needed stays, and who asks for a snapshot that ended learns of it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from sluice.domain import ROW
from sluice.errors import StoreError
from sluice.store.old_records import KINDS, NEWEST_RUNS
from sluice.store.old_versions import KeptVersions
from sluice.store.tables import ALERT_INCIDENTS, ALERTS, INCIDENTS, PROFILES, RUNS, SCHEDULED_RUNS, VERDICTS
from sluice.store.vacuum import Deleted
from sluice.store.verification import damaged_files
from tests.contract.store.conftest import NOW

SINCE = NOW - timedelta(days=30)


def publish_old(shop: Any, count: int, dataset: str = "catalog") -> None:
    """Publish batches of which the last alone is not older than `SINCE`."""
    for number in range(count):
        shop.publish(f"c{number}", [f"c{number}.a"], dataset=dataset)
    with shop.store.database.write() as connection:
        connection.execute(update(RUNS).where(RUNS.c.id != f"c{count - 1}").values(finished=SINCE - timedelta(days=1)))


def log_of(folder: Path) -> list[int]:
    return sorted(int(path.stem) for path in (folder / "_delta_log").glob("*.json"))


def test_snapshots_within_the_history_stay_readable_and_earlier_ones_say_that_they_ended(shop: Any, tmp_path: Path) -> None:
    publish_old(shop, 15)
    folder = tmp_path / "lake" / "clean" / "catalog"
    whole = len(list(folder.glob("*.parquet")))
    planned = shop.reopen().vacuum("catalog", SINCE, dry_run=True)
    assert (len(list(folder.glob("*.parquet"))), shop.clean("catalog", "1")) == (whole, ["c0.a"])
    store = shop.reopen()
    deleted = store.vacuum("catalog", SINCE)
    assert planned == deleted
    assert deleted["clean"].files == 13  # of the newest run, and the one before it, the files stay
    assert deleted["clean"].log > 0
    for again in (store, shop.reopen()):
        assert [again.snapshot(str(number)).published("catalog").collect()[ROW].to_list() for number in (14, 15)] == [["c13.a"], ["c14.a"]]
        with pytest.raises(StoreError, match="is kept no longer"):
            again.snapshot("13").published("catalog").collect()
    assert store.vacuum("catalog", SINCE) == dict.fromkeys(deleted, Deleted())
    assert list(damaged_files(store.lake, "catalog", store.runs.published("catalog", 15))) == []


def test_publishing_goes_on_after_the_log_was_cut(shop: Any, tmp_path: Path) -> None:
    publish_old(shop, 15)
    shop.reopen().vacuum("catalog", SINCE)
    assert log_of(tmp_path / "lake" / "clean" / "catalog")[0] > 0
    later = shop.reopen()
    with later.lease("catalog") as lease:
        later.publish(lease, later.stage(shop.outcome("c15", ["c15.a"], ["c15.b"], dataset="catalog")))
    assert shop.reopen().snapshot().published("catalog").collect()[ROW].to_list() == ["c15.a"]


def test_an_older_snapshot_that_a_model_reads_stays_readable(shop: Any) -> None:
    publish_old(shop, 15)
    store = shop.reopen()
    store.vacuum("catalog", SINCE, [3])
    assert store.snapshot("3").published("catalog").collect()[ROW].to_list() == ["c2.a"]
    for ended in ("2", "4"):
        with pytest.raises(StoreError, match="is kept no longer"):
            store.snapshot(ended).published("catalog").collect()
    store.vacuum("catalog", SINCE)
    with pytest.raises(StoreError, match="is kept no longer"):
        store.snapshot("3").published("catalog").collect()


def test_a_version_that_ended_never_comes_back(shop: Any) -> None:
    publish_old(shop, 15)
    store = shop.reopen()
    store.vacuum("catalog", SINCE)
    readable = store.lake.kept_versions("clean", "catalog")
    store.vacuum("catalog", SINCE - timedelta(days=365), [3])
    assert store.lake.kept_versions("clean", "catalog") == readable


def test_a_damaged_checkpoint_cuts_no_log(shop: Any, tmp_path: Path) -> None:
    publish_old(shop, 15)
    folder = tmp_path / "lake" / "clean" / "catalog"
    before = log_of(folder)
    for checkpoint in (folder / "_delta_log").glob("*.checkpoint.parquet"):
        checkpoint.write_bytes(b"cut")
    (folder / "_delta_log" / "_last_checkpoint").unlink()
    store = shop.reopen()
    with pytest.raises(StoreError):  # deltalake cannot open the table either
        store.vacuum("catalog", SINCE)
    assert log_of(folder) == before


def test_what_is_kept_is_read_from_the_property_as_it_was_written() -> None:
    readable = KeptVersions(40, (7, 3))
    assert readable.dumps() == "40,3,7"
    assert [readable.has(version) for version in (3, 4, 7, 39, 40, 41)] == [True, False, True, False, True, True]
    assert KeptVersions().has(0)


def test_the_lake_forgets_records_of_old_runs_and_a_database_of_that_age_is_refused(shop: Any, tmp_path: Path) -> None:
    publish_old(shop, 4)
    store = shop.reopen()
    records = tmp_path / "lake" / "_runs" / "catalog"
    assert store.drop_lake_records(SINCE, dry_run=True) == 3
    assert len(list(records.iterdir())) == 4
    assert store.drop_lake_records(SINCE) == 3
    assert [path.stem for path in records.iterdir()] == ["00000004"]
    assert store.drop_lake_records(SINCE) == 0
    assert store.compare_with_lake().lake == 4


def old_runs(shop: Any, count: int) -> None:
    """Record runs without rows, all old, each with a verdict and a profile."""
    shop.publish("first", ["first.0"])
    with shop.store.database.write() as connection:
        run = dict(connection.execute(select(RUNS)).one()._mapping)
        verdict = dict(connection.execute(select(VERDICTS).limit(1)).one()._mapping)
        ids = [f"r{number:03}" for number in range(count)]
        more = [{**run, "id": name, "number": 100 + at, "seq": 100 + at, "finished": SINCE - timedelta(days=1)} for at, name in enumerate(ids)]
        connection.execute(insert(RUNS), more)
        connection.execute(insert(VERDICTS), [{**verdict, "id": 1000 + at, "run_id": name, "phase": "arrival"} for at, name in enumerate(ids)])
        profile = {"column": "price", "position": 1, "type": "number", "counts": {}, "cells": {}}
        connection.execute(insert(PROFILES), [{"run_id": name, **profile} for name in ids])


def count_of(shop: Any, table: Any) -> int:
    with shop.store.database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def test_verdicts_of_old_runs_go_but_for_the_newest_runs_and_what_a_recheck_looks_for(shop: Any) -> None:
    old_runs(shop, NEWEST_RUNS + 5)
    with shop.store.database.write() as connection:
        connection.execute(update(VERDICTS).where(VERDICTS.c.run_id == "r000").values(status="not_evaluated"))
        connection.execute(update(RUNS).where(RUNS.c.id == "r001").values(kind="recheck"))
    verdicts, runs = count_of(shop, VERDICTS), count_of(shop, RUNS)
    assert shop.store.old_records.delete("verdicts", SINCE, dry_run=True)["verdicts"] == 3
    assert count_of(shop, VERDICTS) == verdicts
    deleted = shop.store.old_records.delete("verdicts", SINCE)
    assert (deleted["verdicts"], deleted["profiles"]) == (3, 4)
    assert count_of(shop, RUNS) == runs  # a file is read once, however long ago


def test_alerts_and_incidents_go_once_the_incident_is_resolved(shop: Any) -> None:
    shop.publish("b1", ["b1.0"], ["b1.1"])
    shop.publish("b2", ["b2.0"], ["b2.1"], rule="not_null:id")
    alert = {"sink": "desk", "title": "", "lines": [], "dataset": "events", "run_id": "b1", "attempts": 1, "error": "", "sending": False, "repeated": False}
    with shop.store.database.write() as connection:
        first, second = connection.scalars(select(INCIDENTS.c.id).order_by(INCIDENTS.c.id)).all()
        old = SINCE - timedelta(days=1)
        for number, (incident, state) in enumerate([(first, "sent"), (second, "sent"), (first, "failed")], start=1):
            connection.execute(insert(ALERTS).values(**alert, id=number, at=old, state=state, incidents=[incident]))
            connection.execute(insert(ALERT_INCIDENTS).values(alert_id=number, incident_id=incident))
        connection.execute(update(INCIDENTS).values(last_seen=old))
        connection.execute(update(INCIDENTS).where(INCIDENTS.c.id == first).values(state="resolved"))
    assert shop.store.old_records.delete("alerts", SINCE) == {"alert_incidents": 1, "alerts": 1}
    assert shop.store.old_records.delete("incidents", SINCE) == {"incidents": 0}  # an alert about it failed, and is tried again
    with shop.store.database.write() as connection:
        connection.execute(update(ALERTS).values(state="sent"))
    assert shop.store.old_records.delete("alerts", SINCE) == {"alert_incidents": 1, "alerts": 1}
    assert shop.store.old_records.delete("incidents", SINCE) == {"incidents": 1}
    assert (count_of(shop, ALERTS), count_of(shop, INCIDENTS)) == (1, 1)


def test_the_newest_finished_firing_of_a_job_stays(shop: Any) -> None:
    with shop.store.database.write() as connection:
        for day, state in enumerate(("done", "done", "failed"), start=1):
            connection.execute(insert(SCHEDULED_RUNS).values(job="ingest", fire_time=f"2026-01-0{day} 00:00", state=state, at=SINCE - timedelta(days=40 - day)))
    assert shop.store.old_records.delete("firings", SINCE)["scheduled_runs"] == 2
    assert shop.store.scheduled_runs.last_finished("ingest", "2026-12-31 00:00") == "2026-01-02 00:00"


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_an_empty_store_has_nothing_old(shop: Any, kind: str) -> None:
    assert not any(shop.store.old_records.delete(kind, NOW).values())
