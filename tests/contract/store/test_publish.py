"""Publishing: every row in one place, once, in the order that survives anything."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from sqlalchemy import select, update

from sluice.domain import ROW, Arrival, Message
from sluice.errors import Fenced, LeaseHeld, RebuildNeeded, StoreError
from sluice.store.publisher import commit_key
from sluice.store.tables import LEASES, RUNS


def take_over(store: Any, name: str) -> None:
    with store.database.write() as connection:
        connection.execute(update(LEASES).where(LEASES.c.name == name).values(epoch=LEASES.c.epoch + 1, owner="elsewhere/1/x"))


def test_rows_are_published_or_held_and_the_run_says_how_many(shop: Any) -> None:
    run = shop.publish("b1", ["b1.0", "b1.1"], ["b1.2"])
    assert (shop.clean(), shop.held()) == (["b1.0", "b1.1"], ["b1.2"])
    assert (run.state, run.seq, run.rows, run.good, run.bad) == ("published", 1, 3, 2, 1)
    assert shop.store.runs.get("b1") == run


def test_a_run_is_decided_by_its_scores_and_its_quarantined_share(shop: Any) -> None:
    assert shop.publish("b1", ["b1.0"] * 1).decision == "open"
    closed = shop.publish("b2", ["b2.0"], ["b2.1"])
    assert closed.decision == "closed"
    assert closed.reasons[0].code == "quarantined_above"


def test_publishing_twice_changes_nothing(shop: Any) -> None:
    with shop.store.lease("events") as lease:
        staged = shop.store.stage(shop.outcome("b1", ["b1.0"], ["b1.1"]))
        first = shop.store.publish(lease, staged)
        again = shop.store.stage(shop.outcome("b1", ["b1.0"], ["b1.1"]))
        assert shop.store.publish(lease, again) == first
    assert (shop.clean(), shop.held()) == (["b1.0"], ["b1.1"])


def test_a_published_row_carries_its_run_and_action(shop: Any) -> None:
    shop.publish("b1", ["b1.0"])
    rows = shop.store.snapshot().published("events").collect()
    assert rows.columns == ["id", "price", "ts", ROW, "_raw", "_action", "_run_id"]
    assert rows.select("_run_id", "_action").row(0) == ("b1", "keep")


def test_a_column_whose_declared_type_changed_is_refused_before_anything_is_promised(shop: Any) -> None:
    shop.publish("b1", ["b1.0"], ["b1.1"])
    declared = shop.store.schemas["events"]
    changed = tuple(replace(column, type="string") if column.name == "price" else column for column in declared.columns)
    shop.store.staging.schemas = {**shop.store.schemas, "events": replace(declared, columns=changed)}
    with pytest.raises(RebuildNeeded, match="price: stored as number, declared as string"):
        shop.publish("b2", ["b2.0"])
    assert [run.id for run in shop.store.runs.of("events")] == ["b1"]
    shop.store.staging.schemas = shop.store.schemas
    shop.publish("b2", ["b2.0"])
    assert shop.clean() == ["b1.0", "b2.0"]


def test_a_lease_that_was_taken_over_publishes_nothing(shop: Any) -> None:
    with shop.store.lease("events") as lease:
        staged = shop.store.stage(shop.outcome("b1", ["b1.0"]))
        take_over(shop.store, "events")
        with pytest.raises(Fenced):
            shop.store.publish(lease, staged)
    assert shop.store.runs.of("events") == []
    assert shop.clean() == []


def test_a_stalled_writer_cannot_mark_as_published_what_it_wrote(shop: Any) -> None:
    publisher = shop.store.publisher
    with shop.store.lease("events") as lease:
        staged = shop.store.stage(shop.outcome("b1", ["b1.0"]))
        record, rows = shop.store.staging.read(staged)
        key = commit_key(lease, publisher._promise(lease, staged, record))
        written = publisher._write(key, record, rows)
        take_over(shop.store, "events")
        with pytest.raises(Fenced):
            publisher._seal(lease, record, rows, written, {})
    assert shop.clean() == []


def test_a_living_lease_is_not_given_twice(shop: Any) -> None:
    with shop.store.lease("events"), pytest.raises(LeaseHeld), shop.reopen().lease("events"):
        pytest.fail("two workers hold one lease")


def test_each_taker_gets_a_higher_epoch(shop: Any) -> None:
    with shop.store.lease("events") as first:
        pass
    with shop.reopen().lease("events") as second:
        assert second.epoch > first.epoch


@pytest.mark.parametrize(("owner", "beat", "free"), [("elsewhere/1/x", 0.0, True), ("elsewhere/1/x", 4e9, False)])
def test_a_lease_lives_as_long_as_its_heartbeat(shop: Any, owner: str, beat: float, free: bool) -> None:
    with shop.store.lease("events"):
        pass
    with shop.store.database.write() as connection:
        connection.execute(update(LEASES).where(LEASES.c.name == "events").values(owner=owner, heartbeat=beat))
        before = connection.execute(select(LEASES.c.epoch).where(LEASES.c.name == "events")).scalar_one()
    if free:
        with shop.store.lease("events") as lease:
            assert (lease.epoch, lease.taken) == (max(lease.epoch, before + 1), True)
    else:
        with pytest.raises(LeaseHeld, match="elsewhere"), shop.store.lease("events"):
            pytest.fail("a living worker lost its lease")


def promise(shop: Any, *, tables: int) -> Any:
    """Leave an intent behind, with some of its tables written, as a dead process would."""
    store = shop.store
    with store.leases.hold("events") as lease:
        staged = store.stage(shop.outcome("b1", ["b1.0"], ["b1.1"]))
        record, rows = store.staging.read(staged)
        intent = store.publisher._promise(lease, staged, record)
        if tables:
            store.publisher._write(commit_key(lease, intent), record, rows)
    return staged


@pytest.mark.parametrize("tables", [0, 3])
def test_what_was_promised_is_finished_by_whoever_comes_next(shop: Any, tables: int) -> None:
    promise(shop, tables=tables)
    assert shop.clean() == []
    finished = shop.reopen().recover()
    assert [run.id for run in finished] == ["b1"]
    assert (shop.clean(), shop.held()) == (["b1.0"], ["b1.1"])
    assert shop.store.recover() == []


def test_what_an_earlier_version_staged_is_finished(shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sluice.store.drafts.added_rows", lambda *_, **__: {})  # it staged the rows of all tables
    staged = promise(shop, tables=0)
    assert (Path(staged.folder) / "clean.parquet").exists()
    monkeypatch.undo()
    assert [run.id for run in shop.reopen().recover()] == ["b1"]
    assert (shop.clean(), shop.held()) == (["b1.0"], ["b1.1"])


def lake_files(shop: Any, table: str) -> list[Path]:
    return sorted(Path(shop.store.lake.address(table, "events")).glob("part-*.parquet"))


def test_rows_are_written_once_into_the_folder_of_their_table(shop: Any) -> None:
    with shop.store.lease("events") as lease:
        staged = shop.store.stage(shop.outcome("b1", ["b1.0"], ["b1.1"]))
        before = lake_files(shop, "clean") + lake_files(shop, "quarantine")
        assert [path.name for path in Path(staged.folder).iterdir()] == ["record.json"]
        shop.store.publish(lease, staged)
    assert lake_files(shop, "clean") + lake_files(shop, "quarantine") == before
    assert len(before) == 2


def test_a_promise_whose_file_in_the_lake_is_cut_is_taken_back_while_nothing_is_written(shop: Any) -> None:
    promise(shop, tables=0)
    lake_files(shop, "clean")[0].write_bytes(b"cut")
    assert shop.store.recover() == []
    assert shop.store.runs.of("events") == []
    shop.publish("b1", ["b1.0"])
    assert shop.clean() == ["b1.0"]


@pytest.mark.parametrize("published", [False, True])
def test_files_that_were_never_promised_are_vacuumed(shop: Any, published: bool) -> None:
    if published:
        shop.publish("b0", ["b0.0"], ["b0.1"])
    before = lake_files(shop, "clean")
    shop.store.stage(shop.outcome("b1", ["b1.0"], ["b1.1"]))
    assert shop.store.recover() == []
    assert len(lake_files(shop, "clean")) == len(before) + 1
    orphans = {"clean": 1, "quarantine": 1, "repairs": 0, "flags": 0, "repeats": 0}
    assert {table: deleted.files for table, deleted in shop.store.vacuum("events", shop.now, dry_run=True).items()} == orphans
    assert len(lake_files(shop, "clean")) == len(before) + 1
    assert {table: deleted.files for table, deleted in shop.store.vacuum("events", shop.now).items()} == orphans
    assert lake_files(shop, "clean") == before
    assert shop.clean() == (["b0.0"] if published else [])


def test_another_outcome_of_a_published_run_leaves_no_file_behind(shop: Any) -> None:
    shop.publish("b1", ["b1.0"], ["b1.1"])
    before = lake_files(shop, "clean")
    shop.publish("b1", ["b1.0", "b1.1"])
    assert lake_files(shop, "clean") == before


def test_taking_the_lease_finishes_what_was_promised(shop: Any) -> None:
    promise(shop, tables=0)
    with shop.reopen().lease("events"):
        assert shop.clean() == ["b1.0"]


def test_a_stage_that_nobody_promised_is_dropped(shop: Any) -> None:
    staged = shop.store.stage(shop.outcome("b1", ["b1.0"]))
    assert Path(staged.folder).is_dir()
    assert shop.store.recover() == []
    assert not Path(staged.folder).exists()


def test_a_worker_that_was_paused_after_its_promise_writes_nothing_once_its_lease_is_taken(shop: Any) -> None:
    shop.publish("b0", ["b0.0"], ["b0.1"])
    store, other = shop.store, shop.reopen()
    with store.leases.hold("events") as lease:
        staged = store.stage(shop.outcome("b1", ["b1.0"], ["b1.1"]))
        record, rows = store.staging.read(staged)
        key = commit_key(lease, store.publisher._promise(lease, staged, record))
        with store.database.write() as connection:
            connection.execute(update(LEASES).values(heartbeat=0.0))
        with other.lease("events"):
            assert shop.clean() == ["b0.0", "b1.0"]
            versions = store.runs.get("b1").versions
            with pytest.raises(Fenced):
                store.publisher._write(key, record, rows)
    assert (shop.clean(), shop.held()) == (["b0.0", "b1.0"], ["b0.1", "b1.1"])
    assert store.lake.open("clean", "events").version() == versions["clean"]


def test_a_run_waits_for_an_earlier_one_that_was_promised(shop: Any) -> None:
    with shop.store.leases.hold("events") as lease:
        first, second = (shop.store.stage(shop.outcome(name, [f"{name}.0"])) for name in ("b1", "b2"))
        shop.store.publisher._promise(lease, first, shop.store.staging.record(first))
        assert shop.store.publish(lease, second).seq == 2
    assert [(run.id, run.seq) for run in shop.store.runs.of("events")] == [("b1", 1), ("b2", 2)]
    assert shop.clean() == ["b1.0", "b2.0"]


def test_what_a_living_worker_promised_is_left_to_it(shop: Any) -> None:
    promise(shop, tables=0)
    with shop.store.leases.hold("events"):
        assert shop.reopen().recover() == []


def test_a_promise_whose_stage_is_damaged_is_taken_back_while_nothing_is_written(shop: Any) -> None:
    staged = promise(shop, tables=0)
    (Path(staged.folder) / "clean.parquet").write_bytes(b"")
    assert shop.store.recover() == []
    assert shop.store.runs.of("events") == []


@pytest.mark.parametrize("is_here", [False, True])
def test_a_promise_that_is_half_written_needs_its_stage_where_its_file_is_gone(shop: Any, *, is_here: bool) -> None:
    staged = promise(shop, tables=3)
    if is_here:
        (Path(staged.folder) / "record.json").write_text("{}")
    else:
        shutil.rmtree(staged.folder)
    with pytest.raises(StoreError, match="restore"):
        shop.store.recover()
    assert shop.store.runs.of("events")[0].state == "intent"


def test_a_promise_of_a_machine_that_died_is_taken_back_and_its_file_is_published_once(shop: Any, tmp_path: Path) -> None:
    shop.publish("b0", ["b0.0"])
    staged = promise(shop, tables=3)
    shutil.rmtree(staged.folder)
    (tmp_path / "b1.csv").write_text("id")
    with shop.store.database.write() as connection:
        connection.execute(update(RUNS).where(RUNS.c.id == staged.batch_id).values(uri=str(tmp_path / "b1.csv")))
    assert shop.store.recover() == []
    assert [run.id for run in shop.store.runs.of("events")] == ["b0"]
    assert shop.clean() == ["b0.0"], "what was written of it is in no published version"
    shop.publish("b1", ["b1.0"], ["b1.1"])
    assert (shop.clean(), shop.held()) == (["b0.0", "b1.0"], ["b1.1"])


def test_staged_files_are_published_only_as_they_were_staged(shop: Any) -> None:
    with shop.store.lease("events") as lease:
        staged = shop.store.stage(shop.outcome("b1", ["b1.0"]))
        record = Path(staged.folder) / "record.json"
        record.write_text(record.read_text().replace("100.0", "99.0"))
        with pytest.raises(StoreError, match="damaged"):
            shop.store.publish(lease, staged)


def test_what_cannot_be_read_is_recorded_as_failed_once(shop: Any, arrival: Arrival) -> None:
    assert not shop.store.is_known(arrival)
    with shop.store.lease("events") as lease:
        run = shop.store.record_failure(lease, arrival, Message.text("not a gzip file"))
        shop.store.record_failure(lease, arrival, Message.text("not a gzip file"))
    assert (run.state, run.decision, run.error) == ("failed", "closed", Message.text("not a gzip file"))
    assert shop.store.is_known(arrival)
    assert not shop.store.is_known(arrival, retry_failed=True)
    assert shop.store.new_arrivals("events", [arrival]) == []
    assert shop.store.new_arrivals("events", [arrival], retry_failed=True) == [arrival]
    assert shop.store.new_arrivals("items", [arrival]) == [arrival]
    assert not shop.store.has_published("events")
    assert len(shop.store.runs.of("events")) == 1


def test_an_audit_writes_its_record_and_no_rows(shop: Any) -> None:
    shop.publish("b1", ["b1.0"], ["b1.1"])
    audit = shop.publish("a1", ["b1.0"], kind="audit")
    assert (shop.clean(), shop.held()) == (["b1.0"], ["b1.1"])
    assert audit.versions == shop.store.runs.get("b1").versions
    assert set(shop.store.snapshot().metrics("events").filter(pl.col("run_id") == "a1")["phase"]) == {"published"}


def test_a_snapshot_replaces_what_was_there(shop: Any) -> None:
    shop.publish("c1", ["c1.a", "c1.b"], dataset="catalog")
    shop.publish("c2", ["c2.b"], dataset="catalog")
    shop.publish("c3", [], ["c3.b"], dataset="catalog")
    assert shop.clean("catalog") == ["c2.b"]
    assert shop.clean("catalog", "1") == ["c1.a", "c1.b"]


def test_an_upsert_keeps_the_later_row_of_a_key(shop: Any) -> None:
    shop.publish("s1", ["s1.a", "s1.b"], dataset="stock", day=2)
    shop.publish("s2", ["s2.a", "s2.c"], dataset="stock", day=3)
    shop.publish("s3", ["s3.b"], dataset="stock", day=1)
    assert shop.clean("stock") == ["s1.b", "s2.a", "s2.c"]


def test_a_column_may_be_added_later(shop: Any) -> None:
    shop.publish("b1", ["b1.0"])
    shop.store.staging.schemas = grown = {
        "events": shop.store.schemas["events"].__class__("events", "append", ("id",), (*shop.store.schemas["events"].columns, extra()))
    }
    shop.store.schemas = grown
    shop.publish("b2", ["b2.0"])
    rows = shop.store.snapshot().published("events").collect()
    assert rows["colour"].to_list() == [None, None]
    assert shop.clean() == ["b1.0", "b2.0"]


def extra() -> Any:
    from sluice.domain import Column

    return Column("colour")


def test_runs_keep_the_order_in_which_they_were_recorded(shop: Any, arrival: Arrival) -> None:
    shop.publish("z", ["z.0"])
    with shop.store.lease("events") as lease:
        shop.store.record_failure(lease, arrival, Message.text("unreadable"))
    shop.publish("a", ["a.0"])
    assert [run.id for run in shop.store.runs.of("events")] == ["z", "f00", "a"]
    with shop.store.database.read() as connection:
        assert connection.execute(select(RUNS.c.number).where(RUNS.c.id == "a")).scalar_one() == 3


def test_a_snapshot_keeps_its_runs(shop: Any) -> None:
    shop.publish("b1", ["b1.0"])
    snapshot = shop.store.snapshot()
    assert [run.id for run in snapshot.runs("events")] == ["b1"]
    shop.publish("b2", ["b2.0"])
    assert [run.id for run in snapshot.runs("events")] == ["b1"]
    assert snapshot.without("b1").runs("events") == []
    assert [run.id for run in shop.store.snapshot().runs("events")] == ["b1", "b2"]
    assert shop.store.has_published("events")
