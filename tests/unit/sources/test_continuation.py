"""Rows of one order or product belong together: what is written in the first row alone is filled down, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.config import Limits, read
from sluice.domain import Column, ReadOptions, Schema
from sluice.errors import ConfigError
from sluice.messages import render
from sluice.sources import FileSource
from sluice.sources.continuation import fill_from_first_row
from sluice.sources.infer import infer
from sluice.sources.infer.continuation import Continuation, find_continuation

CELL = st.none() | st.sampled_from(["a", "b", "c"])


def orders(lines: int = 30) -> list[dict[str, str | None]]:
    """Return the lines of orders as a shop exports them: two lines an order, the order's columns in the first."""
    rows: list[dict[str, str | None]] = []
    for number in range(lines // 2):
        order = {
            "Order": f"#{1000 + number}",
            "Paid at": f"2026-11-{number % 28 + 1:02} 08:00:00 +0100",
            "Status": "paid",
            "Total": f"{20 + number}.50",
            "Id": f"55{number:04}",
        }
        rows.append({**order, "Line sku": f"S{number % 7}", "Line price": "9.50"})
        rows.append({**dict.fromkeys(order), "Order": order["Order"], "Line sku": f"S{number % 5 + 10}", "Line price": "11.00"})
    return rows


def test_a_group_is_filled_from_its_first_row_alone() -> None:
    rows = pl.DataFrame(
        {
            "order": ["1", "1", "1", "2", "2", "3"],
            "buyer": ["Ann", None, None, None, None, "Cid"],
            "note": [None, "late", None, "x", None, None],
        }
    )
    filled = fill_from_first_row(rows, ["order"], ["buyer", "note"])
    assert filled["buyer"].to_list() == ["Ann", "Ann", "Ann", None, None, "Cid"]
    assert filled["note"].to_list() == [None, "late", None, "x", "x", None]


def test_a_row_without_its_group_belongs_to_the_one_above() -> None:
    rows = pl.DataFrame({"handle": [None, "a", None, "b", None], "title": ["?", "Lamp", None, "Mug", None]})
    filled = fill_from_first_row(rows, ["handle"], ["title"])
    assert filled.rows() == [(None, "?"), ("a", "Lamp"), ("a", "Lamp"), ("b", "Mug"), ("b", "Mug")]


@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=20))
def test_filling_changes_no_cell_that_has_a_value_and_loses_no_row(rows: list[tuple[str | None, ...]]) -> None:
    frame = pl.DataFrame(rows, schema={"group": pl.String, "first": pl.String, "other": pl.String}, orient="row")
    filled = fill_from_first_row(frame, ["group"], ["first"])
    assert filled.height == frame.height
    assert filled["other"].equals(frame["other"])
    changed = frame.select((pl.col("first").is_not_null() & (pl.col("first") != filled["first"])).any()).item()
    assert not changed


def test_the_source_fills_groups_whose_column_is_not_declared(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("order,buyer,sku\n1,Ann,a\n1,,b\n", encoding="utf-8")
    options = ReadOptions(group_by=("order",), fill_down=("buyer",))
    source = FileSource(Schema("orders", columns=(Column("buyer"), Column("sku"))), "orders.csv", tmp_path, Limits(), options)
    batch = source.read(next(source.arrivals()))
    assert batch.rows.select("buyer", "sku").rows() == [("Ann", "a"), ("Ann", "b")]


def test_fill_down_without_a_group_is_a_mistake_of_the_configuration() -> None:
    with pytest.raises(ConfigError, match="need group_by"):
        read(b"datasets: {a: {source: {files: a.csv, fill_down: [x]}, columns: {x: {}}}}", "sluice.yaml", {})


def test_lines_of_orders_are_recognised_and_totals_are_not_repeated(tmp_path: Path) -> None:
    assert find_continuation(pl.DataFrame(orders())) == Continuation(("Order",), ("Paid at", "Status", "Id"), ("Total",))
    (tmp_path / "landing").mkdir()
    pl.DataFrame(orders()).write_csv(tmp_path / "landing" / "orders.csv")
    (dataset,) = infer(tmp_path / "landing")
    assert (dataset.options.group_by, dataset.options.fill_down) == (("Order",), ("Paid at", "Status", "Id"))
    assert "Total stay in the first row of each" in render(dataset.note)
    assert dataset.time == "Paid at"


def test_an_order_number_that_is_written_in_the_first_line_alone_names_the_group(tmp_path: Path) -> None:
    rows = [{**row, "Order": row["Order"] if row["Id"] else None} for row in orders()]
    continuation = find_continuation(pl.DataFrame(rows))
    assert continuation == Continuation(("Order",), ("Paid at", "Status", "Id"), ("Total",))
    filled = fill_from_first_row(pl.DataFrame(rows), continuation.group_by, continuation.fill_down)
    assert filled["Order"].to_list() == [row["Order"] for row in orders()]
    assert filled["Status"].null_count() == 0


def test_codes_that_some_products_lack_name_no_groups() -> None:
    branded = [number % 3 != 2 for number in range(60)]
    feed = {
        "id": [f"P{number}" for number in range(60)],
        "gtin": [f"40{number:011}" if has else None for number, has in enumerate(branded)],
        "brand": [f"Brand {number % 7}" if has else None for number, has in enumerate(branded)],
        "mpn": [f"M-{number}" if has else None for number, has in enumerate(branded)],
    }
    assert find_continuation(pl.DataFrame(feed)) == Continuation()


def test_purchases_among_events_name_no_groups() -> None:
    bought = [number % 4 == 0 for number in range(60)]
    events = {
        "user": [f"u{number % 9}" for number in range(60)],
        "time": [f"2026-11-20T10:{number:02}:00Z" for number in range(60)],
        "order_no": [f"O{number}" if has else None for number, has in enumerate(bought)],
        "coupon": [f"C{number % 5}" if has else None for number, has in enumerate(bought)],
        "channel": ["web" if has else None for has in bought],
    }
    assert find_continuation(pl.DataFrame(events)) == Continuation()


def test_columns_filled_for_some_rows_only_are_no_groups() -> None:
    refunds = [{"order": f"{n}", "buyer": f"u{n % 4}", "refund": "10.00" if n % 3 == 0 else None, "reason": "late" if n % 3 == 0 else None} for n in range(60)]
    assert find_continuation(pl.DataFrame(refunds)) == Continuation()


def test_the_first_event_of_a_session_is_no_order() -> None:
    events = [
        {
            "session": f"s{n // 4}",
            "ts": f"2026-11-01T{n // 60:02}:{n % 60:02}:00Z",
            "landing": "/start" if n % 4 == 0 else None,
            "referrer": "https://a.example" if n % 4 == 0 else None,
        }
        for n in range(80)
    ]
    assert find_continuation(pl.DataFrame(events)) == Continuation()


def test_few_groups_are_no_evidence() -> None:
    assert find_continuation(pl.DataFrame(orders(8))) == Continuation()
