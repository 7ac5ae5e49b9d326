"""A file that is larger than what fits into memory is published part by part, with the rows and the record of one that is published at once.

So is one whose parts the executors of a cluster evaluate.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import polars as pl
import pytest

from sluice.app import build
from sluice.domain import Run, Staged
from sluice.errors import EngineFailed, OutOfMemory
from sluice.store.run_record import RunRecord
from sluice.worker import parts, tasks
from sluice.worker.spark import driver
from sluice.worker.spark.tasks import run_parts
from sluice.worker.spooling import Division

CONFIG = """
database: sqlite:///sluice.db
lake: lake
datasets:
  events:
    source: {{files: "landing/*"}}
    key: [event_id]
    time: ts
    {mode}
    score_by: [event_type, user_id]
    columns:
      event_id: {{type: string, required: true}}
      user_id: {{type: string}}
      event_type: {{type: string}}
      ts: {{type: timestamp}}
      price: {{type: number}}
    suite:
      - expect_column_values_to_not_be_null: {{column: user_id}}
      - expect_column_values_to_be_between: {{column: price, min_value: 0}}
      - expect_column_mean_to_be_between: {{column: price, min_value: 1}}
      - expect_table_row_count_to_be_between: {{min_value: 100}}{rule}
    clean: [parse, normalize_text]
