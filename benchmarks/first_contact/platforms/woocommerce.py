"""Generate WooCommerce's product export, with English and with German headers (its core exporter's source)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial

from benchmarks.first_contact import calendar
from benchmarks.first_contact.layouts import Csv
from benchmarks.first_contact.platforms.own_shops import comma
from benchmarks.first_contact.platforms.platform import Platform
from benchmarks.first_contact.shop import Product, Shop
from benchmarks.first_contact.truth import Blank, Column, Row, Sheet, Table, column, plain, snapshot

GERMAN: Mapping[str, str] = {
    "ID": "ID",
    "Type": "Typ",
    "SKU": "Artikelnummer",
    "GTIN, UPC, EAN, or ISBN": "GTIN, UPC, EAN oder ISBN",
    "Name": "Name",
    "Published": "Veröffentlicht",
    "Is featured?": "Ist hervorgehoben?",
    "Visibility in catalog": "Sichtbarkeit im Katalog",
    "Short description": "Kurzbeschreibung",
    "Description": "Beschreibung",
    "Date sale price starts": "Datum, an dem Angebotspreis beginnt",
    "Date sale price ends": "Datum, an dem Angebotspreis endet",
    "Tax status": "Steuerstatus",
    "Tax class": "Steuerklasse",
    "In stock?": "Vorrätig?",
    "Stock": "Bestand",
    "Backorders allowed?": "Lieferrückstände erlaubt?",
    "Sold individually?": "Nur einzeln verkaufen?",
    "Weight (kg)": "Gewicht (kg)",
    "Length (cm)": "Länge (cm)",
    "Allow customer reviews?": "Kundenrezensionen erlauben?",
    "Sale price": "Angebotspreis",
    "Regular price": "Regulärer Preis",
    "Categories": "Kategorien",
    "Tags": "Schlagwörter",
    "Images": "Bilder",
    "Parent": "Übergeordnetes Produkt",
    "Attribute 1 name": "Name des Attributs 1",
    "Attribute 1 value(s)": "Wert(e) des Attributs 1",
    "Attribute 1 visible": "Attribut 1 Sichtbar",
    "Attribute 1 global": "Attribut 1 Global",
    "Meta: _supplier": "Meta: _supplier",
}
TYPES: Mapping[str, str] = {
    "Published": "boolean|integer|string",
    "Is featured?": "boolean|integer",
    "Date sale price starts": "timestamp|date|string",
    "Date sale price ends": "timestamp|date|string",
    "In stock?": "boolean|integer|string",
    "Stock": "integer|number",
    "Backorders allowed?": "boolean|integer|string",
    "Sold individually?": "boolean|integer",
    "Weight (kg)": "number",
    "Length (cm)": "number|integer",
    "Allow customer reviews?": "boolean|integer",
    "Sale price": "number",
    "Regular price": "number",
    "Attribute 1 visible": "boolean|integer",
    "Attribute 1 global": "boolean|integer",
}
PRICES = ("Sale price", "Regular price")


def zero_one(value: object) -> str:
    """Write a Boolean value as a digit."""
    return plain(int(value)) if isinstance(value, bool) else plain(value)


def padded(value: object) -> str:
    """Write a time with an hour of one digit, as PHP's `G` does."""
    return f"{value:%Y-%m-%d} 0:00:00" if value else ""


def escaped_lines(value: object) -> str:
    """Write a text in one line, as the exporter does; the importer restores the line breaks."""
    return plain(value).replace("\n", "\\n")


WRITERS = {"Description": escaped_lines, "Short description": escaped_lines}


def _column(name: str, header: str, *, german: bool) -> Column:
    write = comma if german and name in PRICES else padded if name.startswith("Date") else WRITERS.get(name, zero_one)
    return column(header, TYPES.get(name, "string"), write)


def _table(*, german: bool) -> Table:
    columns = [_column(name, header if german else name, german=german) for name, header in GERMAN.items()]
    return snapshot("produkte" if german else "products", columns, ("ID",), keys=(("ID",), ("Artikelnummer" if german else "SKU",)))


