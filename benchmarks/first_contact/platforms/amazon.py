"""Generate Amazon's flat file for listings: three lines before the rows, as its category templates have (sellercentral help, flat files)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchmarks.first_contact import calendar
from benchmarks.first_contact.layouts import Csv
from benchmarks.first_contact.platforms.platform import Platform, dated
from benchmarks.first_contact.shop import Product, Shop
from benchmarks.first_contact.truth import Blank, Row, Sheet, column, snapshot

LISTINGS = snapshot(
    "listings",
    [
        *(column(name) for name in ("feed_product_type", "item_sku", "external_product_id", "external_product_id_type", "item_name", "brand_name")),
        column("standard_price", "number"),
        column("quantity", "integer|number"),
        *(column(name) for name in ("main_image_url", "parent_child", "parent_sku", "relationship_type", "variation_theme", "update_delete")),
        *(column(name) for name in ("product_description", "bullet_point1", "bullet_point2")),
        column("item_weight", "number"),
        column("item_weight_unit_of_measure"),
        column("color_name"),
        column("size_name"),
        column("condition_type"),
    ],
    ("item_sku",),
)
LABELS = (
    "Product Type\tSeller SKU\tProduct ID\tProduct ID Type\tProduct Name\tBrand Name\tStandard Price\tQuantity\tMain Image URL\tParentage\tParent SKU\t"
    "Relationship Type\tVariation Theme\tUpdate Delete\tProduct Description\tKey Product Features\tKey Product Features\tItem Weight\t"
    "Item Weight Unit Of Measure\tColor\tSize\tCondition"
)
TEMPLATE = "TemplateType=fptcustom\tVersion=2025.1015\tTemplateSignature=SE9NRQ==\tThe top 3 rows are for Amazon.com use only. Do not modify or delete them."


def rows(shop: Shop, number: int) -> Iterator[Row]:
    """Write products; those with variants as a parent, which has no price, and its children."""
    for product in shop.listed(number):
        if product.variants == 1:
            yield _row(shop, product, number)
            continue
        nothing = dict.fromkeys(("quantity", "external_product_id", "external_product_id_type", "size_name", "item_weight"))
        parent = {"parent_child": "Parent", "variation_theme": "Size", "standard_price": Blank(shop.price(product, number))}
        yield {**_row(shop, product, number), **nothing, **parent}
        for place in range(product.variants):
            child = {"item_sku": f"{product.sku}-{place}", "parent_child": "Child", "parent_sku": product.sku, "relationship_type": "Variation"}
            more = {"variation_theme": "Size", "size_name": ("Small", "Medium", "Large")[place], "external_product_id": None, "external_product_id_type": None}
            yield {**_row(shop, product, number), **child, **more}


def _row(shop: Shop, product: Product, number: int) -> dict[str, object]:
    return {
        "feed_product_type": "homefurnitureanddecor",
        "item_sku": product.sku,
        "external_product_id": product.gtin,
        "external_product_id_type": "EAN",
        "item_name": product.title(),
        "brand_name": product.brand,
        "standard_price": shop.price(product, number),
        "quantity": (product.number * 7 + number) % 60,
        "main_image_url": f"https://images.example.com/{product.handle}.jpg",
        "update_delete": "Update",
        "product_description": product.description(),
        "bullet_point1": "Made by hand",
        "bullet_point2": product.group(),
        "item_weight": product.grams,
        "item_weight_unit_of_measure": "GR",
        "color_name": ("White", "Black", "Green", "Blue", "Red", "Grey")[product.colour],
        "size_name": "One Size",
        "condition_type": "New",
    }


def sheets(shop: Shop, number: int) -> Sequence[Sheet]:
    """Return the file of a day."""
    layout = Csv("\t", end="\r\n", before=(TEMPLATE, LABELS))
    return [Sheet(LISTINGS, dated("amazon_listings", calendar.day(number), "txt"), list(rows(shop, number)), layout)]


PLATFORM = Platform("amazon flat file", (LISTINGS,), sheets)
