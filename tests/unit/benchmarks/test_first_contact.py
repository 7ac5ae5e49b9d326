"""The generated exports are the same for the same seed, and their truth is what their files say."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from benchmarks.first_contact import calendar
from benchmarks.first_contact.compare import is_right, normal, wrong_cells
from benchmarks.first_contact.layouts import Csv, json_lines
from benchmarks.first_contact.platforms import PLATFORMS, own_shops, shopify
from benchmarks.first_contact.platforms.platform import Platform
from benchmarks.first_contact.shop import check_digit, draw_shop
from benchmarks.first_contact.truth import Blank, Nothing, column, snapshot

SHOP = draw_shop(7, products=30, customers=20, orders_a_day=8, events_a_day=20)
NUMBER_OF = {calendar.day(number): number for number in range(calendar.DAYS)}


@pytest.mark.parametrize("platform", PLATFORMS, ids=lambda platform: platform.name)
def test_the_same_seed_writes_the_same_bytes(platform: Platform) -> None:
    again = draw_shop.__wrapped__(7, products=30, customers=20, orders_a_day=8, events_a_day=20)
    for number in (0, 1, NUMBER_OF[calendar.CAMPAIGN]):
        first, second = ([(sheet.file, sheet.content()) for sheet in platform.files(shop, number)] for shop in (SHOP, again))
        assert first == second


@pytest.mark.parametrize("platform", PLATFORMS, ids=lambda platform: platform.name)
def test_every_file_has_its_own_name_and_only_columns_of_its_table(platform: Platform) -> None:
    days = (0, *(NUMBER_OF[day] for day in (calendar.EMPTY, calendar.RESENT, calendar.CAMPAIGN)))
    files = [sheet for number in days for sheet in platform.files(SHOP, number)]
    assert len({sheet.file for sheet in files}) == len(files)
    assert {sheet.table.name for sheet in files} == {table.name for table in platform.tables}
    for sheet in files:
        assert not sheet.rows or {name for row in sheet.rows for name in row} & {item.name for item in sheet.table.columns}


@pytest.mark.parametrize("platform", PLATFORMS, ids=lambda platform: platform.name)
def test_keys_times_and_references_name_columns_and_a_key_is_unique(platform: Platform) -> None:
    names = {table.name: {item.name for item in table.columns} for table in platform.tables}
    for table in platform.tables:
        derived = {"line", "items_position"}  # positions within an order or an event, which the reader counts
        assert {name for key in table.keys for name in key} - derived | {time for time in table.times if time} | set(table.references) <= names[table.name]
        assert set(table.references.values()) <= set(names)
    for sheet in platform.files(SHOP, 0):
        keys = [key for key in sheet.table.keys if key]
        unique = [key for key in keys if len({tuple(str(row.get(name)) for name in key) for row in sheet.rows}) == len(sheet.rows)]
        assert unique or () in sheet.table.keys


def test_days_have_weekends_a_campaign_an_empty_day_and_a_resent_file() -> None:
    counts = {calendar.day(number): len(SHOP.orders(number)) for number in range(calendar.DAYS)}
    assert (counts[date(2025, 10, 20)], counts[date(2025, 10, 25)], counts[calendar.CAMPAIGN], counts[calendar.EMPTY]) == (8, 11, 64, 0)
    assert any(day.day == 31 for day in counts)
    normal_price, campaign_price = (SHOP.price(SHOP.products[5], number) for number in (0, NUMBER_OF[calendar.CAMPAIGN]))
    assert campaign_price == (normal_price * 7 / 10).quantize(Decimal("0.01"))
    number = NUMBER_OF[calendar.RESENT]
    before, *_, resent = own_shops.PLATFORM.sheets(SHOP, number - 1)[1], *own_shops.PLATFORM.files(SHOP, number)
    assert (resent.file, resent.content()) == ("events_2025-11-07_2.csv", before.content())


def test_products_come_and_go() -> None:
    first, later = ({product.number for product in SHOP.listed(number)} for number in (0, 10))
    assert len(first) == len(later) == 30
    assert len(later - first) == len(first - later) == 10


def test_codes_end_with_the_check_digit_of_gs1() -> None:
    assert check_digit("400638133393") == "1"  # a published example
    assert all(check_digit(product.gtin[:-1]) == product.gtin[-1] for product in SHOP.products)


def test_only_the_first_row_of_a_shopify_product_has_its_title() -> None:
    sheet = shopify.PLATFORM.files(SHOP, 0)[0]
    rows = list(csv.DictReader(io.StringIO(sheet.content().decode())))
    by_handle: dict[str, list[str]] = {}
    for row in rows:
        by_handle.setdefault(row["Handle"], []).append(row["Title"])
    assert all(titles[0] and not any(titles[1:]) for titles in by_handle.values())
    assert [row["Variant Price"] or None for row in rows] == [str(row["Variant Price"]) if "Variant Price" in row else None for row in sheet.rows]


def test_the_german_shop_writes_decimal_commas_in_cp1252() -> None:
    text = own_shops.GERMAN.files(SHOP, 0)[0].content().decode("cp1252")
    first = next(csv.DictReader(io.StringIO(text), delimiter=";"))
    product = SHOP.listed(0)[0]
    assert first["Preis"] == f"{SHOP.price(product, 0):.2f} €".replace(".", ",")
    assert first["Artikelnummer"] == product.sku


def test_a_dot_in_a_name_is_a_level_in_json() -> None:
    table = snapshot("t", [column("a.b", write=lambda value: value), column("c", write=lambda value: value)], ())
    assert json.loads(json_lines(table, [{"a.b": 1, "c": None}])) == {"a": {"b": 1}}


def test_what_stands_before_a_header_and_behind_a_row_is_written() -> None:
    table = snapshot("t", [column("a"), column("b")], ())
    assert Csv(";", end="\n", before=("x",), trailing=True)(table, [{"a": "1"}]) == b"x\na;b;\n1;;\n"


@pytest.mark.parametrize(
    ("right", "published", "correct"),
    [
        (Decimal("12.90"), 12.9, True),
        (Decimal("12.90"), "12.90", True),
        (Decimal("12.90"), 1290.0, False),
        (Decimal("12.90"), None, False),
        ("000123", "000123", True),
        ("000123", 123, False),
        ("mug-birch", "rug-birch", False),
        ("<p>5&quot; mug</p>", '<p>5" mug</p>', True),
        (datetime(2025, 10, 20, 5, 11, 9), datetime(2025, 10, 20, 5, 11, 9, tzinfo=UTC), True),  # noqa: DTZ001
        (datetime(2025, 10, 20, 5, 11, 9), datetime(2025, 10, 19, 21, 11, 9, tzinfo=UTC), True),  # noqa: DTZ001
        (datetime(2025, 10, 20, 5, 11, 9), datetime(1970, 1, 1, tzinfo=UTC), False),  # noqa: DTZ001
        (True, "true", True),
        (True, False, False),
        (True, 1.0, True),
        (True, 0.0, False),
        (Blank("Mug"), None, True),
        (Blank("Mug"), "Mug", True),
        (Blank("Mug"), "Rug", False),
        (Nothing("n/a"), None, True),
        (Nothing("n/a"), "n/a", True),
        (Nothing("n/a"), "x", False),
        (None, None, True),
        (None, "x", False),
    ],
)
def test_a_published_cell_is_right_if_it_says_the_same(right: object, published: object, correct: bool) -> None:
    assert is_right(column("x"), right, published) == correct


def test_changed_cells_are_listed_with_their_place() -> None:
    table = snapshot("t", [column("Price (EUR)"), column("name")], ())
    rows = [{"Price (EUR)": Decimal("1.50"), "name": "a"}, {"Price (EUR)": Decimal("2.50"), "name": "b"}]
    assert wrong_cells(table, rows, [(1, {"price_eur": 2.5, "name": "c", "_row_id": "x.1"})]) == [("name", "b", "c")]


def test_spellings_of_a_path_are_the_same() -> None:
    assert normal("event_params[key=page_location].value.string_value") == normal("event_params[key=page_location]") == "event_params.k_page_location"
    assert normal("event_params[key=value].value.double_value") == normal("event_params[key=value]") != normal("event_params")
    assert normal("items[].item_id") == normal("items.item_id")
