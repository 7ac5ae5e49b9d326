"""Generate Shopify's product and order exports (help.shopify.com, Using CSV files; columns of the 2025 forms)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from benchmarks.first_contact import calendar
from benchmarks.first_contact.layouts import Csv
from benchmarks.first_contact.platforms.platform import Platform, dated
from benchmarks.first_contact.shop import Order, Product, Shop
from benchmarks.first_contact.truth import Blank, Nothing, Row, Sheet, column, log, plain, snapshot

SUMMER_ENDS = datetime(2025, 10, 26, 1)  # noqa: DTZ001  # naive like all times of the shop, in UTC
SIZES = ("S", "M", "L")


def zoned(value: object) -> str:
    """Write a time with its offset, as the order export does; the shop is in Berlin."""
    if not isinstance(value, datetime):
        return ""
    hours = 2 if value < SUMMER_ENDS else 1
    return f"{value + timedelta(hours=hours):%Y-%m-%d %H:%M:%S} +0{hours}00"


def guarded(value: object) -> str:
    """Write a postcode behind the mark that stops spreadsheets from reading a number."""
    return "" if value is None or isinstance(value, Blank) else f"'{value}"


def yes_no(value: object) -> str:
    """Write a Boolean value as a word."""
    return plain(value) if value is None or isinstance(value, Blank) else "yes" if value else "no"


PRODUCTS = snapshot(
    "products",
    [
        *(column(name) for name in ("Handle", "Title", "Body (HTML)", "Vendor", "Product Category", "Type", "Tags")),
        column("Published", "boolean"),
        *(column(name) for name in ("Option1 Name", "Option1 Value", "Variant SKU")),
        column("Variant Grams", "integer|number"),
        column("Variant Inventory Tracker"),
        column("Variant Inventory Qty", "integer|number"),
        *(column(name) for name in ("Variant Inventory Policy", "Variant Fulfillment Service")),
        column("Variant Price", "number"),
        column("Variant Compare At Price", "number"),
        column("Variant Requires Shipping", "boolean"),
        column("Variant Taxable", "boolean"),
        column("Variant Barcode"),
        column("Image Src"),
        column("Image Position", "integer|number"),
        column("Image Alt Text"),
        column("Gift Card", "boolean"),
        column("SEO Title", "any"),
        column("Variant Weight Unit"),
        column("Cost per item", "number"),
        column("Status"),
    ],
    ("Handle", "Option1 Value"),
    keys=((), ("Handle", "Option1 Value"), ("Handle", "Image Src"), ("Handle", "Option1 Value", "Image Src"), ("Variant SKU",)),
)
ORDERS = log(
    "orders",
    [
        column("Name"),
        column("Email", personal=True),
        column("Financial Status"),
        *(column(name, "timestamp", zoned) for name in ("Paid at", "Fulfilled at")),
        column("Fulfillment Status"),
        column("Accepts Marketing", "boolean|string", yes_no),
        column("Currency"),
        *(column(name, "number") for name in ("Subtotal", "Shipping", "Taxes", "Total")),
        column("Discount Code"),
        column("Discount Amount", "number"),
        column("Shipping Method"),
        column("Created at", "timestamp", zoned),
        column("Lineitem quantity", "integer|number"),
        column("Lineitem name"),
        column("Lineitem price", "number"),
        column("Lineitem sku"),
        column("Lineitem requires shipping", "boolean"),
        column("Lineitem taxable", "boolean"),
        column("Lineitem fulfillment status"),
        *(column(f"Billing {part}", personal=True) for part in ("Name", "Street", "Address1", "City")),
        column("Billing Zip", "string", guarded, personal=True),
        column("Billing Country"),
        column("Billing Phone", personal=True),
        *(column(f"Shipping {part}", personal=True) for part in ("Name", "Street", "Address1", "City")),
        column("Shipping Zip", "string", guarded, personal=True),
        column("Shipping Country"),
        column("Shipping Phone", personal=True),
        column("Notes", "any", personal=True),
        column("Payment Method"),
        column("Refunded Amount", "number"),
        column("Vendor"),
        column("Id"),
        column("Risk Level"),
        column("Source"),
    ],
    ("Name", "Lineitem sku"),
    "Created at",
    keys=((), ("Name", "line"), ("Id", "line"), ("Name", "Lineitem sku"), ("Id", "Lineitem sku"), ("Name", "Lineitem name"), ("Id", "Lineitem name")),
    references={"Lineitem sku": "products"},
)


def product_rows(shop: Shop, number: int) -> Iterator[Row]:
    """Write one row a variant, and one a further picture; only the first has the product's own fields."""
    for product in shop.listed(number):
        count = max(product.variants, 2 if product.number % 4 == 0 else 1)
        for place in range(count):
            yield {**_shared(product, first=place == 0), **_variant(shop, product, place, number), **_picture(product, place)}


