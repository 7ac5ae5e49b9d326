"""Generate PrestaShop's products and combinations in the form of its documented CSV files (PrestaShop repository, docs/csv_import)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal

from benchmarks.first_contact import calendar
from benchmarks.first_contact.layouts import Csv
from benchmarks.first_contact.platforms.platform import Platform, dated
from benchmarks.first_contact.platforms.woocommerce import zero_one
from benchmarks.first_contact.shop import Product, Shop
from benchmarks.first_contact.truth import Row, Sheet, column, snapshot

FLAG = "boolean|integer"
PRODUCTS = snapshot(
    "products",
    [
        column("Product ID", "integer|string"),
        column("Active (0/1)", FLAG, zero_one),
        *(column(name) for name in ("Name *", "Categories (x,y,z...)")),
        column("Price tax excluded", "number"),
        column("Tax rules ID", "integer|string|boolean"),
        column("Wholesale price", "number"),
        column("On sale (0/1)", FLAG, zero_one),
        *(column(name, "any") for name in ("Discount amount", "Discount percent", "Discount from (yyyy-mm-dd)", "Discount to (yyyy-mm-dd)")),
        *(column(name) for name in ("Reference #", "Supplier reference #", "Supplier", "Manufacturer", "EAN13")),
        *(column(name, "any") for name in ("UPC", "MPN", "Ecotax")),
        *(column(name, "number") for name in ("Width", "Height", "Depth", "Weight")),
        column("Quantity", "integer|number"),
        column("Minimal quantity", "integer|number|boolean"),
        column("Low stock level", "integer|number"),
        column("Visibility"),
        column("Additional shipping cost", "any"),
        *(column(name) for name in ("Summary", "Description", "Tags (x,y,z...)", "Meta title", "Meta description", "URL rewritten", "Text when in stock")),
        column("Available for order (0 = No, 1 = Yes)", FLAG, zero_one),
        column("Product available date", "any"),
        column("Product creation date", "date|timestamp"),
        column("Show price (0 = No, 1 = Yes)", FLAG, zero_one),
        column("Image URLs (x,y,z...)"),
        column("Image alt texts (x,y,z...)"),
        column("Delete existing images (0 = No, 1 = Yes)", FLAG, zero_one),
        column("Feature(Name:Value:Position)"),
        column("Available online only (0 = No, 1 = Yes)", FLAG, zero_one),
        column("Condition"),
        column("Customizable (0 = No, 1 = Yes)", FLAG, zero_one),
        column("Out of stock action", "integer|string|boolean"),
        column("ID / Name of shop", "any"),
        column("Warehouse", "any"),
        column("Acessories  (x,y,z...)", "any"),
    ],
    ("Product ID",),
    keys=(("Product ID",), ("Reference #",)),
)
COMBINATIONS = snapshot(
    "combinations",
    [
        column("Product ID*", "integer|string"),
        *(column(name) for name in ("Attribute (Name:Type:Position)*", "Value (Value:Position)*", "Supplier reference", "Reference", "EAN13")),
        *(column(name, "any") for name in ("ISBN", "UPC")),
        column("Wholesale price", "number"),
        column("Impact on price", "number"),
        column("Ecotax", "any"),
        column("Quantity", "integer|number"),
        column("Minimal quantity", "integer|number|boolean"),
        column("Low stock level", "integer|number"),
        column("Impact on weight", "number"),
        column("Default (0 = No, 1 = Yes)", FLAG, zero_one),
        column("Combination available date", "any"),
        column("Image position", "integer|string|number|boolean"),
        column("Image URLs (x,y,z...)"),
        column("Image alt texts (x,y,z...)"),
        column("ID / Name of shop", "any"),
        column("Advanced Stock Managment", "any", zero_one),
        column("Depends on stock", "any", zero_one),
        column("Warehouse", "any"),
    ],
    ("Product ID*", "Value (Value:Position)*"),
    keys=(
        ("Product ID*", "Value (Value:Position)*"),
        ("Product ID*", "Attribute (Name:Type:Position)*", "Value (Value:Position)*"),
        ("Reference",),
        ("Supplier reference",),
    ),
    references={"Product ID*": "products"},
)
SIX = Decimal("0.000001")


def product_rows(shop: Shop, number: int) -> Iterator[Row]:
    """Write one row a product; prices are without tax, and one with combinations has its codes there."""
    for product in shop.listed(number):
        campaign, day = calendar.discount(number), calendar.day(number)
        yield {
            "Product ID": product.number + 20,
            "Active (0/1)": True,
            "Name *": product.title(),
            "Categories (x,y,z...)": f"Home,{product.group()}",
            "Price tax excluded": _untaxed(shop, product),
            "Tax rules ID": 1,
            "Wholesale price": (_untaxed(shop, product) / 2).quantize(SIX),
            "On sale (0/1)": campaign > 0,
            "Discount percent": campaign or None,
            "Discount from (yyyy-mm-dd)": day if campaign else None,
            "Discount to (yyyy-mm-dd)": day + timedelta(days=1) if campaign else None,
            "Reference #": f"RP-{product.sku}",
            "Supplier reference #": f"RF-{product.sku}",
            "Supplier": f"{product.brand} Wholesale",
            "Manufacturer": product.brand,
            "EAN13": product.gtin if product.variants == 1 else None,
            **{name: Decimal(10 + product.number * step % 60) / 100 for step, name in ((3, "Width"), (7, "Height"), (11, "Depth"))},
            "Weight": (Decimal(product.grams) / 1000).quantize(SIX),
            "Quantity": (product.number * 7 + number * 3) % 160,
            "Minimal quantity": 1,
            "Low stock level": product.number % 4,
            "Visibility": ("both", "both", "catalog", "search", "none")[product.number % 5],
            "Summary": f"<p>{product.description().split('.')[0]}.</p>",
            "Description": f"<p>{product.description()}</p>",
            "Tags (x,y,z...)": f"{product.group().lower()}, {product.brand.lower()}",
            "Meta title": product.title(),
            "Meta description": product.description(),
            "URL rewritten": product.handle,
            "Text when in stock": "In Stock",
            "Available for order (0 = No, 1 = Yes)": True,
            "Product creation date": date(2023, 1 + product.number % 12, 1 + product.number % 28),
            "Show price (0 = No, 1 = Yes)": True,
            "Image URLs (x,y,z...)": ",".join(f"https://shop.example.com/img/p/{product.number}/{place}.jpg" for place in (1, 2)),
            "Image alt texts (x,y,z...)": f"{product.title()} in front,{product.title()} behind",
            "Delete existing images (0 = No, 1 = Yes)": False,
            "Feature(Name:Value:Position)": f"Brand:{product.brand}:1",
            "Available online only (0 = No, 1 = Yes)": product.number % 9 == 0,
            "Condition": "refurbished" if product.number % 12 == 0 else "new",
            "Customizable (0 = No, 1 = Yes)": False,
            "Out of stock action": product.number % 3,
            "ID / Name of shop": 1,
        }


def _untaxed(shop: Shop, product: Product) -> Decimal:
    return (shop.price(product, 0) / Decimal("1.2")).quantize(SIX)


def combination_rows(shop: Shop, number: int) -> Iterator[Row]:
    """Write one row a combination; an impact is a difference from the product's price."""
    for product in shop.listed(number):
        for place in range(product.variants if product.variants > 1 else 0):
            size = "SML"[place]
            code = f"{product.sku}-{size}"
            yield {
                "Product ID*": product.number + 20,
                "Attribute (Name:Type:Position)*": "Size:select:0",
                "Value (Value:Position)*": f"{size}:{place}",
                "Supplier reference": f"RF-{code}",
                "Reference": f"RP-{code}",
                "EAN13": product.gtin if place == 0 else None,
                "Wholesale price": (_untaxed(shop, product) / 2).quantize(SIX),
                "Impact on price": Decimal(place - 1).quantize(SIX),
                "Quantity": (product.number * 5 + number + place) % 40,
                "Minimal quantity": 1,
                "Low stock level": place,
                "Impact on weight": (Decimal(place) / 20).quantize(SIX),
                "Default (0 = No, 1 = Yes)": place == 0,
                "Image position": place + 1,
                "Image URLs (x,y,z...)": f"https://shop.example.com/img/p/{product.number}/{place}.jpg",
                "Image alt texts (x,y,z...)": f"{product.title()}, {size}",
                "ID / Name of shop": 1,
                "Advanced Stock Managment": False,
                "Depends on stock": False,
            }


def sheets(shop: Shop, number: int) -> Sequence[Sheet]:
    """Return the two exports of a day, with semicolons between cells."""
    day, layout = calendar.day(number), Csv(separator=";", end="\n")
    return [
        Sheet(PRODUCTS, dated("products", day, "csv"), list(product_rows(shop, number)), layout),
        Sheet(COMBINATIONS, dated("combinations", day, "csv"), list(combination_rows(shop, number)), layout),
    ]


PLATFORM = Platform("prestashop", (PRODUCTS, COMBINATIONS), sheets)
