"""The log, the checkpoints and the footers of a Delta table hold no cell of a personal column; other columns keep their statistics."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl
import pytest
from deltalake import DeltaTable
from pyarrow import parquet  # type: ignore[import-untyped]  # it carries no types

from sluice.domain import Column, Schema
from sluice.store.delta_commits import Append, Commit, Overwrite, Replace, Upsert
from sluice.store.lake import Lake
from sluice.store.lake_tables import Table
from tests.integration.store.keys import run_key

EMAIL = "first.of.all@planted.example"
ROWS = pl.DataFrame(
    {
        "e-mail, work": [EMAIL, "zz@planted.example"],
        "unit price": [1.25, 2.5],
        "_row_id": ["b.1", "b.2"],
        "_raw": [[{"column": "e-mail, work", "text": EMAIL}], None],
    }
)


def shop(*, personal: bool) -> Schema:
    return Schema("orders", "upsert", ("e-mail, work",), (Column("e-mail, work", personal=personal), Column("unit price", "number")))


def statistics(table: Path) -> Sequence[dict[str, object]]:
    """The statistics of each file that the log names, the oldest first."""
    lines = [json.loads(line) for path in sorted(table.glob("_delta_log/*.json")) for line in path.read_text().splitlines()]
    return [json.loads(line["add"]["stats"])["minValues"] for line in lines if "add" in line]


def footers(table: Path) -> dict[str, object]:
    """The smallest value of each column that has one in the footer of the newest file."""
    newest = max(table.glob("*.parquet"), key=lambda path: path.stat().st_mtime_ns)
    group = parquet.read_metadata(newest).row_group(0)
    columns = [group.column(index) for index in range(group.num_columns)]
    return {column.path_in_schema: column.statistics.min for column in columns if column.statistics is not None and column.statistics.has_min_max}


def names_nobody(table: Path) -> bool:
    DeltaTable(table).create_checkpoint()
    checkpoints = [str(pl.read_parquet(path).to_dicts()) for path in table.glob("_delta_log/*.checkpoint.parquet")]
    return not any("planted.example" in text for text in [*checkpoints, *(path.read_text() for path in table.glob("_delta_log/*.json"))])


@pytest.mark.parametrize(
    "commit",
    [Append, Overwrite, lambda rows: Upsert(rows, ["e-mail, work"]), lambda rows: Replace(rows, removed=["b.9"], insert=True)],
    ids=["append", "overwrite", "upsert by a personal key", "replace"],
)
@pytest.mark.parametrize("table", ["clean", "quarantine", "repeats"])
def test_personal_cells_are_in_no_statistic(tmp_path: Path, table: Table, commit: Callable[[pl.DataFrame], Commit]) -> None:
    lake = Lake(str(tmp_path), schemas={"orders": shop(personal=True)})
    lake.write_once(table, run_key(1, "orders"), commit(ROWS))
    lake.write_once(table, run_key(2, "orders"), commit(ROWS.with_columns(pl.col("unit price") + 1)))
    folder = tmp_path / table / "orders"
    assert [sorted(of_file) for of_file in statistics(folder)] == [["_row_id", "unit price"]] * 2
    assert {*footers(folder)} <= {"_row_id", "unit price"}  # none in a file that Polars writes: it has statistics of all columns, or of none
    assert names_nobody(folder)


@pytest.mark.parametrize("table", ["repairs", "flags"])
def test_tables_with_cells_of_any_column_keep_statistics_of_steps_alone(tmp_path: Path, table: Table) -> None:
    lake = Lake(str(tmp_path), schemas={"orders": Schema("orders", columns=(Column("old"), Column("email", personal=True)))})
    lake.write_once(table, run_key(1, "orders"), Append(pl.DataFrame({"_row_id": ["b.1"], "column": ["email"], "old": [EMAIL], "expected": [EMAIL]})))
    assert [sorted(of_file) for of_file in statistics(tmp_path / table / "orders")] == [["_row_id", "column"]]
    assert names_nobody(tmp_path / table / "orders")


def test_a_column_that_becomes_personal_has_no_statistics_from_then_on(tmp_path: Path) -> None:
    for number, personal in enumerate((False, True)):
        lake = Lake(str(tmp_path), schemas={"orders": shop(personal=personal)})
        lake.write_once("clean", run_key(number, "orders"), Append(ROWS))
    before, after = statistics(tmp_path / "clean" / "orders")
    assert sorted(before) == ["_row_id", "e-mail, work", "unit price"]
    assert sorted(after) == sorted(footers(tmp_path / "clean" / "orders")) == ["_row_id", "unit price"]


def test_a_dataset_that_is_not_declared_has_statistics_of_row_ids_alone(tmp_path: Path) -> None:
    Lake(str(tmp_path)).write_once("clean", run_key(1, "orders"), Append(ROWS))
    assert [sorted(of_file) for of_file in statistics(tmp_path / "clean" / "orders")] == [["_row_id"]]
