"""`sluice init` on a grown folder proposes additions, and leaves what a person wrote as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from sluice.app.config_growth import edited, propose_growth
from sluice.config import load
from tests.refusing import refuse

CONFIG = """# our shop
datasets:
  purchases:  # nightly
    source: {files: "landing/orders_*.csv"}
    key: [order_no]
    columns:
      order_no: {type: string}   # never a number
      price: {type: number}
    gate: {minimum: 80}
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "landing").mkdir()
    (tmp_path / "sluice.yaml").write_text(CONFIG, encoding="utf-8")
    land(tmp_path, "orders_2026-11-01.csv", "order_no,price", "A{n:04},{n}.50")
    return tmp_path


def land(shop: Path, name: str, header: str, line: str) -> None:
    (shop / "landing" / name).write_text("\n".join([header, *(line.format(n=n) for n in range(40))]), encoding="utf-8")


def grow(shop: Path) -> tuple[list[str], str]:
    """The proposals, and the lines that the edited text has beside those of the present one, which all stay."""
    growths = propose_growth(shop / "landing", shop / "sluice.yaml", refuse)
    text, difference = edited(shop / "sluice.yaml", growths)
    assert [line for line in difference.splitlines()[2:] if line.startswith("-")] == []
    (shop / "sluice.yaml").write_text(text, encoding="utf-8")
    load(shop / "sluice.yaml")
    return [f"{row['proposal']} {row['place']}" for growth in growths for row in growth.facts()], difference


def test_a_folder_that_is_described_adds_nothing(shop: Path) -> None:
    assert grow(shop) == ([], "")


def test_new_columns_and_datasets_are_added_once(shop: Path) -> None:
    land(shop, "orders_2026-11-02.csv", "order_no,price,email,sku", "B{n:04},{n}.50,a{n}@shop.example,S{n:03}")
    land(shop, "products.csv", "sku,title", "S{n:03},Thing {n}")

    proposals, difference = grow(shop)

    assert proposals == ["add column purchases.email", "add column purchases.sku", "add dataset products"]
    columns = load(shop / "sluice.yaml").datasets["purchases"].columns
    assert list(columns) == ["order_no", "price", "email", "sku"]
    assert columns["email"].personal
    assert "      order_no: {type: string}   # never a number" in (shop / "sluice.yaml").read_text(encoding="utf-8")
    assert "+  products:" in difference
    assert load(shop / "sluice.yaml").datasets["products"].key.columns == ("sku",)
    assert grow(shop) == ([], "")


def test_a_renamed_column_is_a_check_with_the_command(shop: Path) -> None:
    land(shop, "orders_2026-11-02.csv", "order_no,unit_price", "B{n:04},{n}.50")

    proposals, difference = grow(shop)

    assert proposals == ["check purchases.price"]
    assert "# CHECK: price: the newest file lacks it and has unit_price: renamed?" in difference
    assert "sluice rebuild purchases" in difference
    assert grow(shop)[1] == ""  # the comment is there


def test_files_that_begin_alike_and_are_not_taken_are_a_check(shop: Path) -> None:
    for day in (2, 3):
        land(shop, f"orders_2026-11-0{day}.csv", "order_no,price", f"{day}B{{n:04}},{{n}}.50")
    (shop / "landing" / "orders_2026-11-04.jsonl").write_text('{"order_no": "C1", "price": 2.5}\n' * 3, encoding="utf-8")

    proposals, difference = grow(shop)

    assert proposals == ["check purchases"]
    assert "such as orders_2026-11-04.jsonl" in difference


def test_a_name_that_is_taken_gets_a_number_and_windows_line_ends_stay(shop: Path) -> None:
    (shop / "sluice.yaml").write_bytes(CONFIG.replace("purchases", "products").replace("\n", "\r\n").encode())
    land(shop, "products.csv", "sku,title", "S{n:03},Thing {n}")

    growths = propose_growth(shop / "landing", shop / "sluice.yaml", refuse)
    text, _ = edited(shop / "sluice.yaml", growths)

    assert [growth.dataset for growth in growths] == ["products_2"]
    assert text.count("\n") == text.count("\r\n")


@pytest.mark.parametrize("declared", ["customer_id: {type: string}  # of the till", "customer_id: {}", "customer_id:\n        type: string  # of the till"])
def test_ids_that_arrive_with_decimals_in_a_file_get_the_format_that_reads_them(shop: Path, declared: str) -> None:
    config = CONFIG.replace("      price:", f"      {declared}\n      price:")
    (shop / "sluice.yaml").write_text(config, encoding="utf-8")
    land(shop, "orders_2026-11-01.csv", "order_no,customer_id,price", "A{n:04},{n},{n}.50")
    assert propose_growth(shop / "landing", shop / "sluice.yaml", refuse) == []
    land(shop, "orders_2026-11-02.csv", "order_no,customer_id,price", "B{n:04},{n}.0,{n}.50")

    growths = propose_growth(shop / "landing", shop / "sluice.yaml", refuse)
    text, difference = edited(shop / "sluice.yaml", growths)
    (shop / "sluice.yaml").write_text(text, encoding="utf-8")

    assert [f"{row['proposal']} {row['place']}" for growth in growths for row in growth.facts()] == ["declare format: whole_number purchases.customer_id"]
    assert load(shop / "sluice.yaml").datasets["purchases"].columns["customer_id"].format == "whole_number"
    assert "of the till" in difference or "of the till" not in declared
    assert grow(shop) == ([], "")
