"""Delta tables as sources: the whole table first, then what each version brought."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from deltalake import DeltaTable, write_deltalake

from sluice.config import Limits
from sluice.domain import Column, ReadOptions, Schema
from sluice.errors import SourceError, TooLarge
from sluice.sources import DeltaSource
from sluice.sources.delta import read_newest_version
from sluice.sources.infer import infer
from sluice.sources.table import read_table
from sluice.sources.unmatched import unmatched_files

COLUMNS = (Column("order_id"), Column("day", "date"), Column("shop"), Column("amount", "number"))
SCHEMA = Schema("orders", "upsert", ("order_id",), COLUMNS)
FIRST: dict[str, list[Any]] = {
    "order_id": [1, 2, 3],
    "day": [date(2026, 11, 27), date(2026, 11, 27), None],
    "shop": ["a b", "ü/%", "c"],
    "amount": [1.5, 2.0, 3.0],
}


@pytest.fixture
def table(tmp_path: Path) -> Path:
    folder = tmp_path / "landing" / "orders"
    write(folder, partition_by=["day", "shop"], **FIRST)
    return folder


def write(folder: Path, *, mode: Any = "append", partition_by: list[str] | None = None, schema_mode: Any = None, **columns: list[Any]) -> None:
    write_deltalake(
        folder, pl.DataFrame(columns, schema_overrides={"day": pl.Date, "shop": pl.String}), mode=mode, partition_by=partition_by, schema_mode=schema_mode
    )


def source(table: Path, mode: Any = "upsert") -> DeltaSource:
    return DeltaSource(Schema("orders", mode, ("order_id",), COLUMNS), table, table.parents[1] / "state", Limits())


def landed(one: DeltaSource) -> list[list[str]]:
    """Return the order ids of each arrival."""
    return [sorted(one.read(arrival).rows["order_id"].to_list()) for arrival in one.arrivals()]


def test_first_arrival_is_the_whole_table_with_partition_values_from_the_log(table: Path) -> None:
    one = source(table)
    (arrival,) = one.arrivals()
    rows = one.read(arrival).rows.sort("order_id")
    assert rows["day"].to_list() == FIRST["day"]
    assert rows["shop"].to_list() == FIRST["shop"]
    assert rows["amount"].to_list() == FIRST["amount"]
    assert arrival.at == pl.select(pl.from_epoch(pl.lit(DeltaTable(table).history(1)[0]["timestamp"]), "ms").dt.replace_time_zone("UTC")).item()


def test_versions_bring_their_new_rows_alone(table: Path) -> None:
    one = source(table)
    assert landed(one) == [["1", "2", "3"]]
    write(table, order_id=[4, 5], day=[date(2026, 11, 28)] * 2, shop=["c"] * 2, amount=[4.0, 5.0])
    DeltaTable(table).update({"amount": "9.0"}, predicate="order_id = 4")  # copies order 5 to a new file
    DeltaTable(table).optimize.compact()
    assert landed(one) == [["1", "2", "3"], ["4", "5"], ["4"]]
    assert landed(one) == [["1", "2", "3"], ["4", "5"], ["4"]]
    write(table, order_id=[4, 6], day=[date(2026, 11, 28)] * 2, shop=["c"] * 2, amount=[9.0, 6.0], mode="overwrite")
    assert landed(one)[3:] == [["6"]]


def test_partition_values_of_later_versions_are_those_of_the_log(table: Path) -> None:
    one = source(table)
    list(one.arrivals())
    write(table, order_id=[4, 5], day=[date(2026, 11, 28), None], shop=["x=1 %20/ü", None], amount=[4.0, 5.0])
    rows = one.read(list(one.arrivals())[1]).rows.sort("order_id")
    assert rows["day"].to_list() == [date(2026, 11, 28), None]
    assert rows["shop"].to_list() == ["x=1 %20/ü", None]


def test_a_new_column_is_reported_and_older_rows_lack_it(table: Path) -> None:
    one = source(table)
    list(one.arrivals())
    write(table, order_id=[4], day=[None], shop=["c"], amount=[1.0], note=["new"], schema_mode="merge")
    batch = one.read(list(one.arrivals())[1])
    assert set(batch.columns or ()) == {*FIRST, "note"}
    rows = read_table(table, Limits()).frame.sort("order_id")
    assert rows["note"].to_list() == [None, None, None, "new"]


def test_version_that_only_deletes_is_told_and_lands_no_batch(table: Path) -> None:
    one = source(table)
    list(one.arrivals())
    DeltaTable(table).delete("order_id = 2")
    DeltaTable(table).delete("order_id = 3")
    assert landed(one) == [["1", "2", "3"]]
    assert one.removals() == {1: 1, 2: 1}
    write(table, order_id=[4], day=[None], shop=["c"], amount=[1.0])
    assert landed(one)[1:] == [["4"]]
    assert one.removals() == {}


def test_a_version_that_deletes_and_brings_rows_is_told_with_the_rows_whose_key_is_gone(table: Path) -> None:
    one = source(table)
    list(one.arrivals())
    news = pl.DataFrame({"order_id": [1, 4], "amount": [9.0, 4.0]})
    merge = DeltaTable(table).merge(news, "t.order_id = s.order_id", source_alias="s", target_alias="t")
    merge = merge.when_matched_update({"amount": "s.amount"}).when_not_matched_insert({"order_id": "s.order_id", "amount": "s.amount"})
    merge.when_not_matched_by_source_delete("t.order_id = 3").execute()
    assert landed(one)[1:] == [["1", "4"]]
    assert one.removals() == {1: 1}  # order 3; order 1 has new cells
    write(table, order_id=[5], day=[None], shop=["c"], amount=[1.0])
    assert landed(one)[2:] == [["5"]]
    assert one.removals() == {}


def test_snapshot_reads_the_newest_version_whole(table: Path) -> None:
    one = source(table, "snapshot")
    assert landed(one) == [["1", "2", "3"]]
    DeltaTable(table).delete("order_id = 2")
    write(table, order_id=[4], day=[None], shop=["c"], amount=[1.0])
    assert landed(one)[1:] == [["1", "3", "4"]]
    DeltaTable(table).optimize.compact()
    assert len(landed(one)) == 2


def test_whole_table_is_read_again_where_versions_between_are_gone(table: Path) -> None:
    one = source(table)
    list(one.arrivals())
    write(table, order_id=[4], day=[None], shop=["c"], amount=[1.0])
    DeltaTable(table).create_checkpoint()
    DeltaTable(table).optimize.compact()
    (table / "_delta_log" / f"{1:020d}.json").unlink()  # as a clean-up of the log does
    assert landed(one)[1:] == [["1", "2", "3", "4"]]


def test_files_removed_by_a_vacuum_make_the_whole_table_an_arrival(table: Path) -> None:
    one = source(table)
    list(one.arrivals())
    write(table, order_id=[4], day=[None], shop=["c"], amount=[1.0])
    DeltaTable(table).update({"amount": "9.0"}, predicate="order_id = 4")
    DeltaTable(table).vacuum(retention_hours=0, dry_run=False, enforce_retention_duration=False)
    assert landed(one)[1:] == [["1", "2", "3", "4"]]


def test_rows_without_a_key_are_not_read_twice_where_versions_are_gone(table: Path) -> None:
    one = DeltaSource(Schema("orders", "append", (), COLUMNS), table, table.parents[1] / "state", Limits())
    assert landed(one) == [["1", "2", "3"]]
    write(table, order_id=[4], day=[None], shop=["c"], amount=[1.0])
    write(table, order_id=[5], day=[None], shop=["c"], amount=[1.0])
    DeltaTable(table).create_checkpoint()
    (table / "_delta_log" / f"{1:020d}.json").unlink()
    with pytest.raises(SourceError, match="after version 0 are gone"):
        list(one.arrivals())


def rewrite_log(table: Path, change: Callable[[dict[str, Any]], None]) -> None:
    path = table / "_delta_log" / f"{0:020d}.json"
    actions = [json.loads(line) for line in path.read_text().splitlines()]
    for action in actions:
        change(action)
    path.write_text("".join(f"{json.dumps(action)}\n" for action in actions))


def with_column_mapping(action: dict[str, Any]) -> None:
    if "protocol" in action:
        action["protocol"] = {"minReaderVersion": 2, "minWriterVersion": 5}
    if "metaData" in action:
        action["metaData"]["configuration"] = {"delta.columnMapping.mode": "name"}


def with_deletion_vectors(action: dict[str, Any]) -> None:
    if "protocol" in action:
        features = ["deletionVectors"]
        action["protocol"] = {"minReaderVersion": 3, "minWriterVersion": 7, "readerFeatures": features, "writerFeatures": features}
    if "add" in action:
        action["add"]["deletionVector"] = inline_vector((0, 3, 7))


def inline_vector(positions: tuple[int, ...]) -> dict[str, Any]:
    """A deletion vector as the protocol has it: one bitmap in the portable format of Roaring, written in Z85."""
    count = len(positions)
    bitmap = struct.pack("<IQI", 1681511377, 1, 0) + struct.pack(f"<IIHHI{count}H", 12346, 1, 0, count - 1, 16, *positions)
    padded = bitmap + b"\0" * (-len(bitmap) % 4)
    digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"
    words = [int.from_bytes(padded[start : start + 4], "big") for start in range(0, len(padded), 4)]
    inline = "".join(digits[word // 85**power % 85] for word in words for power in (4, 3, 2, 1, 0))
    return {"storageType": "i", "pathOrInlineDv": inline, "sizeInBytes": len(padded), "cardinality": count}


def with_file_elsewhere(action: dict[str, Any]) -> None:
    if "add" in action:
        action["add"]["path"] = "../elsewhere.parquet"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (with_column_mapping, "column mapping, which is not read.*DROP FEATURE columnMapping"),
        (with_deletion_vectors, "deletion vectors, which are read in mode: snapshot alone.*REORG TABLE"),
        (with_file_elsewhere, "outside of its folder"),
    ],
)
def test_what_is_not_read_is_refused_with_what_to_do(table: Path, change: Callable[[dict[str, Any]], None], message: str) -> None:
    rewrite_log(table, change)
    with pytest.raises(SourceError, match=message):
        list(source(table).arrivals())


@pytest.mark.parametrize("cells", [["a b", "ü/%", "c"], ["x", "x", "x"]])
def test_snapshot_leaves_out_the_rows_of_deletion_vectors(tmp_path: Path, cells: list[str]) -> None:
    folder = tmp_path / "landing" / "orders"
    numbers = range(40)
    write_deltalake(folder, pl.DataFrame({"order_id": numbers, "shop": [cells[number % 3] for number in numbers]}), partition_by=["shop"])
    rewrite_log(folder, with_deletion_vectors)  # positions 0, 3 and 7 of each file
    gone = [rows[place] for rows in by_shop(numbers, cells) for place in (0, 3, 7) if place < len(rows)]
    (orders,) = landed(source(folder, "snapshot"))
    assert orders == sorted(str(number) for number in numbers if number not in gone)
    assert read_table(folder, Limits()).frame.height == 40 - len(gone) < 40


def by_shop(numbers: range, cells: list[str]) -> list[list[int]]:
    return [[number for number in numbers if cells[number % 3] == shop] for shop in dict.fromkeys(cells)]


def test_table_beyond_a_limit_is_refused(table: Path) -> None:
    with pytest.raises(TooLarge, match=r"limits\.columns"):
        read_newest_version(SCHEMA, table, Limits(columns=2), ReadOptions(format="delta"))


def test_folder_without_log_is_no_table(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="is no Delta table"):
        list(DeltaSource(SCHEMA, tmp_path / "orders", tmp_path / "state", Limits()).arrivals())


def test_init_finds_the_table_beside_files(table: Path) -> None:
    (table.parent / "items.csv").write_text("sku,title\nA1,mug\nA2,jug\n")
    datasets = {dataset.dataset: dataset for dataset in infer(table.parent)}
    assert sorted(datasets) == ["items", "orders"]
    orders = datasets["orders"]
    assert (orders.pattern, orders.options.settings(), orders.rows) == ("landing/orders", {"format": "delta"}, 3)
    types = {column.name: column.type for column, _ in orders.columns}
    assert (types["day"], types["amount"]) == ("date", "number")


def test_unmatched_names_the_table_once(table: Path) -> None:
    root = table.parents[1]
    (table.parent / "items.csv").write_text("sku\nA1\n")
    assert unmatched_files(root, ["landing/items.csv"]) == [table.resolve()]
    assert unmatched_files(root, ["landing/items.csv", "landing/orders"]) == []
