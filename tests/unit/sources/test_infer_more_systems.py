"""Kinds of columns and files that exports of marketplaces, shops and attribution have: right types, keys, times, personal columns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from sluice.config.inferred import InferredDataset
from sluice.domain import Column
from sluice.sources.cast import to_type
from sluice.sources.head_row import head_row_by_shape
from sluice.sources.infer import infer
from sluice.sources.infer.file_form import has_no_header
from sluice.sources.infer.keys import infer_key
from sluice.sources.infer.later_changes import changes_later
from sluice.sources.infer.modes import infer_time
from sluice.sources.infer.personal import personal_columns
from sluice.sources.infer.types import infer_column

ROWS = 120
DAY = datetime(2026, 11, 26, tzinfo=UTC)


def landed(folder: Path, files: dict[str, bytes]) -> InferredDataset:
    for name, content in files.items():
        path = folder / "landing" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (dataset,) = infer(folder / "landing", folder)
    return dataset


@pytest.mark.parametrize(
    "text",
    ["Nov-{}-26", "{}-NOV-26", "{} Nov 26", "Nov-{}-2026", "{}. November '26", "{} de novembro de 2026", "{} november 26 10:22", "Nov-{}-26 10:22:33 PST"],
)
def test_a_month_by_name_with_a_short_year_is_a_date(text: str) -> None:
    cells = pl.Series("Sale Date", [text.format(day) for day in range(13, 31)])
    column = infer_column(cells).column
    assert column.type == ("timestamp" if ":" in text else "date")
    assert to_type(cells, Column("Sale Date", "timestamp"))[0].date().isoformat() == "2026-11-13"


@pytest.mark.parametrize("text", ["Model-12-34", "Nov-26", "Mar 12 Wide", "Jun-99-123"])
def test_other_words_with_numbers_are_no_dates(text: str) -> None:
    assert infer_column(pl.Series("style", [f"{text}"] * 20)).column.type == "string"


def order(day: int, number: int, shipped: str) -> str:
    return f"{day}{number:05},Nov-{day}-26,{number % 7 + 1}.50,{shipped}\n"


def test_a_file_with_the_name_of_a_month_before_the_day_is_followed_by_that_of_the_next_day(tmp_path: Path) -> None:
    content = "Order Number,Sale Date,Total,Shipped On Date\n" + "".join(order(26, number, "Nov-27-26" if number % 2 else "") for number in range(ROWS))
    dataset = landed(tmp_path, {"eBay-OrdersReport-Nov-26-2026.csv": content.encode()})
    assert (dataset.pattern, dataset.time, dataset.key) == ("landing/eBay-OrdersReport-*.csv", "Sale Date", ("Order Number",))
    assert dataset.on_change == "replace"  # an order is exported again once it is sent


@pytest.mark.parametrize(
    ("columns", "changes"),
    [
        (["Order ID", "Fulfillment Status"], True),
        (["Bestellnummer", "Versandstatus"], True),
        (["订单号", "订单状态"], True),
        (["event_id", "user_id"], False),
        (["order_id", "Ship State"], False),
        (["order_id", "state"], False),
    ],
)
def test_rows_with_a_state_are_exported_again(columns: Sequence[str], *, changes: bool) -> None:
    assert changes_later([Column(name) for name in columns], pl.DataFrame({name: ["a", "b"] for name in columns})) is changes


@pytest.mark.parametrize(("shipped", "changes"), [([DAY, None], True), ([DAY, DAY], False), ([None, None], False)])
def test_rows_of_which_some_are_not_sent_yet_are_exported_again(shipped: list[datetime | None], *, changes: bool) -> None:
    rows = pl.DataFrame({"order": ["1", "2"], "Date Shipped": shipped}, schema_overrides={"Date Shipped": pl.Datetime("us", "UTC")})
    assert changes_later([Column("order"), Column("Date Shipped", "timestamp")], rows) is changes


@pytest.mark.parametrize(
    ("names", "time"),
    [
        (["Attributed Touch Time", "Install Time", "Event Time"], "Event Time"),
        (["installed_at", "created_at"], "created_at"),
        (["first_seen_at", "client_event_time", "event_time"], "event_time"),
        (["Install Time"], "Install Time"),
    ],
)
def test_the_time_of_an_event_comes_before_that_of_what_led_to_it(names: list[str], time: str) -> None:
    rows = pl.DataFrame({name: [DAY + timedelta(minutes=minute) for minute in range(20)] for name in names})
    assert infer_time(rows, [Column(name, "timestamp") for name in names]) == time


def test_rows_without_a_reference_get_no_key_by_another_column() -> None:
    """Fees among settled payments have no reference, and were held for want of a key."""
    references = [*(f"88{number:08}" for number in range(98)), None, None]
    rows = pl.DataFrame({"Psp Reference": references}).with_columns(
        pl.Series("Gross Currency", [*["EUR"] * 99, None]), pl.format("ORD-{}", "Psp Reference").alias("Merchant Reference")
    )
    assert infer_key([rows], [Column(name) for name in rows.columns]) == ()


def test_names_of_who_gets_a_parcel_and_of_devices_are_personal() -> None:
    rows = pl.DataFrame(
        {
            "Ship To Name": ["Ann Weaver", "Bo Smith"],
            "Ship To City": ["Kiel", "Graz"],
            "Klantnaam": ["Ann Weaver", "Bo Smith"],
            "Kundnamn": ["Ann Weaver", "Bo Smith"],
            "IDFA": ["a", "b"],
            "Advertising ID": ["a", "b"],
            "Item Title": ["Small Mug", "Red Lamp"],
            "Ship To Date": ["2026-11-26", "2026-11-27"],
        }
    )
    assert set(personal_columns(rows, ["orders"])) == {"Ship To Name", "Ship To City", "Klantnaam", "Kundnamn", "IDFA", "Advertising ID"}


def test_a_name_that_begins_with_a_hash_heads_a_sheet_and_a_line_of_notes_does_not() -> None:
    titles = [["Estado de tus ventas", "", ""], ["Ventas", "", "Compradores"]]
    rows = [[str(number), "26 de noviembre", "Ann"] for number in range(5)]
    assert head_row_by_shape([*titles, ["# de venta", "Fecha", "Comprador"], *rows]) == 2
    assert head_row_by_shape([["# Required | id", "# Optional", "# Text"], ["id", "title", "text"], *rows]) == 1


def test_a_line_about_the_file_may_have_more_cells_than_the_table(tmp_path: Path) -> None:
    about = b'"EXTF";700;21;"Buchungsstapel";13;20261126;;"RE";"";"";1001;1\n'
    rows = "".join(f"{number},50;S;EUR;8400;{10000 + number % 50};2611;RE{number:05}\n" for number in range(ROWS))
    content = about + ("Umsatz;Soll/Haben-Kennzeichen;WKZ Umsatz;Konto;Gegenkonto;Belegdatum;Belegfeld 1\n" + rows).encode("cp1252")
    dataset = landed(tmp_path, {"EXTF_Buchungsstapel_20261126.csv": content})
    assert [column.name for column, _ in dataset.columns][:2] == ["Umsatz", "Soll/Haben-Kennzeichen"]
    assert {column.name: column.type for column, _ in dataset.columns}["Umsatz"] == "number"
    assert dataset.rows == ROWS


@pytest.mark.parametrize(("key", "mode"), [("SKU", "snapshot"), ("Order", "append")])
def test_sales_by_product_without_a_time_are_a_table_that_comes_again(tmp_path: Path, key: str, mode: str) -> None:
    """With a column for each month: the next file, in which the last month grew, was held as a whole."""
    rows = "".join(f"S{number:04},Lamp {number},{number % 9},{number % 7 + 1}\n" for number in range(ROWS))
    dataset = landed(tmp_path, {"sales_by_month.csv": f"{key},Product,01/2026,02/2026\n{rows}".encode()})
    assert (dataset.key, dataset.mode) == ((key,), mode)


@pytest.mark.parametrize("heads", ["2025,2026", "01/2026,02/2026", "2026-01,2026-02", "26.11.2026,27.11.2026"])
def test_periods_are_names_of_columns_where_no_cell_is_one(heads: str) -> None:
    rows = [[f"S{number:04}", f"Lamp {number}", str(number % 9), str(number % 7)] for number in range(ROWS)]
    assert not has_no_header([["SKU", "Product", *heads.split(",")], *rows])
    assert has_no_header([[f"S{number:04}", "Lamp", f"2026-11-{number % 28 + 1:02}", "2026"] for number in range(ROWS)])


def test_the_total_of_a_report_is_left_out_where_dashes_fill_its_cells(tmp_path: Path) -> None:
    rows = "".join(f'2026-11-{number % 28 + 1:02},Campaign {number % 6},Enabled,"1,{number:03}",{number % 9}.10%,{number}.50\n' for number in range(ROWS))
    content = f'Campaign report\n2026-11-01 - 2026-11-28\nDay,Campaign,State,Clicks,CTR,Cost\n{rows}Total: Account, --, --,"12,345",1.2%,9999.00\n'
    dataset = landed(tmp_path, {"Campaign report 2026-11-28.csv": content.encode()})
    assert (dataset.rows, dataset.time, dataset.options.footer) == (ROWS, "Day", True)
