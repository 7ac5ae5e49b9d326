"""Made-up catalogs of shop systems."""

from __future__ import annotations

from tests.unit.sources.platforms.sample import Sample, as_csv

WORDS = ("Lamp", "Mug", "Rug", "Vase", "Tray", "Bowl", "Clock", "Stool", "Jar", "Cup")
WOODS = ("Alder", "Birch", "Cedar", "Dune", "Elm", "Fern", "Gale", "Hazel", "Iris", "Maple")


def title(number: int) -> str:
    return f"{WORDS[number % 10]} {WOODS[number // 10 % 10]}"


def shopify_products(day: int) -> bytes:
    header = ["Handle", "Title", "Body (HTML)", "Vendor", "Tags", "Published", "Option1 Name", "Option1 Value", "Variant SKU", "Variant Grams"]
    header += ["Variant Inventory Qty", "Variant Price", "Variant Compare At Price", "Image Src", "Image Position", "Status"]
    rows: list[list[object]] = []
    for number in range(20 + day):
        handle, picture = title(number).lower().replace(" ", "-"), f"https://cdn.example.com/{number}"
        product = [title(number), f"<p>A {title(number)}.</p>", "Acme", "home, new", "true"]
        if number % 4 == 0:
            price = [f"{20 + number + day}.00", None]
            rows.append([handle, *product, "Title", "Default Title", f"'00{number:02}", 0, 5, *price, f"{picture}.jpg", 1, "active"])
        else:
            for index, size in enumerate(("S", "M")):
                first = index == 0
                lead = [*product, "Size"] if first else [None] * 6
                picture_cells = [f"{picture}.jpg", 1] if first else [None, None]
                rows.append([handle, *lead, size, f"'0{number:02}{index}", 200, 7, "19.00", "25.00", *picture_cells, "active" if first else None])
        rows.append([handle, *[None] * 12, f"{picture}-b.jpg", 2, None])
    return as_csv(header, rows)


SHOPIFY_PRODUCTS = Sample(
    "a Shopify product export",
    "products_export_2026-11-{}.csv",
    shopify_products,
    rows=55,
    types={"Variant SKU": "string", "Variant Price": "number", "Variant Grams": "number", "Published": "boolean", "Image Position": "integer"},
    personal=(),
    key=("Handle", "Option1 Value", "Image Src"),
    mode="snapshot",
)
CATALOGS = {"shopify_products": SHOPIFY_PRODUCTS}
