"""Generate files in the form of public behaviour sets: Taobao UserBehavior, Retailrocket, Olist, Amazon Reviews 2023 (each set's own description)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from benchmarks.first_contact import calendar
from benchmarks.first_contact.layouts import Csv, json_lines
from benchmarks.first_contact.platforms.analytics import number_of, same
from benchmarks.first_contact.platforms.own_shops import second
from benchmarks.first_contact.platforms.platform import Platform, dated
from benchmarks.first_contact.shop import Shop
from benchmarks.first_contact.truth import Sheet, column, log, snapshot


def epoch_seconds(value: object) -> str:
    """Write a time as seconds since 1970; the set's clock is that of Beijing."""
    return str(int(value.replace(tzinfo=UTC).timestamp())) if isinstance(value, datetime) else ""


def epoch_millis(value: object) -> str:
    """Write a time as milliseconds since 1970."""
    return str(round(value.replace(tzinfo=UTC).timestamp() * 1000)) if isinstance(value, datetime) else ""


def millis_number(value: object) -> int:
    """Write a time as a number of milliseconds since 1970."""
    return int(epoch_millis(value))


TAOBAO = log(
    "UserBehavior",
    [
        column("user_id", "string|integer", personal=None),
        column("item_id", "string|integer"),
        column("category_id", "string|integer"),
        column("behavior_type"),
        column("timestamp", "timestamp", epoch_seconds),
    ],
    (),
    "timestamp",
    keys=((), ("user_id", "item_id", "timestamp"), ("user_id", "item_id", "behavior_type", "timestamp"), ("user_id", "timestamp")),
    header=False,
)
RETAILROCKET = log(
    "events",
    [
        column("timestamp", "timestamp", epoch_millis),
        column("visitorid", "string|integer", personal=None),
        column("event"),
        column("itemid", "string|integer"),
        column("transactionid", "string|integer"),
    ],
    (),
    "timestamp",
    keys=((), ("timestamp", "visitorid"), ("timestamp", "visitorid", "itemid"), ("timestamp", "visitorid", "event", "itemid")),
)
PRODUCTS = snapshot(
    "olist_products",
    [
        column("product_id"),
        column("product_category_name"),
        *(column(name, "integer|number") for name in ("product_name_lenght", "product_description_lenght", "product_photos_qty")),
        *(column(name, "number|integer") for name in ("product_weight_g", "product_length_cm", "product_height_cm", "product_width_cm")),
    ],
    ("product_id",),
)
ORDERS = log(
    "olist_orders",
    [
        column("order_id"),
        column("customer_id", personal=None),
        column("order_status"),
        *(column(f"order_{name}", "timestamp", second) for name in ("purchase_timestamp", "approved_at")),
        column("order_delivered_carrier_date", "any", second),
        column("order_delivered_customer_date", "any", second),
        column("order_estimated_delivery_date", "timestamp|date", second),
    ],
    ("order_id",),
    "order_purchase_timestamp",
    keys=(("order_id",), ("customer_id",)),
)
ITEMS = log(
    "olist_order_items",
    [
        column("order_id"),
        column("order_item_id", "integer|string"),
        column("product_id"),
        column("seller_id"),
        column("shipping_limit_date", "timestamp", second),
        column("price", "number"),
        column("freight_value", "number"),
    ],
    ("order_id", "order_item_id"),
    "shipping_limit_date",
    keys=(("order_id", "order_item_id"), ("order_id", "product_id")),
    times=("shipping_limit_date", None),
    references={"order_id": "olist_orders", "product_id": "olist_products"},
)
REVIEWS = log(
    "reviews",
    [
        column("rating", "number", number_of),
        *(column(name) for name in ("title", "text", "asin", "parent_asin")),
        column("user_id", personal=None),
        column("timestamp", "timestamp", millis_number),
        column("helpful_vote", "integer|number", same),
        column("verified_purchase", "boolean", same),
    ],
    (),
    "timestamp",
    keys=((), ("user_id", "parent_asin"), ("user_id", "asin"), ("user_id", "timestamp"), ("user_id", "asin", "timestamp")),
    references={"parent_asin": "meta"},
)
META = snapshot(
    "meta",
    [
        *(column(name) for name in ("main_category", "title")),
        column("average_rating", "number", number_of),
        column("rating_number", "integer|number", same),
        column("price", "number", number_of),
        column("store"),
        column("parent_asin"),
        column("details.Brand"),
        column("details.Item Weight", "string|number"),
    ],
    ("parent_asin",),
)


def hex_id(kind: int, number: int) -> str:
    """Return an id of 32 hexadecimal digits, as the Olist set has."""
    return hashlib.blake2b(f"{kind}/{number}".encode(), digest_size=16).hexdigest()


def taobao(shop: Shop, number: int) -> Sequence[Sheet]:
    """Return a day's clicks, without a header."""
    kinds = {"view": "pv", "cart": "cart", "purchase": "buy"}
    rows = [
        {
            "user_id": str(event.customer.seed + 1),
            "item_id": str(2_000_000 + event.product.number * 313),
            "category_id": str(4_000_000 + event.product.noun * 7919),
            "behavior_type": "fav" if event.number % 31 == 0 else kinds[event.kind],
            "timestamp": event.at.replace(microsecond=0),
        }
        for event in shop.events(number)
    ]
    return [Sheet(TAOBAO, dated("UserBehavior", calendar.day(number), "csv"), rows, Csv(end="\n"))]


