"""What a folder suggests to recommend."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import polars as pl
import pytest

from sluice.config import read
from sluice.config.inferred import InferredDataset
from sluice.config.write import write
from sluice.domain import EMPTY, Column, Mode, ReadOptions
from sluice.messages import render
from sluice.sources.infer.recommender_settings import suggest_recommender

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def inferred(name: str, rows: pl.DataFrame, key: str, time: str | None = None, mode: Mode = "snapshot") -> InferredDataset:
    columns = tuple((Column(cells.name, "timestamp" if cells.name == time else "number" if cells.dtype.is_numeric() else "string"), EMPTY) for cells in rows)
    return InferredDataset(name, f"{name}.csv", ReadOptions("csv"), rows.height, 1, columns, (key,), time, mode)


GOODS = pl.DataFrame(
    {
        "sku": [f"P{n:03}" for n in range(60)],
        "product_name": [f"Mug {n}" for n in range(60)],
        "short_description": [f"Holds {n} ml." for n in range(60)],
        "maker": [("Aro", "Bel")[n % 2] for n in range(60)],
        "price": [float(n) for n in range(60)],
        "picture_url": [("a", "b")[n % 2] for n in range(60)],
        "supplier_code": [("1", "2")[n % 2] for n in range(60)],
        "currency": ["EUR"] * 60,
    }
)
KINDS = ("page_view", "add_to_cart", "purchase", "review", "remove_from_cart")
CLICKS = pl.DataFrame(
    {
        "click_id": [str(n) for n in range(500)],
        "user_agent": ["Mozilla"] * 500,
        "customerId": [f"c{n % 9}" for n in range(500)],
        "sku": [f"P{n % 60:03}" for n in range(500)],
        "at": [NOON] * 500,
        "event": [KINDS[n % 5] for n in range(500)],
    }
)
ROWS = {"goods": GOODS, "clicks": CLICKS}
CLICKED = inferred("clicks", CLICKS, "click_id", "at", "append")
SOLD = inferred("goods", GOODS, "sku")


def test_users_items_kinds_and_what_describes_an_item_are_recognised() -> None:
    suggested = {name: value for name, value, _ in suggest_recommender([SOLD, CLICKED], ROWS)}
    assert suggested == {
        "events": "clicks",
        "items": "goods",
        "user": "customerId",
        "item": "sku",
        "time": "at",
        "kind": "event",
        "weights": {"page_view": 1, "add_to_cart": 3, "purchase": 5},
        "title": "product_name",
        "text": ["product_name", "short_description"],
        "attributes": ["maker", "price"],
    }


def test_titles_in_another_language_choose_the_multilingual_model() -> None:
    goods = GOODS.with_columns(product_name=pl.lit("红色马克杯"), short_description=pl.lit("陶瓷"))
    suggestions = suggest_recommender([SOLD, CLICKED], {**ROWS, "goods": goods})
    assert [(value, "Chinese" in render(why)) for name, value, why in suggestions if name == "language_model"] == [("multilingual", True)]
    assert read(write([SOLD, CLICKED], {}, recommender=suggestions).encode(), "sluice.yaml", {}).recommender is not None


def test_what_is_left_out_is_told() -> None:
    whys = {name: why for name, _, why in suggest_recommender([SOLD, CLICKED], ROWS)}
    assert "remove_from_cart" in render(whys["weights"])
    assert "review" in render(whys["weights"])


def test_a_suggestion_is_a_configuration() -> None:
    config = read(write([SOLD, CLICKED], {}, recommender=suggest_recommender([SOLD, CLICKED], ROWS)).encode(), "sluice.yaml", {})
    assert config.recommender is not None
    assert (config.recommender.user, config.recommender.weights["purchase"]) == ("customerId", 5)
    assert config.recommender.attributes == ("maker", "price")


def test_kinds_that_say_nothing_known_leave_all_events_alike() -> None:
    rows = {**ROWS, "clicks": CLICKS.with_columns(event=pl.lit("x7"))}
    assert not {"kind", "weights"} & {name for name, _, _ in suggest_recommender([SOLD, CLICKED], rows)}


@pytest.mark.parametrize(
    "lacking",
    [
        inferred("clicks", CLICKS.drop("customerId"), "click_id", "at", "append"),
        inferred("clicks", CLICKS.drop("sku"), "click_id", "at", "append"),
        inferred("clicks", CLICKS, "click_id", None, "append"),
    ],
    ids=["no user", "no item", "no time"],
)
def test_nothing_is_suggested_where_nobody_met_anything(lacking: InferredDataset) -> None:
    assert suggest_recommender([SOLD, lacking], ROWS) == []
    text = write([SOLD, lacking], {})
    assert "docs/background/recommender.md" in text
    assert read(text.encode(), "sluice.yaml", {}).recommender is None


@pytest.mark.parametrize(
    ("skus", "items"),
    [
        ([f"other-{n}" for n in range(60)], None),  # an equal name, and no value in common
        ([f"P{n:03}" if n < 3 else f"other-{n}" for n in range(60)], None),  # 5 % of the events
        ([f"P{n:03}" if n < 12 else f"other-{n}" for n in range(60)], "goods"),  # 20 %, as in a sample of a large catalog
    ],
)
def test_an_equal_name_is_no_reference_without_shared_values(skus: list[str], items: str | None) -> None:
    rows = {**ROWS, "goods": GOODS.with_columns(sku=pl.Series(skus))}
    assert {name: value for name, value, _ in suggest_recommender([SOLD, CLICKED], rows)}.get("items") == items


def test_the_catalog_that_contains_most_items_is_taken() -> None:
    parts = GOODS.with_columns(sku=pl.Series([f"P{n:03}" if n < 40 else f"other-{n}" for n in range(60)]))
    datasets = [inferred("products", parts, "sku"), SOLD, CLICKED]
    for order in (datasets, datasets[::-1]):
        assert {name: value for name, value, _ in suggest_recommender(order, {**ROWS, "products": parts})}["items"] == "goods"


def test_an_equal_name_counts_where_there_is_no_value_yet() -> None:
    rows = {**ROWS, "clicks": CLICKS.clear()}
    assert ("item", "sku") in [(name, value) for name, value, _ in suggest_recommender([SOLD, CLICKED], rows)]


def test_who_met_an_item_is_no_item() -> None:
    viewers = pl.DataFrame({"customerId": [f"c{n}" for n in range(9)]})
    suggested = suggest_recommender([inferred("people", viewers, "customerId"), SOLD, CLICKED], {**ROWS, "people": viewers})
    assert ("items", "goods") in [(name, value) for name, value, _ in suggested]


OTHER_NAMES = {
    "glued words": ("visitorid", "itemid", "id", ("view", "addtocart", "transaction")),
    "app analytics": ("user_pseudo_id", "item_id", "sku", ("view_item", "add_to_cart", "purchase")),
    "reviews": ("reviewerID", "asin", "asin", ("view", "like", "buy")),
    "German": ("Kundennummer", "Artikelnummer", "Artikelnummer", ("Ansicht", "Warenkorb", "Kauf")),
    "French": ("client_id", "reference_produit", "reference", ("vue", "panier", "achat")),
    "Chinese": ("用户ID", "商品ID", "商品编号", ("浏览", "加购", "购买")),
    "a loyalty card": ("member", "product_code", "SKU", ("pv", "fav", "buy")),
}


@pytest.mark.parametrize(("user", "item", "key", "kinds"), OTHER_NAMES.values(), ids=OTHER_NAMES.keys())
def test_users_and_items_are_recognised_under_other_names(user: str, item: str, key: str, kinds: tuple[str, str, str]) -> None:
    goods = pl.DataFrame({key: [f"{n + 100}" for n in range(60)], "title": [f"Mug {n}" for n in range(60)]})
    clicks = pl.DataFrame(
        {user: [f"{n % 9}" for n in range(300)], item: [f"{n % 60 + 100}" for n in range(300)], "event": [kinds[n % 3] for n in range(300)], "ts": [NOON] * 300}
    )
    datasets = [inferred("products", goods, key), inferred("clicks", clicks, "", "ts", "append")]
    suggested = {name: value for name, value, _ in suggest_recommender(datasets, {"products": goods, "clicks": clicks})}
    assert (suggested["user"], suggested["item"], suggested.get("item_key", item)) == (user, item, key)
    assert suggested["weights"] == dict(zip(kinds, (1, 3, 5), strict=True))


def test_the_identifier_that_most_events_have_and_the_catalog_contains_is_taken() -> None:
    goods = pl.DataFrame({"parent_asin": [f"B{n}" for n in range(60)], "title": [f"Mug {n}" for n in range(60)]})
    clicks = pl.DataFrame(
        {
            "user_id": [None if n % 3 else f"u{n}" for n in range(300)],
            "user_pseudo_id": [f"{n % 9}" for n in range(300)],
            "asin": [f"X{n % 60}" for n in range(300)],
            "parent_asin": [f"B{n % 60}" for n in range(300)],
            "ts": [NOON] * 300,
        }
    )
    datasets = [inferred("meta", goods, "parent_asin"), inferred("clicks", clicks, "", "ts", "append")]
    suggested = {name: value for name, value, _ in suggest_recommender(datasets, {"meta": goods, "clicks": clicks})}
    assert (suggested["user"], suggested["item"], "item_key" in suggested) == ("user_pseudo_id", "parent_asin", False)


SKUS = [f"S{n:03}" for n in range(60)]
VARIANTS = pl.DataFrame({"Handle": [f"mug-{n}" for n in range(60)] * 2, "Variant SKU": [*SKUS, *[None] * 60], "Title": [f"Mug {n}" for n in range(60)] * 2})
LINES = {"Name": [f"#{n}" for n in range(500)], "Lineitem sku": [f"S{n % 60:03}" for n in range(500)], "Created at": [NOON] * 500}


def settings_of(events: pl.DataFrame, items: pl.DataFrame, key: tuple[str, ...], time: str) -> dict[str, object]:
    catalog = replace(inferred("products", items, key[0]), key=key, blank_key=len(key) > 1)
    suggested = suggest_recommender([inferred("orders", events, "Name", time, "append"), catalog], {"orders": events, "products": items})
    return {name: value for name, value, _ in suggested}


@pytest.mark.parametrize(
    ("columns", "user"),
    [
        (("Billing Phone", "E-Mail"), "E-Mail"),
        (("手机号",), "手机号"),
        (("Email", "customer_id"), "customer_id"),
        (("session_id", "email"), "email"),
    ],
)
def test_a_buyer_without_an_id_is_named_by_the_address(columns: tuple[str, ...], user: str) -> None:
    people = {name: [f"{name}{n % 9}" for n in range(500)] for name in columns}
    assert settings_of(pl.DataFrame({**LINES, **people}), VARIANTS, ("Handle", "Variant SKU"), "Created at")["user"] == user


def test_a_variant_is_the_item_though_rows_with_pictures_have_none() -> None:
    events = pl.DataFrame({**LINES, "Email": [f"{n % 9}@example.com" for n in range(500)]})
    settings = settings_of(events, VARIANTS, ("Handle", "Variant SKU"), "Created at")
    assert (settings["item"], settings["item_key"], settings["title"]) == ("Lineitem sku", "Variant SKU", "Title")


def test_an_item_may_have_a_row_for_each_store_view() -> None:
    events = pl.DataFrame({"Name": LINES["Name"], "product_id": LINES["Lineitem sku"], "customer": [f"c{n % 9}" for n in range(500)], "at": [NOON] * 500})
    views = pl.DataFrame({"sku": SKUS * 2, "store_view_code": [*[None] * 60, *["de"] * 60], "name": [f"Mug {n}" for n in range(120)]})
    settings = settings_of(events, views, ("sku", "store_view_code"), "at")
    assert (settings["item"], settings["item_key"], settings["title"]) == ("product_id", "sku", "name")


def test_a_table_that_seldom_names_its_user_gives_way_to_a_smaller_one_that_does() -> None:
    scans = CLICKS.rename({"click_id": "scan_id"}).with_columns(customerId=pl.when(pl.int_range(pl.len()) % 5 == 0).then("customerId"))
    fewer = CLICKS.head(200)
    rows = {"goods": GOODS, "clicks": fewer, "scans": scans}
    datasets = [SOLD, inferred("scans", scans, "scan_id", "at", "append"), inferred("clicks", fewer, "click_id", "at", "append")]
    assert suggest_recommender(datasets, rows)[0][:2] == ("events", "clicks")


def test_of_tables_that_name_their_user_the_one_with_most_such_rows_is_suggested() -> None:
    scans = CLICKS.rename({"click_id": "scan_id"}).with_columns(customerId=pl.when(pl.int_range(pl.len()) % 5 > 0).then("customerId"))
    rows = {"goods": GOODS, "clicks": CLICKS.head(300), "scans": scans}
    datasets = [SOLD, inferred("clicks", CLICKS.head(300), "click_id", "at", "append"), inferred("scans", scans, "scan_id", "at", "append")]
    assert suggest_recommender(datasets, rows)[0][:2] == ("events", "scans")


def test_names_of_products_are_no_kinds_of_events_whatever_words_they_hold() -> None:
    """Klaviyo names the product in the properties of an event, and some products are baskets."""
    products = [f"Square {('Basket', 'Mug', 'Rug', 'Vase')[n % 4]} {n % 60}" for n in range(500)]  # 60 of them
    metrics = [("Viewed Product", "Added to Cart", "Placed Order")[n % 3] for n in range(500)]
    clicks = CLICKS.drop("event").with_columns(pl.Series("event_name_of_item", products), pl.Series("metric", metrics))
    suggested = settings_of(clicks, GOODS, ("sku",), "at")
    assert suggested["kind"] == "metric"
    assert suggested["weights"] == {"Viewed Product": 1, "Added to Cart": 3, "Placed Order": 5}


@pytest.mark.parametrize("user", ["distinct_id", "profile_id", "adid", "amplitude_id"])
def test_the_ids_of_systems_of_analytics_name_the_user(user: str) -> None:
    clicks = CLICKS.rename({"customerId": user}).with_columns(pl.lit("ann@mail.example").alias("email"))
    assert settings_of(clicks, GOODS, ("sku",), "at")["user"] == user


def test_a_column_that_is_called_item_and_holds_phrases_is_the_title() -> None:
    goods = GOODS.rename({"product_name": "Item"}).with_columns(pl.format("Red {}", "Item").alias("Item"))
    assert settings_of(CLICKS, goods, ("sku",), "at")["title"] == "Item"
    assert "title" not in settings_of(CLICKS, goods.with_columns(pl.col("sku").alias("Item")), ("sku",), "at")