def _shared(product: Product, *, first: bool) -> Row:
    fields = {
        "Title": product.title(),
        "Body (HTML)": f"<p>{product.description()}</p>\n<p>Size &amp; care</p>",
        "Vendor": product.brand,
        "Product Category": f"Home & Garden > {product.group()}",
        "Type": product.group(),
        "Tags": ", ".join(sorted({product.brand.lower(), product.group().lower(), "home"})),
        "Published": True,
        "Option1 Name": "Title" if product.variants == 1 else "Size",
        "Gift Card": False,
        "Status": "active",
    }
    return {"Handle": product.handle, **(fields if first else {name: Blank(value) for name, value in fields.items()})}


def _variant(shop: Shop, product: Product, place: int, number: int) -> Row:
    if place >= product.variants:
        return {}
    price = shop.price(product, number)
    return {
        "Option1 Value": Nothing("Default Title") if product.variants == 1 else SIZES[place],
        "Variant SKU": f"{product.sku}-{place}",
        "Variant Grams": product.grams,
        "Variant Inventory Tracker": "shopify",
        "Variant Inventory Qty": (product.number * 7 + number * 3 + place) % 60,
        "Variant Inventory Policy": "deny",
        "Variant Fulfillment Service": "manual",
        "Variant Price": price,
        "Variant Compare At Price": shop.price(product, 0) if calendar.discount(number) else None,
        "Variant Requires Shipping": True,
        "Variant Taxable": True,
        "Variant Barcode": product.gtin if place == 0 else None,
        "Variant Weight Unit": "kg",
        "Cost per item": (price / 2).quantize(price),
    }


def _picture(product: Product, place: int) -> Row:
    return {"Image Src": f"https://cdn.example.com/files/{product.handle}-{place}.jpg", "Image Position": place + 1, "Image Alt Text": product.title()}


def order_rows(orders: Sequence[Order]) -> Iterator[Row]:
    """Write one row a line of an order, the newest order first; only the first has the order's own fields."""
    for order in reversed(orders):
        fields = _order(order)
        for place, line in enumerate(order.lines):
            yield {
                **(fields if place == 0 else {name: Blank(value) for name, value in fields.items()}),
                "Name": f"#{order.number}",
                "Email": order.customer.email,
                "Created at": order.at.replace(microsecond=0),
                "Lineitem quantity": line.quantity,
                "Lineitem name": line.product.title() if line.product.variants == 1 else f"{line.product.title()} - {SIZES[0]}",
                "Lineitem price": line.price,
                "Lineitem sku": f"{line.product.sku}-0",
                "Lineitem requires shipping": True,
                "Lineitem taxable": True,
                "Lineitem fulfillment status": fields["Fulfillment Status"] if fields["Fulfilled at"] else "pending",
                "Vendor": line.product.brand,
            }


def _order(order: Order) -> dict[str, object]:
    person, total = order.customer, order.total
    fulfilled = order.at.replace(microsecond=0) + timedelta(hours=5)
    sent = fulfilled.date() == order.at.date()  # the others are still open when the file is exported
    return {
        "Financial Status": "paid",
        "Paid at": order.at.replace(microsecond=0),
        "Fulfilled at": fulfilled if sent else None,
        "Fulfillment Status": "fulfilled" if sent else "unfulfilled",
        "Accepts Marketing": person.number % 3 > 0,
        "Currency": "EUR",
        "Subtotal": total,
        "Shipping": total * 0,
        "Taxes": (total * 19 / 119).quantize(total),
        "Total": total,
        "Discount Code": "SINGLES11" if order.at.date() == calendar.CAMPAIGN else None,
        "Discount Amount": total * 0,
        "Shipping Method": "Standard",
        **{f"{role} {part}": value for role in ("Billing", "Shipping") for part, value in _address(order).items()},
        "Payment Method": "Shopify Payments",
        "Refunded Amount": total * 0,
        "Id": str(5_400_000_000_000 + order.number * 977),
        "Risk Level": "Low",
        "Source": "web",
    }


def _address(order: Order) -> Row:
    person = order.customer
    street = person.street("de")
    return {
        "Name": person.name("de"),
        "Street": street,
        "Address1": street,
        "City": person.city("de"),
        "Zip": person.postcode,
        "Country": "DE",
        "Phone": person.phone("de"),
    }


def sheets(shop: Shop, number: int) -> Sequence[Sheet]:
    """Return the two exports of a day."""
    day = calendar.day(number)
    return [
        Sheet(PRODUCTS, dated("products_export", day, "csv"), list(product_rows(shop, number)), Csv()),
        Sheet(ORDERS, dated("orders_export", day, "csv"), list(order_rows(shop.orders(number))), Csv(end="\n")),
    ]


PLATFORM = Platform("shopify", (PRODUCTS, ORDERS), sheets)
