"""Generate BigCommerce's modern product export (support.bigcommerce.com: Supported Product Fields, Importing Complex Attributes)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from benchmarks.first_contact import calendar
from benchmarks.first_contact.layouts import Csv
from benchmarks.first_contact.platforms.platform import Platform, dated
from benchmarks.first_contact.shop import Product, Shop
from benchmarks.first_contact.truth import Row, Sheet, column, plain, snapshot


def capital(value: object) -> str:
    """Write true and false in capital letters."""
    return plain(value).upper() if isinstance(value, bool) else plain(value)


PRODUCTS = snapshot(
    "products",
    [
        column("Item"),
        column("ID", "integer|string"),
        *(column(name) for name in ("Name", "Type", "SKU", "Options", "Inventory Tracking")),
        *(column(name, "integer|number") for name in ("Current Stock", "Low Stock")),
        *(column(name, "number") for name in ("Price", "Cost Price")),
        column("Retail Price", "any"),
        column("Sale Price", "any"),
        column("Brand ID", "integer|string"),
        column("Channels", "any"),
        *(column(name) for name in ("Categories", "Description", "Page Title", "Product URL", "Meta Description", "Search Keywords")),
        column("Bin Picking Number"),
        *(column(name) for name in ("UPC/EAN", "Global Trade Number", "Manufacturer Part Number")),
        column("Free Shipping", "boolean", capital),
        column("Fixed Shipping Cost", "number"),
        *(column(name, "number") for name in ("Weight", "Width", "Height", "Depth")),
        *(column(name, "boolean", capital) for name in ("Is Visible", "Is Featured")),
        column("Warranty", "any"),
        column("Tax Class", "any"),
        column("Product Condition"),
        column("Show Product Condition", "boolean", capital),
        column("Sort Order", "integer|number|boolean"),
        column("Variant Image URL"),
        column("Internal Image URL (Export)"),
        column("Image URL (Import)", "any"),
        column("Image Description"),
        column("Image is Thumbnail", "boolean", capital),
        column("Image Sort Order", "integer|number|boolean"),
        *(column(name, "any") for name in ("YouTube ID", "Video Title", "Video Description", "Video Sort Order")),
    ],
    ("Item", "ID"),
)


def rows(shop: Shop, number: int) -> Iterator[Row]:
    """Write products, below each its variants and its images; each kind of item counts its ids for itself."""
    for product in shop.listed(number):
        yield _product(shop, product, number)
        yield from (_variant(shop, product, place, number) for place in range(product.variants if product.variants > 1 else 0))
        yield from (_image(product, place) for place in range(1 + product.number % 2))


def _sizes(product: Product) -> dict[str, object]:
    return {name: Decimal(10 + product.number * step % 60).quantize(Decimal("0.01")) for step, name in ((3, "Width"), (7, "Height"), (11, "Depth"))}


def _product(shop: Shop, product: Product, number: int) -> Row:
    tracked = "product" if product.variants == 1 else "variant"
    campaign = calendar.discount(number) > 0
    return {
        "Item": "Product",
        "ID": 80 + product.number,
        "Name": product.title(),
        "Type": "physical",
        "SKU": product.sku,
        "Inventory Tracking": tracked,
        "Current Stock": (product.number * 7 + number * 3) % 60 if tracked == "product" else 0,
        "Low Stock": 5 if tracked == "product" else 0,
        "Price": shop.price(product, 0),
        "Cost Price": (shop.price(product, 0) / 2).quantize(Decimal("0.01")),
        "Sale Price": shop.price(product, number) if campaign else None,
        "Brand ID": 30 + len(product.brand),
        "Channels": 1,
        "Categories": f"{20 + product.category};{40 + product.noun}",
        "Description": f"<p>{product.description()}</p>\n<p>{product.brand}</p>",
        "Page Title": product.title(),
        "Product URL": f"/{product.handle}/",
        "Meta Description": product.description(),
        "Search Keywords": f"{product.group().lower()},{product.brand.lower()}",
        "Bin Picking Number": f"{'ABC'[product.number % 3]}-{product.number % 17:02d}",
        "UPC/EAN": product.gtin,
        "Global Trade Number": product.gtin,
        "Manufacturer Part Number": f"M{product.sku}",
        "Free Shipping": product.number % 8 == 0,
        "Fixed Shipping Cost": Decimal("0.00"),
        "Weight": (Decimal(product.grams) / 1000).quantize(Decimal("0.0001")),
        **_sizes(product),
        "Is Visible": product.number % 30 > 0,
        "Is Featured": product.number % 10 == 0,
        "Product Condition": "New",
        "Show Product Condition": False,
        "Sort Order": product.number % 6,
    }


def _variant(shop: Shop, product: Product, place: int, number: int) -> Row:
    size = "SML"[place]
    return {
        "Item": "Variant",
        "ID": 60 + product.number * 3 + place,
        "Name": product.title(),
        "SKU": f"{product.sku}{size}",
        "Options": f"Type=Rectangle|Name=Size|Value={size}",
        "Current Stock": (product.number * 5 + number + place) % 40,
        "Low Stock": 2,
        "Price": shop.price(product, 0),
        "Cost Price": (shop.price(product, 0) / 2).quantize(Decimal("0.01")),
        "Sale Price": shop.price(product, number) if calendar.discount(number) else None,
        "Bin Picking Number": f"{'ABC'[product.number % 3]}-{product.number % 17:02d}",
        "Free Shipping": product.number % 8 == 0,
        "Fixed Shipping Cost": Decimal("0.00"),
        "Weight": (Decimal(product.grams) / 1000).quantize(Decimal("0.0001")),
        **_sizes(product),
        "Variant Image URL": f"https://cdn.example.com/products/{product.handle}-{size}.jpg",
    }


def _image(product: Product, place: int) -> Row:
    return {
        "Item": "Image",
        "ID": 200 + product.number * 2 + place,
        "Internal Image URL (Export)": f"https://cdn.example.com/products/{product.handle}-{place}.jpg",
        "Image Description": product.title(),
        "Image is Thumbnail": place == 0,
        "Image Sort Order": place,
    }


def sheets(shop: Shop, number: int) -> Sequence[Sheet]:
    """Return the export of a day."""
    return [Sheet(PRODUCTS, dated("products", calendar.day(number), "csv"), list(rows(shop, number)), Csv(end="\n"))]


PLATFORM = Platform("bigcommerce", (PRODUCTS,), sheets)
