"""What is known of a platform's columns holds for columns without values, and for flags that all have one value."""

from __future__ import annotations

from pathlib import Path

import pytest

from sluice.sources.infer import infer
from tests.unit.sources.platforms.catalogs import CATALOGS
from tests.unit.sources.platforms.orders import ORDERS
from tests.unit.sources.platforms.sample import as_csv


def test_an_empty_sale_price_is_written_as_the_price_is(tmp_path: Path) -> None:
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing/produkte.csv").write_bytes(CATALOGS["woocommerce"].write(0))
    (dataset,) = infer(tmp_path / "landing")
    columns = {column.name: column for column, _ in dataset.columns}
    sale, regular, weight = (columns[name] for name in ("Angebotspreis", "Regulärer Preis", "Gewicht (kg)"))
    assert [(column.type, column.format) for column in (sale, regular)] == [("number", "decimal_comma")] * 2
    assert (weight.type, weight.format) == ("number", None)


def test_an_empty_sale_price_has_the_currency_of_the_price(tmp_path: Path) -> None:
    (tmp_path / "landing").mkdir()
    header = ["id", "title", "link", "image_link", "availability", "price", "sale_price"]
    lines = [[f"G{number}", f"Mug {number}", "https://a.example", "https://a.example", "in_stock", f"{number}.90 EUR", None] for number in range(40)]
    (tmp_path / "landing/feed.csv").write_bytes(as_csv(header, lines))
    (dataset,) = infer(tmp_path / "landing")
    assert {column.name: (column.type, column.unit) for column, _ in dataset.columns}["sale_price"] == ("number", "EUR")


@pytest.mark.parametrize(
    ("name", "type_name"),
    [
        ("Sold individually?", "integer"),
        ("Kundenrezensionen erlauben?", "integer"),
        ("Attribute 2 visible", "integer"),
        ("Attribut 1 Global", "integer"),
        ("In stock?", "string"),  # may be the word backorder tomorrow
        ("Lieferrückstände erlaubt?", "string"),
        ("Autoriser les commandes de produits en rupture ?", "string"),
    ],
)
def test_flags_of_woocommerce_that_all_have_one_value(tmp_path: Path, name: str, type_name: str) -> None:
    (tmp_path / "landing").mkdir()
    content = as_csv(["ID", "Type", "SKU", "Name", name], [[number, "simple", f"W-{number}", f"Mug {number}", 1] for number in range(40)])
    (tmp_path / "landing/products.csv").write_bytes(content)
    (dataset,) = infer(tmp_path / "landing")
    assert dataset.platform == "a WooCommerce product export"
    assert {column.name: column.type for column, _ in dataset.columns}[name] == type_name


def test_an_order_of_shopify_that_is_exported_again_replaces_the_first(tmp_path: Path) -> None:
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing/orders_export_1.csv").write_bytes(ORDERS["shopify_orders"].write(0))
    (dataset,) = infer(tmp_path / "landing")
    assert (dataset.mode, dataset.key, dataset.on_change) == ("append", ("Name", "line"), "replace")
    assert {column.name: column for column, _ in dataset.columns}["Name"].unit is None