def retailrocket(shop: Shop, number: int) -> Sequence[Sheet]:
    """Return a day's events."""
    kinds = {"view": "view", "cart": "addtocart", "purchase": "transaction"}
    rows = [
        {
            "timestamp": event.at,
            "visitorid": str(event.customer.seed),
            "event": kinds[event.kind],
            "itemid": str(event.product.number * 313 + 55),
            "transactionid": str(event.number) if event.kind == "purchase" else None,
        }
        for event in shop.events(number)
    ]
    return [Sheet(RETAILROCKET, dated("events", calendar.day(number), "csv"), rows, Csv(end="\n"))]


def olist(shop: Shop, number: int) -> Sequence[Sheet]:
    """Return a day's orders with their items, and the catalog."""
    day = calendar.day(number)
    products = [
        {
            "product_id": hex_id(1, product.number),
            "product_category_name": ("utilidades_domesticas", "moveis_sala", "iluminacao", "moveis_decoracao")[product.category],
            "product_name_lenght": len(product.title()),
            "product_description_lenght": len(product.description()),
            "product_photos_qty": 1 + product.number % 5,
            "product_weight_g": product.grams,
            "product_length_cm": 10 + product.number % 60,
            "product_height_cm": 2 + product.number % 40,
            "product_width_cm": 11 + product.number % 50,
        }
        for product in shop.listed(number)
    ]
    orders, items = [], []
    for order in shop.orders(number):
        at = order.at.replace(microsecond=0)
        orders.append(
            {
                "order_id": hex_id(2, order.number),
                "customer_id": hex_id(3, order.number),
                "order_status": "approved" if order.number % 9 else "created",
                "order_purchase_timestamp": at,
                "order_approved_at": at + timedelta(minutes=12) if order.number % 9 else None,
                "order_estimated_delivery_date": datetime.combine(day + timedelta(days=14), datetime.min.time()),
            }
        )
        items += [
            {
                "order_id": hex_id(2, order.number),
                "order_item_id": place + 1,
                "product_id": hex_id(1, line.product.number),
                "seller_id": hex_id(4, len(line.product.brand)),
                "shipping_limit_date": at + timedelta(days=4),
                "price": line.price,
                "freight_value": (Decimal(700 + line.product.grams % 900) / 100).quantize(Decimal("0.01")),
            }
            for place, line in enumerate(order.lines)
        ]
    return [
        Sheet(PRODUCTS, dated("olist_products_dataset", day, "csv"), products, Csv(end="\n", quote_all=True)),
        Sheet(ORDERS, dated("olist_orders_dataset", day, "csv"), orders, Csv(end="\n", quote_all=True)),
        Sheet(ITEMS, dated("olist_order_items_dataset", day, "csv"), items, Csv(end="\n", quote_all=True)),
    ]


def amazon_reviews(shop: Shop, number: int) -> Sequence[Sheet]:
    """Return a day's reviews and the items' metadata."""
    day = calendar.day(number)
    meta = [
        {
            "main_category": product.group(),
            "title": product.title(),
            "average_rating": Decimal(30 + product.number % 21) / 10,
            "rating_number": 3 + product.number * 7 % 900,
            "price": shop.price(product, number) if product.number % 4 else None,
            "store": product.brand,
            "parent_asin": f"B0{product.number * 7919 + 10_000_000:08d}",
            "details.Brand": product.brand,
            "details.Item Weight": f"{product.grams} Grams",
        }
        for product in shop.listed(number)
    ]
    reviews = [
        {
            "rating": Decimal(1 + event.number * 7 % 5),
            "title": ("Five Stars", "Works well", "Not bad!", "Nice & simple", "None better")[event.number % 5],
            "text": f"{event.product.description()}<br />Bought it for a friend; it's 5\" wide.",
            "asin": f"B0{event.product.number * 7919 + 10_000_000 + event.number % event.product.variants:08d}",
            "parent_asin": f"B0{event.product.number * 7919 + 10_000_000:08d}",
            "user_id": f"AE{hex_id(5, event.customer.seed)[:26].upper()}",
            "timestamp": event.at,
            "helpful_vote": event.number % 7 // 4,
            "verified_purchase": event.number % 5 > 0,
        }
        for event in shop.events(number)
    ]
    return [Sheet(META, dated("meta_Home", day, "jsonl"), meta, json_lines), Sheet(REVIEWS, dated("Home", day, "jsonl"), reviews, json_lines)]


USER_BEHAVIOR = Platform("taobao UserBehavior", (TAOBAO,), taobao)
RETAIL_ROCKET = Platform("retailrocket", (RETAILROCKET,), retailrocket)
OLIST = Platform("olist", (PRODUCTS, ORDERS, ITEMS), olist)
AMAZON_REVIEWS = Platform("amazon reviews 2023", (META, REVIEWS), amazon_reviews)
