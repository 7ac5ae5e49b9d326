"""A table that is kept open is read as one that is opened anew, whoever commits to it meanwhile."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
from deltalake import DeltaTable
from hypothesis import given, settings
from hypothesis import strategies as st

from sluice.domain import Column, Schema
from sluice.store.delta_commits import Append, Overwrite, Replace
from sluice.store.lake import Lake
from tests.integration.store.keys import run_key

START = datetime(2026, 3, 1, tzinfo=UTC)
SCHEMA = Schema("events", columns=(Column("ts", "timestamp"), Column("size", "number"), Column("name")))


def rows_of(number: int, size: float | None = None) -> pl.DataFrame:
    return pl.DataFrame({"_row_id": [f"b{number}.0"], "size": [size if size is not None else float(number)]})


def written(lake: Lake, *numbers: int) -> int:
    """Append a batch for each number; return the newest version."""
    return [lake.write_once("clean", run_key(number, "items"), Append(rows_of(number))) for number in numbers][-1] or 0


def sizes(lake: Lake, version: int) -> list[float]:
    return lake.scan("clean", "items", version).collect()["size"].sort().to_list()


def test_commits_of_another_process_are_seen_and_earlier_versions_stay_readable(tmp_path: Path) -> None:
    ours, others = Lake(str(tmp_path)), Lake(str(tmp_path))
    first = written(ours, 1)
    assert sizes(ours, first) == [1.0]
    second = written(others, 2)
    assert sizes(ours, second) == [1.0, 2.0]
    third = written(ours, 3)
    assert sizes(others, third) == [1.0, 2.0, 3.0]
    assert (sizes(ours, first), sizes(ours, second)) == ([1.0], [1.0, 2.0])


def test_a_key_that_another_process_committed_is_not_committed_again(tmp_path: Path) -> None:
    ours, others = Lake(str(tmp_path)), Lake(str(tmp_path))
    written(ours, 1)
    version = written(others, 2)
    assert written(ours, 2) == version
    assert sizes(ours, version) == [1.0, 2.0]


def test_rows_that_are_collected_late_are_those_of_their_version(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))
    frame = lake.scan("clean", "items", written(lake, *range(1, 21)))
    lake.write_once("clean", run_key(99, "items"), Overwrite(rows_of(99)))
    assert frame.select(pl.col("size").sum()).collect().item() == sum(range(1, 21))


def test_a_lake_that_is_restored_from_a_backup_is_read_anew(tmp_path: Path) -> None:
    live, other = tmp_path / "live", tmp_path / "other"
    version = written(Lake(str(live)), 1, 2)
    assert written(Lake(str(other)), 7, 8) == version
    lake = Lake(str(live))
    assert sizes(lake, version) == [1.0, 2.0]
    shutil.rmtree(live)
    shutil.copytree(other, live)
    assert sizes(lake, version) == [7.0, 8.0]


def test_a_table_that_is_created_after_the_first_look_is_found(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))
    assert not lake.has("clean", run_key(1, "items"))
    written(Lake(str(tmp_path)), 1)
    assert lake.has("clean", run_key(1, "items"))


MOMENTS = st.none() | st.integers(0, 5000).map(lambda step: START + timedelta(microseconds=1_237 * step))


@settings(max_examples=15, deadline=None)
@given(st.lists(st.lists(MOMENTS, min_size=1, max_size=3), min_size=18, max_size=24), st.integers(0, 5000), st.integers(0, 23))
def test_a_filter_that_skips_files_by_their_statistics_finds_the_same_rows(batches: list[list[datetime | None]], step: int, batch: int) -> None:
    with TemporaryDirectory() as folder:
        lake, version = Lake(folder, schemas={"events": SCHEMA}), 0
        for number, moments in enumerate(batches):
            ids = [f"b{number:02}.{row}" for row in range(len(moments))]
            names = [None if moment is None else f"é{'x' * 40}{row}" for row, moment in enumerate(moments)]
            rows = pl.DataFrame(
                {"_row_id": ids, "ts": moments, "name": names}, schema={"_row_id": pl.String, "ts": pl.Datetime("us", "UTC"), "name": pl.String}
            )
            version = lake.write_once("clean", run_key(number + 1, "events"), Append(rows)) or 0
        table, since = lake.scan("clean", "events", version), START + timedelta(microseconds=1_237 * step)
        every = pl.concat(pl.read_parquet(Path(folder, "clean", "events", name)) for name in DeltaTable(f"{folder}/clean/events").file_uris())
        for condition in (
            pl.col("ts") >= since,
            (pl.col("ts") >= since) | pl.col("ts").is_null(),
            pl.col("ts") < since,
            pl.col("ts") == since,
            pl.col("name") == f"é{'x' * 40}1",
            pl.col("_row_id").is_in([f"b{batch:02}.{row}" for row in range(3)]),
            pl.col("_row_id").str.starts_with(f"b{batch:02}."),
        ):
            assert table.filter(condition).select("_row_id").collect()["_row_id"].sort().to_list() == every.filter(condition)["_row_id"].sort().to_list()


@settings(max_examples=10, deadline=None)
@given(st.lists(st.lists(MOMENTS, min_size=1, max_size=3), min_size=10, max_size=14), st.integers(0, 5000), st.integers(2, 9))
def test_a_table_of_small_files_that_is_scanned_again_and_again_has_the_same_rows_in_the_same_order(
    batches: list[list[datetime | None]], step: int, replaced: int
) -> None:
    with TemporaryDirectory() as folder:
        lake, since = Lake(folder, schemas={"events": SCHEMA}), START + timedelta(microseconds=1_237 * step)
        for number, moments in enumerate(batches):
            ids = [f"b{number:02}.{row}" for row in range(len(moments))]
            rows = pl.DataFrame({"_row_id": ids, "ts": moments}, schema={"_row_id": pl.String, "ts": pl.Datetime("us", "UTC")})
            rows = rows if number < len(batches) // 2 else rows.with_columns(size=pl.lit(1.5))
            commit = Append(rows) if number % replaced else Replace(rows, removed=["b01.0"], insert=True)
            version = lake.write_once("clean", run_key(number + 1, "events"), commit) or 0
            for _ in range(3):
                warm = lake.scan("clean", "events", version)
            anew = Lake(folder).scan("clean", "events", version)
            assert warm.collect().equals(anew.collect())
            assert warm.filter(pl.col("ts") >= since).select("_row_id").collect().equals(anew.filter(pl.col("ts") >= since).select("_row_id").collect())
