"""Generate Magento 2's catalog export (its CatalogImportExport module and sample file)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, time
from decimal import Decimal

from benchmarks.first_contact import calendar
from benchmarks.first_contact.layouts import Csv
from benchmarks.first_contact.platforms.platform import Platform, dated
from benchmarks.first_contact.platforms.woocommerce import zero_one
from benchmarks.first_contact.shop import Product, Shop
from benchmarks.first_contact.truth import Blank, Row, Sheet, column, plain, snapshot


def guarded(value: object) -> str:
    """Write a blank before a value that a spreadsheet would take for a formula, negative numbers too."""
    text = zero_one(value)
    return f" {text}" if text[:1] in ("=", "+", "-") else text


def american(value: object) -> str:
    """Write a time with an hour of one digit."""
    return f"{value:%Y-%m-%d} 3:34:20" if isinstance(value, datetime) else plain(value)


CATALOG = snapshot(
    "catalog_product",
    [
        *(column(name) for name in ("sku", "store_view_code", "attribute_set_code", "product_type", "categories", "product_websites", "name")),
        *(column(name) for name in ("description", "short_description")),
        column("weight", "number"),
        column("product_online", "boolean|integer", zero_one),
        column("tax_class_name"),
        column("visibility"),
        column("price", "number"),
        column("special_price", "number"),
        column("url_key"),
        column("base_image"),
        column("created_at", "timestamp|date", american),
        column("updated_at", "timestamp|date", american),
        column("additional_attributes"),
        column("qty", "number|integer"),
        column("out_of_stock_qty", "number|integer", guarded),
        column("use_config_min_qty", "boolean|integer", zero_one),
        column("is_in_stock", "boolean|integer", zero_one),
        column("website_id", "integer|string|boolean|number"),
        column("related_skus"),
        column("additional_images"),
        column("configurable_variations"),
        column("associated_skus"),
    ],
    ("sku", "store_view_code"),
)


def rows(shop: Shop, number: int) -> Iterator[Row]:
    """Write products, children before their parents, and a translation of some for the German store view."""
    for product in shop.listed(number):
        for place in range(product.variants if product.variants > 1 else 0):
            yield {**_row(shop, product, number), "sku": f"{product.sku}-{place}", "visibility": "Not Visible Individually"}
        yield _parent(shop, product, number) if product.variants > 1 else _row(shop, product, number)
        if product.number % 3 == 0:
            default = _parent(shop, product, number) if product.variants > 1 else _row(shop, product, number)
            inherited = {name: value if isinstance(value, Blank) else Blank(value) for name, value in default.items()}
            own = {"sku": product.sku, "store_view_code": "de", "product_type": default["product_type"], "name": product.title("de")}
            yield {**inherited, **own}


def _parent(shop: Shop, product: Product, number: int) -> dict[str, object]:
    children = "|".join(f"sku={product.sku}-{place},size={'SML'[place]}" for place in range(product.variants))
    more = {"product_type": "configurable", "configurable_variations": children, "qty": Decimal("0.0000")}
    return {**_row(shop, product, number), **more, "price": Blank(shop.price(product, number)), "weight": None}


def _row(shop: Shop, product: Product, number: int) -> dict[str, object]:
    day = datetime.combine(calendar.day(number), time(3, 34, 20))
    campaign = calendar.discount(number) > 0
    return {
        "sku": product.sku,
        "attribute_set_code": "Default",
        "product_type": "simple",
        "categories": f"Default Category/{product.group()},Default Category/Brands/{product.brand.replace(' & ', ' ')}",
        "product_websites": "base",
        "name": product.title(),
        "description": f"<p>{product.description()}</p>",
        "short_description": product.description().split(".")[0],
        "weight": (Decimal(product.grams) / 1000).quantize(Decimal("0.0001")),
        "product_online": True,
        "tax_class_name": "Taxable Goods",
        "visibility": "Catalog, Search",
        "price": shop.price(product, 0).quantize(Decimal("0.0001")),
        "special_price": shop.price(product, number).quantize(Decimal("0.0001")) if campaign else None,
        "url_key": product.handle,
        "base_image": f"/{product.handle[0]}/{product.handle[1]}/{product.handle}.jpg",
        "created_at": day.replace(year=2023, month=1 + product.number % 12, day=1 + product.number % 28),
        "updated_at": day,
        "additional_attributes": f"brand={product.brand},colour={product.colour}",
        "qty": Decimal((product.number * 7 + number) % 60).quantize(Decimal("0.0001")),
        "out_of_stock_qty": Decimal("-5.0000") if product.number % 20 == 0 else Decimal("0.0000"),
        "use_config_min_qty": product.number % 20 > 0,
        "is_in_stock": True,
        "website_id": 0,
        "related_skus": f"{(product.number + 1) * 37 + 11:06d},{(product.number + 2) * 37 + 11:06d}",
        "additional_images": f"/{product.handle[0]}/{product.handle}-1.jpg,/{product.handle[0]}/{product.handle}-2.jpg",
    }


def sheets(shop: Shop, number: int) -> Sequence[Sheet]:
    """Return the export of a day."""
    return [Sheet(CATALOG, dated("catalog_product", calendar.day(number), "csv", "%Y%m%d"), list(rows(shop, number)), Csv(end="\n"))]


PLATFORM = Platform("magento", (CATALOG,), sheets)
