"""Rows that are only added are written once, into the folder of their table, and committed as files."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from deltalake import DeltaTable
from pyarrow import parquet  # type: ignore[import-untyped]  # it carries no types

from sluice.domain import Column, Schema
from sluice.errors import StoreError
from sluice.store.added_files import AddFiles
from sluice.store.delta_commits import Append, Replace
from sluice.store.file_statistics import file_statistics
from sluice.store.lake import Lake
from sluice.store.lake_files import LakeFiles
from tests.integration.store.keys import run_key

ROWS = pl.DataFrame({"_row_id": ["a", "b"], "price": [1.0, 2.0], "_run_id": ["r", "r"]})


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    schema = Schema("events", columns=(Column("price", "number"), Column("email", personal=True)))
    return Lake(str(tmp_path / "My lake, ü"), schemas={"events": schema})


def add(lake: Lake, number: int, rows: pl.DataFrame, *, overwrite: bool = False) -> int | None:
    """Write rows into the lake, and commit them."""
    return commit(lake, number, write(lake, rows, overwrite=overwrite))


def write(lake: Lake, rows: pl.DataFrame, *, overwrite: bool = False) -> AddFiles:
    store = LakeFiles(lake)
    files = store.write("clean", "events", rows, Path(lake.root))
    return AddFiles(files, store.schema("clean", "events", files), overwrite, lambda: store.read("clean", "events", files))


def commit(lake: Lake, number: int, files: AddFiles) -> int | None:
    return lake.write_once("clean", run_key(number), files)


def stored(lake: Lake, version: int | None) -> pl.DataFrame:
    return lake.scan("clean", "events", version).collect().sort("_row_id")


def names(lake: Lake) -> list[str]:
    return sorted(path.name for path in Path(lake.address("clean", "events")).glob("*.parquet"))


def test_a_file_is_committed_as_it_was_written_and_once(lake: Lake) -> None:
    files = write(lake, ROWS)
    assert commit(lake, 1, files) == commit(lake, 1, files) == 1
    assert names(lake) == [file.path for file in files.files]
    assert stored(lake, 1).equals(ROWS)
    assert LakeFiles(lake).write("clean", "events", ROWS.clear(), Path(lake.root)) == []


def test_an_overwrite_leaves_the_former_rows_to_older_versions(lake: Lake) -> None:
    add(lake, 1, ROWS)
    assert add(lake, 2, ROWS.with_columns(price=pl.lit(9.0))[:1], overwrite=True) == 2
    assert stored(lake, 2)["price"].to_list() == [9.0]
    assert stored(lake, 1).equals(ROWS)


def test_files_come_in_place_of_rows_in_one_commit_and_once(lake: Lake) -> None:
    add(lake, 1, ROWS)
    corrected = ROWS[1:].with_columns(_row_id=pl.lit("c"), price=pl.lit(9.0), colour=pl.lit("red"))
    files = dataclasses.replace(write(lake, corrected), removed=["b", "unknown"])
    assert commit(lake, 2, files) == commit(lake, 2, files) == 3  # 2 added the column
    assert stored(lake, 3).select("_row_id", "price", "colour").rows() == [("a", 1.0, None), ("c", 9.0, "red")]
    assert stored(lake, 1).equals(ROWS)
    assert commit(lake, 3, AddFiles((), ROWS.schema, overwrite=False, read=ROWS.clear, removed=["a"])) == 4
    assert stored(lake, 4)["_row_id"].to_list() == ["c"]


def test_new_columns_come_in_a_commit_before_and_those_not_written_are_null(lake: Lake) -> None:
    add(lake, 1, ROWS)
    version = add(lake, 2, pl.DataFrame({"_row_id": ["c"], "colour": ["red"], "_raw": [[{"column": "price", "text": "x"}]]}))
    assert version == 3
    assert stored(lake, version).select("_row_id", "price", "colour").rows() == [("a", 1.0, None), ("b", 2.0, None), ("c", None, "red")]
    assert add(lake, 3, ROWS.select("_row_id", "price"), overwrite=True) == 4
    assert stored(lake, 4)["colour"].to_list() == [None, None]


def test_a_column_of_another_type_leaves_the_table_as_it_is(lake: Lake) -> None:
    add(lake, 1, ROWS)
    with pytest.raises(StoreError, match="was a column's type changed"):
        add(lake, 2, ROWS.with_columns(price=pl.lit("dear")))
    assert DeltaTable(lake.address("clean", "events")).version() == 1


@pytest.mark.parametrize("content", [None, b"cut"])
def test_a_file_that_is_gone_or_cut_is_not_committed(lake: Lake, content: bytes | None) -> None:
    files = write(lake, ROWS).files
    path = Path(lake.address("clean", "events"), files[0].path)
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(StoreError, match="gone or damaged"):
        LakeFiles(lake).schema("clean", "events", files)


def test_the_log_and_the_footer_hold_no_cell_of_a_personal_column(lake: Lake) -> None:
    files = write(lake, ROWS.with_columns(email=pl.lit("a@planted.example"))).files
    facts = json.loads(files[0].statistics)
    assert (sorted(facts["minValues"]), facts["numRecords"]) == (["_row_id", "_run_id", "price"], 2)
    group = parquet.read_metadata(Path(lake.address("clean", "events"), files[0].path)).row_group(0)
    assert not any(group.column(index).is_stats_set for index in range(group.num_columns))


def test_statistics_bound_what_is_there_or_say_nothing() -> None:
    rows = pl.DataFrame(
        {
            "whole": [3, None],
            "floats": [1.5, -2.0],
            "nan": [1.0, math.nan],
            "infinite": [math.inf, 1.0],
            "long": ["x" * 65, "a"],
            "day": [date(2026, 3, 1), date(2026, 3, 2)],
            "moment": [datetime(2026, 3, 1, 0, 0, 0, 123456, UTC)] * 2,
            "empty": pl.Series([None, None], dtype=pl.String),
            "flag": [True, False],
            "nested": [["x"], None],
        }
    )
    assert json.loads(file_statistics(rows, rows.columns)) == {
        "numRecords": 2,
        "minValues": {"whole": 3, "floats": -2.0, "day": "2026-03-01", "moment": "2026-03-01T00:00:00.123456Z"},
        "maxValues": {"whole": 3, "floats": 1.5, "day": "2026-03-02", "moment": "2026-03-01T00:00:00.123456Z"},
        "nullCount": {"whole": 1, "floats": 0, "nan": 0, "infinite": 0, "long": 0, "day": 0, "moment": 0, "empty": 2, "flag": 0},
    }


@pytest.mark.parametrize("bounds", [("b05", "b07"), ("b00", "b24")])
def test_files_are_skipped_by_their_statistics_and_no_row_with_them(tmp_path: Path, bounds: Sequence[str]) -> None:
    lake = Lake(str(tmp_path / "plain"), schemas={"events": Schema("events", columns=(Column("price", "number"), Column("ts", "timestamp")))})
    moment = datetime(2026, 3, 1, 0, 0, 0, 123456, UTC)
    for number in range(25):
        add(lake, number + 1, pl.DataFrame({"_row_id": [f"b{number:02}"], "price": [float(number)], "ts": [moment]}))
    DeltaTable(lake.address("clean", "events")).create_checkpoint()
    rows = lake.scan("clean", "events", 25).filter(pl.col("_row_id").is_between(pl.lit(bounds[0]), pl.lit(bounds[1])), pl.col("ts") == moment).collect()
    assert rows["_row_id"].sort().to_list() == [f"b{number:02}" for number in range(int(bounds[0][1:]), int(bounds[1][1:]) + 1)]


def test_rows_are_merged_into_added_files(lake: Lake) -> None:
    add(lake, 1, ROWS)
    assert lake.write_once("clean", run_key(2), Replace(ROWS.with_columns(price=pl.lit(9.0))[:1], removed=["b"])) == 2
    assert lake.write_once("clean", run_key(3), Append(ROWS[1:])) == 3
    assert stored(lake, 3)["price"].to_list() == [9.0, 2.0]
    assert add(lake, 4, ROWS[:1].with_columns(_row_id=pl.lit("z"))) == 4
    assert stored(lake, 4).height == 3
