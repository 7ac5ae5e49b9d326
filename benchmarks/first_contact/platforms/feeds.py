"""Generate the product feeds of Google Merchant (TSV and XML), Meta (CSV) and Amazon (flat file), by their feed specifications."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from decimal import Decimal
from xml.sax.saxutils import escape

from benchmarks.first_contact import calendar
from benchmarks.first_contact.layouts import Csv
from benchmarks.first_contact.platforms.platform import Platform, dated
from benchmarks.first_contact.shop import Product, Shop
from benchmarks.first_contact.truth import Column, Row, Sheet, Table, column, plain, snapshot


def dollars(value: object) -> str:
    """Write an amount of money with its currency behind."""
    return f"{value} USD" if isinstance(value, Decimal) else plain(value)


def glued(value: object) -> str:
    """Write an amount of money with its currency glued to it."""
    return f"{value}USD" if isinstance(value, Decimal) else plain(value)


def berlin(value: object) -> str:
    """Write a local time with its offset."""
    return f"{value.isoformat()}+01:00" if isinstance(value, datetime) else plain(value)


GOOGLE_COLUMNS: Sequence[Column] = [
    *(column(name) for name in ("id", "title", "description", "link", "image_link", "additional_image_link", "availability")),
    column("availability_date", "timestamp|date", berlin),
    column("price", "number|string", dollars),
    column("sale_price", "number|string", dollars),
    column("sale_price_effective_date"),
    *(column(name) for name in ("brand", "gtin", "mpn", "condition", "google_product_category", "product_type", "item_group_id", "color", "size")),
    column("shipping_weight", "number|string", lambda value: f"{value} g"),
    column("custom_label_0"),
]
GOOGLE = snapshot("products", GOOGLE_COLUMNS, ("id",))
SEASONAL = ("sale_price", "sale_price_effective_date", "custom_label_0")  # XML has no element where there is no value
GOOGLE_XML = snapshot("feed", [replace(item, types=()) if item.name in SEASONAL else item for item in GOOGLE_COLUMNS], ("id",))
META = snapshot(
    "catalog",
    [
        *(column(name) for name in ("id", "title", "description", "availability", "condition")),
        column("price", "number|string", glued),
        *(column(name) for name in ("link", "image_link", "brand", "google_product_category")),
        column("quantity_to_sell_on_facebook", "integer|number"),
        column("sale_price", "number|string", glued),
        *(column(name) for name in ("sale_price_effective_date", "item_group_id", "gender", "color", "size", "internal_label")),
    ],
    ("id",),
)


def google_row(shop: Shop, product: Product, number: int) -> Row:
    """Return a product as the feed describes it."""
    day, campaign = calendar.day(number), calendar.discount(number) > 0
    preorder = product.number % 25 == 0
    return {
        "id": f"SKU-{product.sku}",
        "title": product.title(),
        "description": product.description(),
        "link": f"https://shop.example.com/p/{product.handle}?variant={product.number}",
        "image_link": f"https://cdn.example.com/{product.handle}.jpg",
        "additional_image_link": f"https://cdn.example.com/{product.handle}-a.jpg,https://cdn.example.com/{product.handle}-b.jpg",
        "availability": "preorder" if preorder else "out_of_stock" if product.number % 9 == 0 else "in_stock",
        "availability_date": datetime.combine(day + timedelta(days=40), time()) if preorder else None,
        "price": shop.price(product, 0),
        "sale_price": shop.price(product, number) if campaign else None,
        "sale_price_effective_date": f"{day}T00:00+0100/{day}T23:59+0100" if campaign else None,
        "brand": product.brand,
        "gtin": product.gtin,
        "mpn": f"MPN{product.number:04d}",
        "condition": "new",
        "google_product_category": "Home & Garden > Decor",
        "product_type": f"Home > {product.group()}",
        "item_group_id": f"G{product.number // 2:04d}",
        "color": ("white", "black", "green", "blue", "red", "grey")[product.colour],
        "size": ("S", "M", "L")[product.number % 3],
        "shipping_weight": product.grams,
        "custom_label_0": "sale" if campaign else None,
    }


def xml_feed(table: Table, rows: Sequence[Row]) -> bytes:
    """Write an RSS 2.0 feed whose items have elements of Google's name space."""
    parts = []
    for row in rows:
        cells = [(item.name, str(item.write(row[item.name]))) for item in table.columns if row.get(item.name) is not None]
        parts.append("<item>" + "".join(f"<g:{name}>{escape(text)}</g:{name}>" for name, text in cells) + "</item>\n")
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0">\n<channel>\n<title>Shop</title>\n'
    return f"{head}<link>https://shop.example.com</link>\n<description>Products</description>\n{''.join(parts)}</channel>\n</rss>\n".encode()


def google(shop: Shop, number: int) -> Sequence[Sheet]:
    """Return the tab-separated feed of a day."""
    lines = [google_row(shop, product, number) for product in shop.listed(number)]
    return [Sheet(GOOGLE, dated("google_feed", calendar.day(number), "txt"), lines, Csv("\t", end="\n"))]


def google_xml(shop: Shop, number: int) -> Sequence[Sheet]:
    """Return the XML feed of a day."""
    lines = [google_row(shop, product, number) for product in shop.listed(number)]
    return [Sheet(GOOGLE_XML, dated("google_feed", calendar.day(number), "xml"), lines, xml_feed)]


def meta(shop: Shop, number: int) -> Sequence[Sheet]:
    """Return the feed of a day."""
    lines = [
        {
            **google_row(shop, product, number),
            "id": f"wc_post_id_{product.number}",
            "availability": "in stock" if product.number % 9 else "out of stock",
            "quantity_to_sell_on_facebook": (product.number * 7 + number) % 60,
            "gender": "unisex",
            "internal_label": f"['{product.group().lower()}','home']",
        }
        for product in shop.listed(number)
    ]
    return [Sheet(META, dated("meta_catalog", calendar.day(number), "csv"), lines, Csv(end="\n", quote_all=True))]


GOOGLE_TSV = Platform("google merchant, TSV", (GOOGLE,), google)
GOOGLE_RSS = Platform("google merchant, XML", (GOOGLE_XML,), google_xml)
META_CATALOG = Platform("meta catalog", (META,), meta)
