"""Describe calls of Segment and RudderStack: JSON lines, and the tables of their warehouses."""

from __future__ import annotations

from sluice.sources.platforms.platform import ColumnFacts, Platform

_PRODUCT = ("product_id", "sku", "name", "brand", "category", "variant", "price", "quantity", "url", "image_url", "position")

TABLES = (
    Platform(
        title="a Segment event log",
        headers=(
            ("messageid", "anonymousid|userid", "type", "timestamp|originaltimestamp"),
            ("id", "anonymous_id|user_id", "received_at", "sent_at", "original_timestamp"),
        ),
        columns=(
            ColumnFacts(r"messageid|id|event|event_text|type|anonymous_?id|user_?id", "string", personal=False),
            ColumnFacts(r"(original_?)?timestamp|sent_?at|received_?at|uuid_ts", "timestamp", personal=False),
            ColumnFacts(r"context_ip|context_user_?agent|context_traits_.*|.*email.*|.*phone.*|traits_.*|first_?name|last_?name|.*address.*", personal=True),
            ColumnFacts(r"properties\.(products\[\]\.)?(name|title)", "string", personal=False),  # of the product; traits are a person's
            ColumnFacts(r"product_id|sku|order_id|checkout_id|cart_id", "string", personal=False),
            ColumnFacts(r"price|revenue|total|subtotal|value|shipping|tax|discount", "number"),
        ),
        key=("messageid|id", ".*products_position"),
        blank_key=True,
        time=("timestamp", "original_?timestamp"),
        mode="append",
        on_change="keep",
        paths=tuple((name, (f"properties.products[].{name}", f"properties.{name}")) for name in _PRODUCT),
        remarks=(
            "calls are delivered at least once",
            "receivedAt and uuid_ts are the times of delivery and of loading, not of the event",
        ),
    ),
)
