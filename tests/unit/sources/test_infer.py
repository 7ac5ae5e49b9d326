"""What a folder is taken to hold."""

from __future__ import annotations

import gzip
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from sluice.config.inferred import InferredDataset, Reference
from sluice.errors import SourceError
from sluice.messages import render
from sluice.sources.infer import infer
from sluice.sources.infer.file_groups import group_files
from sluice.sources.infer.types import infer_column

DATA = Path(__file__).parents[4] / "shared" / "data"


def write_shop(landing: Path) -> None:
    (landing / "events").mkdir(parents=True)
    (landing / "catalog").mkdir()
    for day in (1, 2, 3):
        items = "item_id,title,zip,price,updated_at\n" + "".join(f"B{n:03},Mug {n},00{n:03},{n}.5,2026-03-0{day}T00:00:00Z\n" for n in range(50 + day))
        (landing / "catalog" / f"catalog-2026-03-0{day}.csv").write_text(items)
        rows = [
            f'{{"event_id":"e{day}-{n}","item_id":"B{n % 50:03}","quantity":{n % 3 + 1},"ts":"2026-03-0{day}T{n % 24:02}:00:00Z","ip":"10.0.0.{n % 256}"}}'
            for n in range(300)
        ]
        (landing / "events" / f"events-2026-03-0{day}.jsonl.gz").write_bytes(gzip.compress("\n".join(rows).encode()))


@pytest.fixture
def shop(tmp_path: Path) -> dict[str, InferredDataset]:
    write_shop(tmp_path / "landing")
    return {dataset.dataset: dataset for dataset in infer(tmp_path / "landing")}


def types(inferred: InferredDataset) -> dict[str, str]:
    return {column.name: column.type for column, _ in inferred.columns}


def test_files_that_follow_one_another_are_one_dataset(shop: dict[str, InferredDataset]) -> None:
    assert set(shop) == {"catalog", "events"}
    assert shop["catalog"].pattern == "landing/catalog/catalog-[0-9]*.csv"
    assert shop["events"].pattern == "landing/events/events-[0-9]*.jsonl.gz"
    assert (shop["events"].files, shop["events"].rows, shop["events"].every) == (3, 900, timedelta(days=1))


def test_modes_are_told_by_the_keys_that_return(shop: dict[str, InferredDataset]) -> None:
    assert (shop["catalog"].mode, shop["catalog"].key) == ("snapshot", ("item_id",))
    assert (shop["events"].mode, shop["events"].key) == ("append", ("event_id",))


def test_types_are_told_from_all_values(shop: dict[str, InferredDataset]) -> None:
    assert types(shop["catalog"]) == {"item_id": "string", "title": "string", "zip": "string", "price": "number", "updated_at": "timestamp"}
    assert types(shop["events"]) == {"event_id": "string", "item_id": "string", "quantity": "integer", "ts": "timestamp", "ip": "string"}


def test_times_references_and_personal_columns_are_found(shop: dict[str, InferredDataset]) -> None:
    assert shop["events"].time == "ts"
    assert shop["events"].references == (Reference("item_id", "catalog", "item_id", 1.0),)
    assert shop["catalog"].references == ()
    assert [column.name for column, _ in shop["events"].columns if column.personal] == ["ip"]
    assert [column.name for column, _ in shop["events"].columns if column.required] == ["event_id", "ts"]


@pytest.mark.parametrize(
    ("name", "values", "type_"),
    [
        ("zip", ["10001", "20002"], "string"),
        ("code", ["007", "7"], "string"),
        ("amount", ["007", "7"], "string"),
        ("pieces", ["1", "2", "n/a", ""], "integer"),
        ("amount", ["1", "2", "n/a", ""], "number"),
        ("amount", ["1", "2.5"], "number"),
        ("pieces", [*["1"] * 40, "one"], "integer"),
        ("pieces", ["1", "one"], "string"),
        ("flag", ["yes", "no"], "boolean"),
        ("flag", ["1", "0"], "integer"),
        ("day", ["2026-03-01"], "date"),
        ("ts", ["2026-03-01T10:00:00Z", "2026-03-01 10:00:00"], "timestamp"),
        ("note", ["", None], "string"),
    ],
)
def test_the_type_of_a_column(name: str, values: list[str | None], type_: str) -> None:
    assert infer_column(pl.Series(name, values, dtype=pl.String)).column.type == type_


def test_typed_columns_keep_their_types() -> None:
    assert infer_column(pl.Series("amount", [1.5])).column.type == "number"
    assert infer_column(pl.Series("item_id", [1])).column.type == "string"
    assert infer_column(pl.Series("flag", [True])).column.type == "boolean"


def test_a_file_sent_once_more_or_in_another_format_is_one_of_many(tmp_path: Path) -> None:
    write_shop(tmp_path / "landing")
    events = tmp_path / "landing" / "events"
    (events / "events-2026-03-02-resend.jsonl.gz").write_bytes((events / "events-2026-03-02.jsonl.gz").read_bytes())
    pl.DataFrame({"event_id": ["e4-1"], "item_id": ["B001"], "quantity": [1]}).write_parquet(events / "events-2026-03-04.parquet")
    inferred = {dataset.dataset: dataset for dataset in infer(tmp_path / "landing")}
    assert set(inferred) == {"catalog", "events"}
    assert (inferred["events"].files, inferred["events"].pattern, inferred["events"].options.format) == (5, "landing/events/events-*", None)
    assert (inferred["events"].mode, inferred["events"].key) == ("append", ("event_id",))


