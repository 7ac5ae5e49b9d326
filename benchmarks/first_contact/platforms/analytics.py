"""Generate GA4's daily table as JSON lines (support.google.com/analytics 7029846) and Segment's calls (its spec)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from benchmarks.first_contact import calendar
from benchmarks.first_contact.layouts import json_lines
from benchmarks.first_contact.platforms.own_shops import AGENTS, iso
from benchmarks.first_contact.platforms.platform import Platform, dated
from benchmarks.first_contact.shop import Event, Shop
from benchmarks.first_contact.truth import Column, Row, Sheet, Table, column, log

NAMES = {"view": "view_item", "cart": "add_to_cart", "purchase": "purchase"}
SEGMENT_NAMES = {"view": "Product Viewed", "cart": "Product Added", "purchase": "Order Completed"}


def micros(value: object) -> str:
    """Write a time as microseconds since 1970, as text, as BigQuery's JSON does with whole numbers of 64 bits."""
    assert isinstance(value, datetime)
    return str(round(value.replace(tzinfo=UTC).timestamp() * 1_000) * 1_000)


def number_of(value: object) -> object:
    """Write a number as JSON has it."""
    return None if value is None else float(str(value))


def same(value: object) -> object:
    """Write a value as JSON has it."""
    return value


GA4 = log(
    "ga4",
    [
        column("event_date", "date|string", lambda value: f"{value:%Y%m%d}"),
        column("event_timestamp", "timestamp", micros),
        column("event_name"),
        column("event_params[key=ga_session_id]", "string|integer"),
        column("event_params[key=page_location]", personal=None),
        column("event_params[key=currency]"),
        column("event_params[key=value]", "number"),
        column("event_bundle_sequence_id", "string|integer"),
        column("user_id", personal=None),
        column("user_pseudo_id", personal=None),
        column("device.category"),
        column("device.language"),
        column("geo.country", personal=None),
        column("geo.city", personal=True),
        column("traffic_source.source"),
        column("ecommerce.transaction_id"),
        column("ecommerce.purchase_revenue", "number", number_of),
        column("items[].item_id"),
        column("items[].item_name"),
        column("items[].price", "number", number_of),
        column("items[].quantity", "integer|number", same),
    ],
    (),
    "event_timestamp",
    keys=(
        (),
        ("event_bundle_sequence_id", "user_pseudo_id", "event_timestamp", "event_name", "items_position"),
        ("user_pseudo_id", "event_timestamp", "event_name"),
        ("event_timestamp", "user_pseudo_id"),
    ),
    nested=True,
)
PARAMS = {"ga_session_id": "int_value", "page_location": "string_value", "currency": "string_value", "value": "double_value"}


def ga4_lines(table: Table, rows: Sequence[Row]) -> bytes:
    """Write one object a row, with parameters as repeated pairs of key and value and items as a list."""
    lines = []
    for row in rows:
        plain_columns = [item for item in table.columns if "[" not in item.name]
        record = json.loads(json_lines(Table(table.name, tuple(plain_columns), (), (), ()), [row]))
        pairs = [(name, form, row.get(f"event_params[key={name}]")) for name, form in PARAMS.items()]
        record["event_params"] = [{"key": name, "value": {form: _param(form, value)}} for name, form, value in pairs if value is not None]
        record["items"] = [_item(table.columns, row)] if row.get("items[].item_id") else []
        lines.append(json.dumps(record, ensure_ascii=False) + "\n")
    return "".join(lines).encode()


def _param(form: str, value: object) -> object:
    return float(str(value)) if form == "double_value" else str(value)


def _item(columns: Sequence[Column], row: Row) -> Row:
    return {item.name.partition("[].")[2]: item.write(row[item.name]) for item in columns if item.name.startswith("items[].")}