ENGLISH_TABLE, GERMAN_TABLE = _table(german=False), _table(german=True)


def rows(shop: Shop, number: int, language: str) -> Iterator[Row]:
    """Write products and their variations, by their ids."""
    for product in shop.listed(number):
        yield _product(shop, product, number, language)
    for product in shop.listed(number):
        for place in range(product.variants if product.variants > 1 else 0):
            yield _variation(shop, product, place, number, language)


def _product(shop: Shop, product: Product, number: int, language: str) -> dict[str, object]:
    parent = product.variants > 1
    price, campaign = shop.price(product, 0), calendar.discount(number) > 0
    return {
        "ID": 100 + product.number,
        "Type": "variable" if parent else "simple",
        "SKU": product.sku,
        "GTIN, UPC, EAN, or ISBN": None if parent else product.gtin,
        "Name": product.title(language),
        "Published": True,
        "Is featured?": product.number % 10 == 0,
        "Visibility in catalog": "visible",
        "Short description": product.description(language).split(".")[0] + ".",
        "Description": f"<p>{product.description(language)}</p>\n<ul><li>{product.brand}</li></ul>",
        "Date sale price starts": calendar.day(number) if campaign and not parent else None,
        "Date sale price ends": calendar.day(number) if campaign and not parent else None,
        "Tax status": "none" if product.number % 40 == 0 else "taxable",
        "Tax class": None,
        "In stock?": True,
        "Stock": None if parent else (product.number * 7 + number) % 60 - 2,
        "Backorders allowed?": False,
        "Sold individually?": False,
        "Weight (kg)": Decimal(product.grams) / 1000,
        "Length (cm)": 10 + product.number % 40,
        "Allow customer reviews?": True,
        "Sale price": shop.price(product, number) if campaign and not parent else None,
        "Regular price": Blank(price) if parent else price,
        "Categories": f"{product.group(language)}, {product.group(language)} > {product.brand}",
        "Tags": product.brand.lower(),
        "Images": f"https://example.com/wp-content/{product.handle}.jpg, https://example.com/wp-content/{product.handle}-2.jpg",
        "Parent": None,
        "Attribute 1 name": "Size" if language == "en" else "Größe",
        "Attribute 1 value(s)": ", ".join("SML"[: product.variants]) if parent else "M",
        "Attribute 1 visible": True,
        "Attribute 1 global": True,
        "Meta: _supplier": product.brand.upper(),
    }


def _variation(shop: Shop, product: Product, place: int, number: int, language: str) -> Row:
    campaign = calendar.discount(number) > 0
    return {
        **_product(shop, product, number, language),
        "ID": 10_000 + product.number * 10 + place,
        "Type": "variation",
        "SKU": f"{product.sku}-{'SML'[place]}",
        "Name": f"{product.title(language)} - {'SML'[place]}",
        "Short description": None,
        "Description": None,
        "Tax class": "parent",
        "Stock": (product.number * 3 + number + place) % 30,
        "Sale price": shop.price(product, number) if campaign else None,
        "Regular price": shop.price(product, 0),
        "Categories": None,
        "Tags": None,
        "Parent": product.sku,
        "Attribute 1 value(s)": "SML"[place],
        "Attribute 1 visible": None,
    }


def sheets(shop: Shop, number: int, *, german: bool) -> Sequence[Sheet]:
    """Return the export of a day: UTF-8 behind a byte order mark."""
    lines = list(rows(shop, number, "de" if german else "en"))
    if german:
        lines = [{GERMAN[name]: value for name, value in row.items()} for row in lines]
    day = calendar.day(number)
    file = f"wc-product-export-{day.day}-{day.month}-{day.year}-{1_761_000_000_123 + number * 86_400_000}.csv"
    return [Sheet(GERMAN_TABLE if german else ENGLISH_TABLE, file, lines, Csv(encoding="utf-8-sig", end="\n"))]


PLATFORM = Platform("woocommerce", (ENGLISH_TABLE,), partial(sheets, german=False))
GERMAN_PLATFORM = Platform("woocommerce, German header", (GERMAN_TABLE,), partial(sheets, german=True))