def test_the_digit_of_a_word_is_no_counter(tmp_path: Path) -> None:
    for name in ("b2b_orders_2026-11-27", "b2b_orders_2026-11-28", "b2c_orders_2026-11-28", "part2a", "part3a"):
        (tmp_path / f"{name}.csv").write_text("x_id,y\n1,2\n")
    patterns = {group.dataset: (group.pattern.partition("/")[2], len(group.files)) for group in group_files(tmp_path, tmp_path.parent)}
    assert patterns == {"b2b_orders": ("b2b_orders_[0-9]*.csv", 2), "b2c_orders": ("b2c_orders_[0-9]*.csv", 1), "parta": ("part[0-9]*a.csv", 2)}


def test_some_repeats_do_not_hide_a_key_and_separators_are_told(tmp_path: Path) -> None:
    rows = [f"{n};{n % 7}" for n in range(100)]
    (tmp_path / "orders.csv").write_text("\n".join(["order_id;grade", *rows, rows[0]]))
    (inferred,) = infer(tmp_path)
    assert (inferred.options.separator, inferred.key) == (";", ("order_id",))


def test_an_unreadable_file_is_told_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "a-2026-03-01.csv").write_text("x_id,y\n1,2\n")
    (tmp_path / "a-2026-03-02.csv").write_bytes(b"\xff\xfex")
    (inferred,) = infer(tmp_path)
    assert inferred.rows == 1
    assert "a-2026-03-02.csv: line 1: byte 2 is not utf-16" in render(inferred.note)


def test_a_folder_without_tables_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="it is empty"):
        infer(tmp_path)
    for name in ("readme.md", "ratings.dat", "users.dat", "movies.dat"):
        (tmp_path / name).write_text("1::2::3\n4::5::6\n" if name.endswith("dat") else "hello")
    with pytest.raises(SourceError, match=r"holds no CSV, JSON, .* file that can be read; movies.dat, ratings.dat, readme.md and 1 more: no format"):
        infer(tmp_path)
    with pytest.raises(SourceError, match="there is no such folder"):
        infer(tmp_path / "nowhere")


@pytest.mark.skipif(not (DATA / "behaviour" / "office").is_dir(), reason="the public set Amazon Office is not here: ../shared/data/behaviour/office")
def test_office_is_a_catalog_and_its_readers() -> None:
    inferred = {dataset.dataset: dataset for dataset in infer(DATA / "behaviour" / "office")}
    assert (inferred["items"].rows, inferred["items"].key, inferred["items"].mode) == (3459, ("item_id",), "snapshot")
    assert set(types(inferred["items"]).values()) == {"string"}
    assert inferred["test"].references == (Reference("user_id", "train", "user_id", 1.0),)


@pytest.mark.skipif(not (DATA / "cells" / "hospital").is_dir(), reason="the public set hospital is not here: ../shared/data/cells/hospital")
def test_hospital_is_a_table_of_text_with_a_key() -> None:
    dirty = {dataset.dataset: dataset for dataset in infer(DATA / "cells" / "hospital")}["dirty"]
    assert (dirty.rows, dirty.key) == (1000, ("index",))
    assert types(dirty)["zip"] == types(dirty)["provider_number"] == types(dirty)["phone"] == "string"
    assert {"phone", "address_1"} <= {column.name for column, _ in dirty.columns if column.personal}


def test_the_shops_own_number_is_the_key_before_the_makers(tmp_path: Path) -> None:
    (tmp_path / "landing").mkdir()
    lines = [f"{number};Becher {number};40063813{number:05}" for number in range(788, 828)]
    (tmp_path / "landing/artikel.csv").write_text("\n".join(["Artikelnummer;Bezeichnung;EAN", *lines]), encoding="utf-8")
    (dataset,) = infer(tmp_path / "landing")
    assert dataset.key == ("Artikelnummer",)


def test_columns_that_repeat_among_different_rows_are_no_key_by_their_names_alone(tmp_path: Path) -> None:
    rows = [f"{n // 2},{('S', 'L')[n % 2]},{n % 7},{n}" for n in range(120)]
    header = "barcode,size,pack,stock"
    (tmp_path / "stock.csv").write_text("\n".join([header, *rows, rows[0]]))
    assert infer(tmp_path)[0].key == ("barcode", "size")
    (tmp_path / "stock.csv").write_text("\n".join([header, *rows, "0,S,24,9"]))
    assert infer(tmp_path)[0].key == ()


@pytest.mark.parametrize("name", ["index", "", "Unnamed: 0", "行号"])
@pytest.mark.parametrize("start", [0, 1])
def test_a_counter_of_the_rows_of_a_file_is_no_key_of_events(tmp_path: Path, name: str, start: int) -> None:
    rows = [f"{n + start},2026-03-{n // 10 + 1:02}T10:00:00Z,S{n % 9},{n % 4}" for n in range(90)]
    (tmp_path / "sales.csv").write_text("\n".join([f"{name},sold_at,sku,pieces", *rows]))
    (inferred,) = infer(tmp_path)
    assert (inferred.mode, inferred.key) == ("append", ())


def test_a_counter_that_goes_on_in_the_next_file_is_a_key(tmp_path: Path) -> None:
    for day in (1, 2):
        rows = [f"{n + 90 * day},2026-03-{day:02}T{n // 10:02}:00:00Z,S{n % 9},{n % 4}" for n in range(90)]
        (tmp_path / f"sales_2026-03-{day:02}.csv").write_text("\n".join(["index,sold_at,sku,pieces", *rows]))
    assert infer(tmp_path)[0].key == ("index",)