def ga4_rows(events: Sequence[Event]) -> Iterator[Row]:
    """Describe events as GA4 does: `user_id` for customers who signed in, ecommerce for purchases."""
    for event in events:
        person = event.customer
        yield {
            "event_date": event.at.date(),
            "event_timestamp": event.at,
            "event_name": NAMES[event.kind],
            "event_params[key=ga_session_id]": 1_760_000_000 + event.session,
            "event_params[key=page_location]": f"https://shop.example.com/p/{event.product.handle}",
            "event_params[key=currency]": "EUR",
            "event_params[key=value]": event.price if event.kind != "view" else None,
            "event_bundle_sequence_id": str(event.number // 3),  # events of one bundle share it
            "user_id": f"C{person.number:05d}" if person.number % 3 else None,
            "user_pseudo_id": f"{person.seed * 1009}.{1_700_000_000 + person.seed}",
            "device.category": ("mobile", "desktop", "tablet")[person.seed % 3],
            "device.language": "de-de",
            "geo.country": "Germany",
            "geo.city": person.city("de"),
            "traffic_source.source": ("google", "(direct)", "newsletter")[person.seed % 3],
            "ecommerce.transaction_id": f"T{event.number}" if event.kind == "purchase" else None,
            "ecommerce.purchase_revenue": event.price * event.quantity if event.kind == "purchase" else None,
            "items[].item_id": event.product.sku,
            "items[].item_name": event.product.title(),
            "items[].price": event.price,
            "items[].quantity": event.quantity,
        }


SEGMENT = log(
    "segment",
    [
        *(column(name) for name in ("messageId", "type", "event")),
        column("userId", personal=None),
        column("anonymousId", personal=None),
        *(column(name, "timestamp", iso) for name in ("timestamp", "originalTimestamp", "sentAt", "receivedAt")),
        column("context.ip", personal=True),
        column("context.userAgent", personal=True),
        column("context.locale"),
        column("context.page.url"),
        column("context.traits.email", personal=True),
        column("properties.product_id"),
        column("properties.name"),
        column("properties.brand"),
        column("properties.price", "number", number_of),
        column("properties.quantity", "integer|number", same),
        column("properties.currency"),
        column("properties.order_id"),
        column("properties.revenue", "number", number_of),
    ],
    ("messageId",),
    "timestamp",
    times=("timestamp", "originalTimestamp"),
)


def segment_rows(events: Sequence[Event]) -> Iterator[Row]:
    """Describe events as calls of `track`."""
    for event in events:
        bought = event.kind == "purchase"
        yield {
            "messageId": f"ajs-next-{event.number:010d}",
            "type": "track",
            "event": SEGMENT_NAMES[event.kind],
            "userId": f"C{event.customer.number:05d}" if event.customer.number % 3 else None,
            "anonymousId": f"{event.customer.seed:08x}-4b1d-4f6e-9a51-{event.customer.seed * 4099:012x}",
            "timestamp": event.at,
            "originalTimestamp": event.at + timedelta(milliseconds=3),
            "sentAt": event.at + timedelta(milliseconds=40),
            "receivedAt": event.at + timedelta(milliseconds=240),
            "context.ip": event.customer.address,
            "context.userAgent": AGENTS[event.customer.seed % 3],
            "context.locale": "en-GB",
            "context.page.url": f"https://shop.example.com/p/{event.product.handle}",
            "context.traits.email": event.customer.email if event.customer.number % 3 else None,
            "properties.product_id": event.product.sku,
            "properties.name": event.product.title(),
            "properties.brand": event.product.brand,
            "properties.price": event.price,
            "properties.quantity": event.quantity,
            "properties.currency": "EUR",
            "properties.order_id": f"T{event.number}" if bought else None,
            "properties.revenue": event.price * event.quantity if bought else None,
        }


def ga4_sheets(shop: Shop, number: int) -> Sequence[Sheet]:
    """Return a day's table."""
    return [Sheet(GA4, dated("events", calendar.day(number), "json", "%Y%m%d"), list(ga4_rows(shop.events(number))), ga4_lines)]


def segment_sheets(shop: Shop, number: int) -> Sequence[Sheet]:
    """Return a day's calls."""
    return [Sheet(SEGMENT, dated("segment", calendar.day(number), "jsonl"), list(segment_rows(shop.events(number))), json_lines)]


GOOGLE_ANALYTICS = Platform("ga4 BigQuery export", (GA4,), ga4_sheets)
SEGMENT_CALLS = Platform("segment", (SEGMENT,), segment_sheets)
