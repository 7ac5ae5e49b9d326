"""Kinds of files that marketplaces, ERP systems and public sets have: how they are read, their times, keys and personal columns, and which file follows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from sluice.config import Limits
from sluice.config.inferred import InferredDataset
from sluice.domain import Column, ReadOptions
from sluice.sources.cast import to_type
from sluice.sources.content import format_of_content
from sluice.sources.infer import infer
from sluice.sources.infer.file_form import has_no_header
from sluice.sources.infer.keys import infer_key
from sluice.sources.infer.modes import infer_time, is_event_table
from sluice.sources.infer.nested_fields import exploded_list, find_fields
from sluice.sources.infer.personal import personal_columns
from sluice.sources.infer.types import infer_column
from sluice.sources.table import read_table

ROWS = 40
DAY = datetime(2026, 11, 26, 10, tzinfo=UTC)
BAR = "-" * 40


def landed(folder: Path, name: str, content: bytes) -> InferredDataset:
    path = folder / "landing" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    (dataset,) = infer(folder / "landing", folder)
    return dataset


def sap_list(pages: int = 1) -> str:
    line = "|{:<10}|{:<6}|{:>12}|{:<20}|"
    head = [BAR, line.format("VerkBeleg", "Pos", "Nettowert", "Bezeichnung"), BAR]
    rows = [line.format(f"45{number:05}", "000010", f"1.{number:03},50", f"Lamp {number}") for number in range(ROWS)]
    step = ROWS // pages
    body = [text for page in range(pages) for text in [*head, *rows[page * step : (page + 1) * step]]]
    return "\r\n".join(["26.11.2026      Dynamische Listenausgabe     1", "", *body, BAR]) + "\r\n"


def test_a_list_drawn_with_lines_is_read_without_them(tmp_path: Path) -> None:
    dataset = landed(tmp_path, "VA05_20261126.txt", sap_list().encode("cp1252"))
    assert [column.name for column, _ in dataset.columns] == ["VerkBeleg", "Pos", "Nettowert", "Bezeichnung"]
    assert (dataset.rows, dataset.options.header, dataset.options.separator) == (ROWS, "search", "|")
    assert {column.name: column.type for column, _ in dataset.columns} == {
        "VerkBeleg": "string",
        "Pos": "string",
        "Nettowert": "number",
        "Bezeichnung": "string",
    }


def test_the_names_of_a_drawn_list_come_again_on_each_page(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text(sap_list(pages=2))
    frame = read_table(path, Limits(), ReadOptions("csv", separator="|", header="search")).frame
    assert (frame.height, frame["VerkBeleg"][0], frame["Bezeichnung"][-1]) == (ROWS, "4500000", f"Lamp {ROWS - 1}")


def test_dashes_in_cells_of_other_files_stay_rows(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("notice|\nid|name|note\n1|---|---\n2|Lamp|x\n3|Mug|y\n")
    assert read_table(path, Limits(), ReadOptions("csv", separator="|", header="search")).frame.height == 3


def test_utf16_text_is_recognised_by_its_content() -> None:
    assert format_of_content("Datum\tMenge\n26.11.2026\t1\n27.11.2026\t2\n".encode("utf-16")) == "csv"
    assert format_of_content('{"id": 1}\n{"id": 2}\n'.encode("utf-16")) == "jsonl"


def test_a_row_that_describes_the_columns_is_left_out(tmp_path: Path) -> None:
    head = "Order ID,Order Status,Quantity,Order Amount,Created Time\n"
    described = "Platform unique order ID.,Current order status.,SKU sold quantity in the order.,Buyer paid amount.,Order created time.\n"
    rows = "".join(f"5769{number:08}\t,Shipped,{number % 3 + 1},{number}.50,11/{13 + number % 14}/2026 10:22:33 PM\t\n" for number in range(ROWS))
    dataset = landed(tmp_path, "All order-2026-11-28-22_10.csv", (head + described + rows).encode())
    assert (dataset.rows, dataset.options.header_rows) == (ROWS, 2)
    assert {column.name: column.type for column, _ in dataset.columns}["Order Amount"] == "number"


def test_a_first_row_of_words_is_no_description(tmp_path: Path) -> None:
    rows = "".join(f"{number},Small Lamp,{number}.50,{number % 3}\n" for number in range(ROWS))
    assert landed(tmp_path, "prices.csv", f"sku,title,price,stock\nunknown,Red Mug,not known,not known\n{rows}".encode()).options.header_rows == 1


@pytest.mark.parametrize(
    "first",
    [
        ["user_000001", "2009-05-04T23:08:57Z", "f1b1cf71", "Deep Dish", "Dance Mix"],
        ["N1", "news", "A title", "https://example.org/a.html", "[]"],
        ["ann@example.org", "Ann", "gold"],
    ],
)
def test_a_first_row_with_a_time_a_link_or_an_address_is_no_header(first: Sequence[str]) -> None:
    rows = [[cell.replace("1", str(number)).replace("ann", f"ann{number}") for cell in first] for number in range(2, 9)]
    assert has_no_header([list(first), *rows])
    assert not has_no_header([[f"name {number}" for number in range(len(first))], list(first), *rows])


def orders(**gaps: int) -> pl.DataFrame:
    times = [DAY + timedelta(minutes=number) for number in range(ROWS)]
    return pl.DataFrame({name: [time + timedelta(minutes=gap) for time in times] for name, gap in gaps.items()})


@pytest.mark.parametrize(
    ("names", "time"),
    [
        ({"Order Paid Time": 1, "Order Creation Date": 0}, "Order Creation Date"),
        ({"买家付款时间": 1, "订单创建时间": 0}, "订单创建时间"),
        ({"rtsSla": 1440, "createTime": 0}, "createTime"),
        ({"event_time": 0, "created_at": 5}, "event_time"),  # which was stored later
        ({"order_time": 600_000, "created_at": 0}, "order_time"),  # of the customer
        ({"Принят в обработку": 0, "Дата отгрузки": 1440}, "Принят в обработку"),
    ],
)
def test_an_order_happened_when_it_was_made_and_not_when_it_was_paid(names: dict[str, int], time: str) -> None:
    assert infer_time(orders(**names), [Column(name, "timestamp") for name in names]) == time


def test_a_table_with_the_time_of_a_sale_is_one_of_events() -> None:
    times = {"Дата заказа покупателем": 0, "Дата продажи": 5}
    rows = orders(**times).with_columns(pl.int_range(ROWS).cast(pl.String).alias("Srid"))
    assert is_event_table(rows, [Column("Srid"), *(Column(name, "timestamp") for name in times)], ("Srid",), ["report"])
    offers = orders(sales_start_date=0).with_columns(pl.int_range(ROWS).cast(pl.String).alias("offer"))
    assert not is_event_table(offers, [Column("offer"), Column("sales_start_date", "timestamp")], ("offer",), ["report"])


@pytest.mark.parametrize(
    ("columns", "key"),
    [
        (["订单编号", "商品ID", "skuID"], "订单编号"),
        (["主订单编号", "子订单编号", "商品ID", "商品数量"], "子订单编号"),
        (["Номер отправления", "Артикул", "OZON id"], "Номер отправления"),
    ],
)
def test_orders_in_chinese_and_russian_have_their_key(columns: list[str], key: str) -> None:
    rows = pl.DataFrame({name: [f"69{number:010}" if "商品" not in name and name == key else f"7{number % 9}" for number in range(ROWS)] for name in columns})
    rows = rows.with_columns(pl.Series(columns[0], [f"68{number:010}" for number in range(ROWS)]))
    assert infer_key([rows], [Column(name) for name in columns], has_event_time=True) == (key,)


def test_names_of_japanese_buyers_are_personal() -> None:
    names = ["注文者姓", "注文者名", "注文者姓カナ", "送付先名", "商品名", "支払方法名"]
    rows = pl.DataFrame({name: ["田中", "佐藤", "鈴木"] for name in names})
    assert list(personal_columns(rows, ["orders"])) == ["注文者姓", "注文者名", "注文者姓カナ", "送付先名"]


def test_times_of_an_hour_and_times_whose_year_comes_last_are_read() -> None:
    hours = pl.Series("time", [f"2026-11-{day} 07" for day in range(10, 29)])
    assert infer_column(hours).column.type == "timestamp"
    assert to_type(hours, Column("time", "timestamp"))[0] == datetime(2026, 11, 10, 7, tzinfo=UTC)
    ruby = pl.Series("date_added", [f"Sat Nov {day} 01:21:34 -0800 2026" for day in range(10, 29)])
    assert infer_column(ruby).column.type == "timestamp"
    assert to_type(ruby, Column("date_added", "timestamp"))[0] == datetime(2026, 11, 10, 9, 21, 34, tzinfo=UTC)


def test_events_of_a_session_become_rows_by_their_times() -> None:
    fields = find_fields("events", [[{"aid": 1, "ts": 1659304800025, "type": "clicks"}], [{"aid": 2, "ts": 1659304900025, "type": "carts"}]])
    assert list(exploded_list(fields.lists)) == ["events"]


@pytest.mark.parametrize(
    ("first", "other"),
    [
        ("2026-Nov-28.csv", "2026-Nov-29.csv"),
        ("2019-Oct.csv", "2019-Nov.csv"),
        ("audience_export_6b86b273ff.csv", "audience_export_feceb66ff1.csv"),
    ],
)
def test_a_file_named_after_a_month_or_a_digest_is_followed_by_the_next(tmp_path: Path, first: str, other: str) -> None:
    content = "event_time,user_id,price\n" + "".join(f"2026-11-28 10:{number:02}:00,{number % 7},4.50\n" for number in range(ROWS))
    pattern = landed(tmp_path, first, content.encode()).pattern
    (tmp_path / "landing" / other).write_text(content)
    assert {path.name for path in tmp_path.glob(pattern)} == {first, other}