"""
APPEND, SNAPSHOT = "on_change: hold", "mode: snapshot"
ROWS, FIT, OF_PART = 3_000, 900, 450
SPARK = "\nengine: spark\nspark: {{remote: '{}', rows: {}, scratch: scratch}}\n"
NEW = "\n      - expect_column_values_to_be_unique_across_batches: {columns: [event_id]}"
COUNTS = ("good", "bad", "repaired", "copies", "superseded", "replaced", "remaining")
Published: TypeAlias = tuple[list[RunRecord], list[Run], list[pl.DataFrame]]


def write_day(folder: Path, day: int, new: int = ROWS - 50, *, wrapped: bool = False) -> None:
    """Write a file of which each kind of row has some that are wrong; those beyond the `new` ones are those of the day before, again or changed.

    Where keys are `wrapped`, some are written as spreadsheets write them, beside the same key without that.
    """
    number = pl.int_range(ROWS, eager=True)
    frame = pl.DataFrame(
        {
            "event_id": "e" + pl.select(number + new * day - pl.when(number % 97 == 5).then(1).otherwise(0)).to_series().cast(pl.String),
            "user_id": pl.select(pl.when(number % 100 == 0).then(None).otherwise(pl.format("u{}", number % 7))).to_series(),
            "event_type": pl.select(pl.when(number % 50 == 1).then(pl.lit(" view ")).otherwise(pl.lit("view"))).to_series(),
            "ts": pl.select(pl.format("2026-03-0{}T10:{}:00", day, (number % 60).cast(pl.String).str.zfill(2))).to_series(),
            "price": pl.select(
                pl.when(number % 40 == 3).then(pl.lit("1.234,50 €")).when(number % 90 == 4).then(pl.lit("-1")).otherwise(pl.lit("2.5"))
            ).to_series(),
        }
    )
    if wrapped:
        some = number % 97 == 5
        frame = frame.with_columns(event_id=pl.when(some).then(pl.format('="{}"', "event_id")).otherwise("event_id"))
    (folder / "landing").mkdir(exist_ok=True)
    frame.write_parquet(folder / "landing" / f"events-2026-03-0{day}.parquet")


def publish(folder: Path, settings: str = "", days: Iterable[int] = (1, 2), mode: str = APPEND, new: int = ROWS - 50, *, wrapped: bool = False) -> Published:
    """Publish some days; return the staged records, the runs and the rows of each table."""
    folder.mkdir(exist_ok=True)
    (folder / "sluice.yaml").write_text(CONFIG.format(rule=NEW if mode == APPEND else "", mode=mode) + settings, encoding="utf-8")
    records, runs = [], []
    for day in days:
        write_day(folder, day, new, wrapped=wrapped)
        with build(folder / "sluice.yaml") as app:
            (arrival,) = app.pending_arrivals()
            staged = tasks.evaluate_arrival(str(app.path), arrival, app.store.snapshot().id)
            records.append(app.store.staging.record(staged))
            with app.store.lease("events") as lease:
                runs.append(app.store.publish(lease, staged))
    with build(folder / "sluice.yaml") as app:
        snapshot = app.store.snapshot()
        tables = [table("events").collect() for table in (snapshot.published, snapshot.quarantine, snapshot.repairs, snapshot.repeats)]
    assert not list(folder.rglob("*.rows"))
    return records, runs, tables


def stored(tables: list[pl.DataFrame]) -> list[list[dict[str, object]]]:
    return [table.sort("repair_id" if "repair_id" in table.columns else "_row_id").to_dicts() for table in tables]


@pytest.fixture(scope="module")
def at_once(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """What two days give that are published at once."""
    return publish(tmp_path_factory.mktemp("whole") / "shop")


def compare(published: Published, expected: Published) -> None:
    """Compare rows, verdicts, scores, counts and decisions."""
    assert stored(published[2]) == stored(expected[2])
    for record, other, run, run_of_parts in zip(expected[0], published[0], expected[1], published[1], strict=True):
        assert (other.verdicts, other.arrival, other.published) == (record.verdicts, record.arrival, record.published)
        assert [getattr(other, name) for name in COUNTS] == [getattr(record, name) for name in COUNTS]
        assert other.profile == record.profile
        assert other.value_scores == record.value_scores
        assert {one["column"] for one in record.value_scores} == {"event_type", "user_id"}
        assert [one["counts"]["rows"] for one in record.profile] == [record.good + record.bad] * 5
        assert (run_of_parts.decision, run_of_parts.reasons) == (run.decision, run.reasons)
        assert sum(file["rows"] for file in other.files["clean"]["files"]) == other.good


def test_a_large_file_gives_the_rows_and_records_of_a_small_one(at_once: Published, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    divided: list[int] = []

    def stage(division: Division, *args: Any) -> Staged:  # those of `stage_parts`
        divided.append(division.parts)
        return parts.stage_parts(division, *args)

    monkeypatch.setattr(parts, "rows_that_fit", lambda _memory, _width: FIT)
    monkeypatch.setattr(tasks, "stage_parts", stage)
    published = publish(tmp_path / "parts")
    assert divided == [7, 7]
    compare(published, at_once)
    assert published[1][1].copies + published[1][1].bad > 0


def test_a_cluster_gives_the_rows_and_records_of_one_process(at_once: Published, tmp_path: Path, sail: str) -> None:
    published = publish(tmp_path / "spark", SPARK.format(sail, OF_PART))
    assert [len(record.files["clean"]["files"]) for record in published[0]] == [7, 7]
    compare(published, at_once)


def test_a_large_table_takes_the_place_of_the_published_one(tmp_path: Path, sail: str, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = publish(tmp_path / "whole", mode=SNAPSHOT, new=300)
    assert (expected[1][1].replaced, expected[1][1].decision) == (ROWS, expected[1][0].decision)  # published and held ones
    compare(publish(tmp_path / "spark", SPARK.format(sail, OF_PART), mode=SNAPSHOT, new=300), expected)
    monkeypatch.setattr(parts, "rows_that_fit", lambda _memory, _width: FIT)
    compare(publish(tmp_path / "parts", mode=SNAPSHOT, new=300), expected)


@pytest.mark.parametrize("mode", ["mode: upsert", "on_change: replace"])
def test_rows_of_a_large_file_come_in_place_of_published_ones(mode: str, tmp_path: Path, sail: str, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = publish(tmp_path / "whole", mode=mode, new=ROWS - 500)
    assert 300 < expected[1][1].replaced <= 500
    compare(publish(tmp_path / "spark", SPARK.format(sail, OF_PART), mode=mode, new=ROWS - 500), expected)
    monkeypatch.setattr(parts, "rows_that_fit", lambda _memory, _width: FIT)
    compare(publish(tmp_path / "parts", mode=mode, new=ROWS - 500), expected)


@pytest.mark.parametrize("settings", ["", SPARK])
def test_rows_whose_keys_are_repaired_meet_as_in_a_small_file(settings: str, tmp_path: Path, sail: str, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = publish(tmp_path / "whole", days=[1], wrapped=True)
    assert expected[1][0].repaired > 0
    monkeypatch.setattr(parts, "rows_that_fit", lambda _memory, _width: FIT)
    published = publish(tmp_path / "parts", settings.format(sail, OF_PART), days=[1], wrapped=True)
    assert stored(published[2]) == stored(expected[2])
    assert published[1][0].decision == expected[1][0].decision


def test_the_worker_process_reaches_the_cluster(tmp_path: Path, sail: str) -> None:
    condition = '\n      - expect_column_values_to_not_be_null: {column: ts, row_condition: "price > 0"}'  # imports Great Expectations, and that pyspark
    (tmp_path / "sluice.yaml").write_text(CONFIG.format(rule=NEW + condition, mode=APPEND) + SPARK.format(sail, OF_PART), encoding="utf-8")
    write_day(tmp_path, 1)
    with build(tmp_path / "sluice.yaml") as app:
        (run,) = app.run(app.pending_arrivals())
        files = list((tmp_path / "lake" / "clean" / "events").glob("*.parquet"))
    assert (run.state, run.rows, len(files)) == ("published", ROWS, 7)


def fail_once(tried: Path, job: Any, batches: Iterable[Any]) -> Iterator[Any]:
    """Evaluate parts as a task does, but lose the first answer, once its files are written."""
    for batch in batches:
        answers = list(run_parts(job, [batch]))
        try:
            tried.touch(exist_ok=False)
        except FileExistsError:
            yield from answers
        else:
            raise OSError("the machine is gone")


def test_a_task_that_fails_is_tried_again_and_its_first_files_are_not_committed(
    at_once: Published, tmp_path: Path, sail: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pyspark import cloudpickle

    cloudpickle.register_pickle_by_value(sys.modules[__name__])  # type: ignore[no-untyped-call]  # executors cannot import the tests
    monkeypatch.setattr(driver, "run_parts", functools.partial(fail_once, tmp_path / "tried"))
    records, _, tables = publish(tmp_path / "spark", SPARK.format(sail, OF_PART), days=[1])
    assert (tmp_path / "tried").exists()
    committed = {file["path"] for file in records[0].files["clean"]["files"]}
    written = {path.name for path in (tmp_path / "spark" / "lake" / "clean" / "events").glob("*.parquet")}
    assert committed < written
    assert len(written - committed) == 1
    assert tables[0].height + tables[1].height == ROWS
    assert records[0].verdicts == at_once[0][0].verdicts


def test_a_batch_waits_where_no_cluster_answers(tmp_path: Path, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyspark", reason="pyspark-client is not installed")
    monkeypatch.setattr(driver, "CONNECT_WITHIN", 0.2)
    with pytest.raises(EngineFailed, match=rf"the cluster at sc://127\.0\.0\.1:{port} did not evaluate"):
        publish(tmp_path / "spark", SPARK.format(f"sc://127.0.0.1:{port}", OF_PART), days=[1])
    assert not list((tmp_path / "spark").rglob("*.rows"))


def test_a_batch_waits_where_no_address_is_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyspark", reason="pyspark-client is not installed")
    monkeypatch.delenv("SPARK_REMOTE", raising=False)
    with pytest.raises(EngineFailed, match=r"set spark\.remote"):
        publish(tmp_path / "spark", f"\nengine: spark\nspark: {{rows: {OF_PART}}}\n", days=[1])


def test_a_step_that_needs_all_rows_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "whole"
    folder.mkdir()
    unique = "\n      - expect_column_values_to_be_unique: {column: price, on_fail: flag}"
    (folder / "sluice.yaml").write_text(CONFIG.format(rule=NEW + unique, mode=APPEND), encoding="utf-8")
    write_day(folder, 1)
    monkeypatch.setattr(parts, "rows_that_fit", lambda _memory, _width: FIT)
    with build(folder / "sluice.yaml") as app:
        (arrival,) = app.pending_arrivals()
        with pytest.raises(OutOfMemory, match=r"of its 3,000 rows about 900 fit into 8.0 GiB.*expect_column_values_to_be_unique:price") as caught:
            tasks.explain_memory(str(app.path), arrival)
        assert caught.value.reason is not None
        record = app.store.staging.record(tasks.evaluate_arrival(str(app.path), arrival, app.store.snapshot().id))
    assert record.good + record.bad == ROWS
