"""Kinds of columns that exports of payment services, marketplaces and web analytics have."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from sluice.config.inferred import InferredDataset
from sluice.domain import Column
from sluice.rules.naming.column_names import role
from sluice.sources.cast import to_type
from sluice.sources.infer import infer
from sluice.sources.infer.keys import infer_key
from sluice.sources.infer.modes import infer_time
from sluice.sources.infer.personal import personal_columns
from sluice.sources.infer.types import infer_column

ROWS = 200


def inferred(tmp_path: Path, name: str, frame: pl.DataFrame) -> InferredDataset:
    folder = tmp_path / "landing"
    folder.mkdir()
    frame.write_csv(folder / name)
    (dataset,) = infer(folder, tmp_path)
    return dataset


def lines(*, twice: int = 0) -> pl.DataFrame:
    """Lines of orders; some orders have the same product twice, sent to different countries."""
    draw = random.Random(2)
    rows = [(f"{order:08X}", f"SKU-{sku:04}", "NL") for order in range(0, 9000, 45) for sku in draw.sample(range(120), draw.choice([1, 1, 2]))]
    return pl.DataFrame([*rows, *((order, sku, "BE") for order, sku, _ in rows[:twice])], schema=["Order ID", "SKU", "Country"], orient="row")


@pytest.mark.parametrize("twice", [0, 2], ids=["without it they are unique", "it tells two rows apart"])
def test_a_country_is_no_part_of_a_key_that_hardly_needs_it(twice: int) -> None:
    assert "Country" not in infer_key([lines(twice=twice)], [Column("Order ID"), Column("SKU"), Column("Country")])


def test_a_reference_that_rows_of_fees_lack_is_no_key() -> None:
    references = [f"REF{number:07}" for number in range(ROWS)]
    assert infer_key([pl.DataFrame({"Modification Reference": references})], [Column("Modification Reference")]) == ("Modification Reference",)
    fees = pl.DataFrame({"Modification Reference": [*references, "Transaction Fees November"]})
    assert infer_key([fees], [Column("Modification Reference")]) == ()
    without = pl.DataFrame({"Psp Reference": [*references, None, None]})
    assert infer_key([without], [Column("Psp Reference")]) == ()


def test_the_time_of_an_event_is_one_that_all_rows_have() -> None:
    moments = [datetime(2026, 11, 20, tzinfo=UTC) + timedelta(minutes=7 * number) for number in range(ROWS)]
    rows = pl.DataFrame({"Order Paid Time": [None if number % 9 == 0 else time for number, time in enumerate(moments)], "Order Creation Date": moments})
    columns = [Column("Order Paid Time", "timestamp"), Column("Order Creation Date", "timestamp")]
    assert infer_time(rows, columns) == "Order Creation Date"
    clocks = pl.DataFrame({"client_event_time": moments, "event_time": moments})
    assert infer_time(clocks, [Column(name, "timestamp") for name in clocks.columns]) == "event_time"


@pytest.mark.parametrize(
    "pattern",
    ["{} de noviembre de 2026 10:22 hs.", "{}.11.2026 10:22 Uhr", "{} november 2026 10:22 uur", "{}/11/2026 10:22 a. m."],
    ids=["es", "de", "nl", "mx"],
)
def test_a_word_behind_the_clock_is_part_of_a_time(pattern: str) -> None:
    cells = pl.Series("Fecha de venta", [pattern.format(day) for day in range(13, 31)])
    assert infer_column(cells).column.type == "timestamp"


def test_a_zone_by_its_name_is_read_where_it_means_one_offset() -> None:
    cells = pl.Series("Payment Date", [f"{day}-Nov-2026 10:22 AM PST" for day in range(13, 31)])
    column = infer_column(cells).column
    assert to_type(cells, column)[0].isoformat() == "2026-11-13T18:22:00+00:00"
    assert infer_column(pl.Series("Payment Date", [f"{day}-Nov-2026 10:22 AM CST" for day in range(13, 31)])).column.type == "string"


def test_files_with_the_name_of_a_month_follow_one_another(tmp_path: Path) -> None:
    frame = pl.DataFrame({"Payment ID": [f"P{number * 7919:09}" for number in range(ROWS)], "Amount": [1.5] * ROWS})
    assert inferred(tmp_path, "Payments-20-Nov-2026.csv", frame).pattern == "landing/Payments-[0-9]*.csv"


def test_offers_in_a_sales_channel_are_a_table_and_no_events(tmp_path: Path) -> None:
    cells = {
        "ean": [f"40{number // 3:011}" for number in range(ROWS)],
        "sales_channel_id": [("de-1", "pl-1", "se-1")[number % 3] for number in range(ROWS)],
        "quantity": [number % 40 for number in range(ROWS)],
        "updated_at": ["2026-11-20T05:00:00Z"] * ROWS,
    }
    dataset = inferred(tmp_path, "offers_20261120T050000Z.csv", pl.DataFrame(cells))
    assert (dataset.mode, dataset.key, dataset.time) == ("snapshot", ("ean", "sales_channel_id"), None)


def test_numbers_of_things_are_counts() -> None:
    names = ["No of product in order", "visits", "pageviews", "exits", "Order No"]
    assert [role(name) for name in names] == ["count", "count", "count", "count", "code"]


def test_people_of_payments_and_reviews_are_personal() -> None:
    people = ["Nora Weber", "Jan de Vries", "Sofia Rossi", "Ali Tan", "Marie Dupont", "Tom Smith"]
    rows = pl.DataFrame({"Consumer name": people, "Reviewer Display Name": people, "Domicilio": ["Calle 1"] * 6, "Salesperson": people})
    assert [*personal_columns(rows, ["payments"])] == rows.columns


def test_the_id_of_a_tax_rate_names_nobody() -> None:
    rates = pl.DataFrame({"tax_id": ["2f1a"], "tax_rate": ["19"]})
    assert [*personal_columns(rates, ["products"])] == []
    assert [*personal_columns(rates.drop("tax_rate"), ["customers"])] == ["tax_id"]


def test_numbered_batches_of_a_settlement_follow_one_another(tmp_path: Path) -> None:
    moments = [f"2026-11-20 {number // 60 + 8:02}:{number % 60:02}:11" for number in range(ROWS)]
    frame = pl.DataFrame({"Psp Reference": [f"P{number * 7919:09}" for number in range(ROWS)], "Creation Date": moments, "Net Credit": [1.5] * ROWS})
    dataset = inferred(tmp_path, "settlement_detail_report_batch_40.csv", frame)
    assert dataset.pattern == "landing/settlement_detail_report_batch_[0-9]*.csv"
    assert (dataset.mode, dataset.time) == ("append", "Creation Date")
