"""Made-up orders and bills."""

from __future__ import annotations

from tests.unit.sources.platforms.catalogs import WOODS, WORDS, title
from tests.unit.sources.platforms.sample import Sample, as_csv


def shopify_orders(day: int) -> bytes:
    header = ["Name", "Email", "Financial Status", "Paid at", "Currency", "Subtotal", "Shipping", "Total", "Discount Code", "Created at"]
    header += [
        "Lineitem quantity",
        "Lineitem name",
        "Lineitem price",
        "Lineitem sku",
        "Billing Name",
        "Billing City",
        "Billing Zip",
        "Phone",
        "Id",
        "Source",
        "Tags",
    ]
    rows: list[list[object]] = []
    for number in range(30):
        order, at = 1000 + 30 * day + number, f"2026-11-{26 + day} {8 + number // 6:02}:{number % 6}0:00 +0100"
        status = "refunded" if number % 9 == 8 else "paid"
        first = [
            f"#{order}",
            f"buyer{order}@example.org",
            status,
            at,
            "EUR",
            f"{19 + number}.00",
            "4.90",
            f"{23 + number}.90",
            "SALE" if number == 3 else None,
            at,
        ]
        buyer = [f"Buyer {order}", "Sampletown", f"'0{4000 + number}", f"030 555 {order}", f"55000000{order}"]
        buyer += ["web", "gift"] if day else ["3890849", "2026"]  # the id of an app, or a word
        for line in range(1 + number % 3):
            lead = first if line == 0 else [first[0], first[1], *[None] * 7, at]
            item = [1 + number % 2, title(number + line), "9.50", f"SKU-{(number + line) % 40:03}"]
            rows.append([*lead, *item, *(buyer if line == 0 else [None] * 7)])
    return as_csv(header, rows)


SHOPIFY_ORDERS = Sample(
    "a Shopify order export",
    "orders_export_2026-11-{}.csv",
    shopify_orders,
    rows=60,
    types={"Id": "string", "Total": "number", "Created at": "timestamp", "Lineitem quantity": "integer", "line": "integer"},
    personal=("Email", "Billing Name", "Billing City", "Billing Zip", "Phone"),
    key=("Name", "line"),
    time="Created at",
)


def shopify_customers(day: int) -> bytes:
    header = ["Customer ID", "First Name", "Last Name", "Email", "Accepts Email Marketing", "Default Address Company", "Default Address Address1"]
    header += ["Default Address City", "Default Address Province Code", "Default Address Country Code", "Default Address Zip", "Default Address Phone"]
    header += ["Phone", "Accepts SMS Marketing", "Total Spent", "Total Orders", "Note", "Tax Exempt", "Tags"]
    rows: list[list[object]] = []
    for number in range(40 + day):
        name = [f"'87797619{number:05}", WOODS[number % 10], WORDS[number // 10 % 10], None if number % 9 == 0 else f"buyer{number}@example.org"]
        address = [None, f"Elm Street {number}", "Sampletown", "BE" if number % 3 else None, "DE", f"'0{4000 + number}", f"'+49305550{number:03}"]
        rows.append(
            [*name, ("yes", "no")[number % 2], *address, None, "no", f"{number * 7 + day}.50", number % 5, None, "no", "vip, new" if number % 4 else None]
        )
    return as_csv(header, rows)


SHOPIFY_CUSTOMERS = Sample(
    "a Shopify customer export",
    "customers_export_2026-11-{}.csv",
    shopify_customers,
    rows=40,
    types={"Customer ID": "string", "Total Spent": "number", "Total Orders": "integer", "Accepts Email Marketing": "boolean", "Default Address Zip": "string"},
    key=("Customer ID",),
    mode="snapshot",
)
ORDERS = {"shopify_orders": SHOPIFY_ORDERS, "shopify_customers": SHOPIFY_CUSTOMERS}
