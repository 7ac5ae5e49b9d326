"""A change of rows copies the files that hold them, and no other file."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from sluice.domain import Column, Schema
from sluice.store.delta_commits import Append, Commit, Replace, Upsert
from sluice.store.lake import Lake
from tests.integration.store.keys import run_key

SCHEMA = Schema("orders", "upsert", ("email",), (Column("email", personal=True), Column("price", "number"), Column("day", "integer")))


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """Three files of two rows; one row has no key."""
    lake = Lake(str(tmp_path), schemas={"orders": SCHEMA})
    for number in range(3):
        emails = [f"{number}@a.example", None if number == 2 else f"{number}@b.example"]
        rows = pl.DataFrame({"_row_id": [f"b{number}.0", f"b{number}.1"], "email": emails, "price": [1.0, 2.0], "day": [number, number]})
        lake.write_once("clean", run_key(number + 1, "orders"), Append(rows))
    return lake


def files(lake: Lake) -> set[str]:
    table = lake.open("clean", "orders")
    assert table is not None
    return set(table.file_uris())


def prices(lake: Lake, commit: Commit) -> dict[str, float]:
    version = lake.write_once("clean", run_key(9, "orders"), commit)
    rows = lake.scan("clean", "orders", version).sort("_row_id").collect()
    return dict(rows.select("_row_id", "price").iter_rows())


def test_files_without_a_changed_row_stay(lake: Lake) -> None:
    before = files(lake)
    after = prices(lake, Replace(pl.DataFrame({"_row_id": ["b1.1"], "price": [9.0]}), removed=["b1.0"]))
    assert after == {"b0.0": 1.0, "b0.1": 2.0, "b1.1": 9.0, "b2.0": 1.0, "b2.1": 2.0}
    assert len(before & files(lake)) == 2
    assert len(files(lake)) == 3


def test_rows_that_are_only_inserted_change_no_file(lake: Lake) -> None:
    before = files(lake)
    assert prices(lake, Replace(pl.DataFrame({"_row_id": ["b9.0"], "price": [9.0]}), insert=True))["b9.0"] == 9.0
    assert before < files(lake)


def test_a_file_whose_rows_are_all_removed_leaves_the_table(lake: Lake) -> None:
    assert set(prices(lake, Replace(pl.DataFrame(schema={"_row_id": pl.String, "price": pl.Float64}), removed=["b0.0", "b0.1"]))) == {
        "b1.0",
        "b1.1",
        "b2.0",
        "b2.1",
    }
    assert len(files(lake)) == 2


def test_cells_of_columns_that_the_new_rows_lack_stay(lake: Lake) -> None:
    version = lake.write_once("clean", run_key(9, "orders"), Replace(pl.DataFrame({"_row_id": ["b2.0"], "price": [9.0], "note": ["new"]})))
    row = lake.scan("clean", "orders", version).filter(pl.col("_row_id") == "b2.0").collect().row(0, named=True)
    assert (row["email"], row["day"], row["price"], row["note"]) == ("2@a.example", 2, 9.0, "new")


@pytest.mark.parametrize(("time", "keep", "expected"), [("day", False, [2.0, 8.0, 9.0]), (None, False, [7.0, 8.0, 9.0]), (None, True, [2.0, 2.0, 9.0])])
def test_an_upsert_by_a_key_without_statistics_keeps_the_later_row(lake: Lake, time: str | None, keep: bool, expected: list[float]) -> None:
    rows = pl.DataFrame({"_row_id": ["n.0", "n.1", "n.2"], "email": ["1@b.example", None, "9@a.example"], "price": [7.0, 8.0, 9.0], "day": [0, 5, 0]})
    version = lake.write_once("clean", run_key(9, "orders"), Upsert(rows, ["email"], time, keep_existing=keep))
    after = {row["email"]: row["price"] for row in lake.scan("clean", "orders", version).collect().iter_rows(named=True)}
    assert [after[email] for email in ("1@b.example", None, "9@a.example")] == expected
    assert len(after) == 7


def test_a_row_is_looked_up_in_the_files_that_may_hold_it(lake: Lake) -> None:
    pinned = lake._pin("clean", "orders", 3)  # which files are opened is seen nowhere else
    assert pinned.files_with("_row_id", pl.Series(["b1.0"])) == list(pinned.files)  # the footers of three files are read as fast
    lake.write_once("clean", run_key(9, "orders"), Append(pl.DataFrame({"_row_id": ["b9.0"], "price": [9.0]})))
    pinned = lake._pin("clean", "orders", 4)
    assert len(pinned.files_with("_row_id", pl.Series(["b1.0", "b9.0", "c"]))) == 2
    assert lake.scan_rows("clean", "orders", 4, ["b1.0", "b9.0", "c"]).select("_row_id").collect()["_row_id"].sort().to_list() == ["b1.0", "b9.0"]
