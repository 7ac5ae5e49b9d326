"""Made-up logs of events."""

from __future__ import annotations

import json

from tests.unit.sources.platforms.catalogs import title
from tests.unit.sources.platforms.sample import Sample, as_csv

DAY = 86_400
START = 1_795_651_200  # 2026-11-26, in seconds since 1970


def as_lines(records: list[dict[str, object]]) -> bytes:
    return "".join(json.dumps(record) + "\n" for record in records).encode()


def ga4(day: int) -> bytes:
    records: list[dict[str, object]] = []
    for number in range(60):
        name = ("page_view", "view_item", "purchase")[number % 3]
        items = [] if name == "page_view" else [{"item_id": f"G{number % 9:03}", "item_name": title(number), "price": 9.5, "quantity": "1"}]
        items += [{"item_id": f"G{number % 7:03}", "item_name": title(number + 1), "price": 12, "quantity": "2"}] if name == "purchase" else []
        page = {"key": "page_location", "value": {"string_value": f"https://a.example/p/{number % 9}"}}
        records.append(
            {
                "event_date": f"202611{26 + day}",
                "event_timestamp": str((START + day * DAY + number * 901) * 1_000_000 + 403_241),
                "event_name": name,
                "event_params": [{"key": "ga_session_id", "value": {"int_value": str(1_700_000_000 + number // 4)}}, page],
                "user_pseudo_id": f"{100 + number % 8}.1699999999",
                "event_bundle_sequence_id": str(day * 1000 + number),
                "geo": {"country": "Germany", "city": "Sampletown"},
                "items": items,
            }
        )
    return as_lines(records)


def segment(day: int) -> bytes:
    records: list[dict[str, object]] = []
    for number in range(60):
        at = f"2026-11-{26 + day}T{8 + number // 10:02}:{number % 60:02}:00.120Z"
        product: dict[str, object] = {"product_id": f"G{number % 9:03}", "name": ("Oak Mug", "Linen Lamp")[number % 2], "price": 9.5}
        order: dict[str, object] = {"order_id": f"o{day}{number}", "products": [product, {**product, "product_id": f"G{number % 5:03}"}]}
        records.append(
            {
                "messageId": f"m-{day}-{number:04}",
                "type": "track",
                "event": "Order Completed" if number % 4 == 0 else "Product Viewed",
                "anonymousId": f"a{number % 8}",
                "timestamp": at,
                "receivedAt": at,
                "context": {"ip": f"192.0.2.{number}", "userAgent": "Mozilla/5.0", "traits": {"email": f"buyer{number}@example.org"}},
                "properties": order if number % 4 == 0 else product,
            }
        )
    return as_lines(records)


def taobao(day: int) -> bytes:
    kinds = ("pv", "pv", "cart", "fav", "buy")
    rows = [
        f"{number % 9 + 1},{2_268_318 + number % 11},{2_520_377 + number % 4},{kinds[number % 5]},{START + day * DAY + number * 901}" for number in range(90)
    ]
    return ("\n".join(rows) + "\n").encode()


def retailrocket(day: int) -> bytes:
    rows = []
    for number in range(60):
        kind = ("view", "addtocart", "transaction")[number % 3]
        at = (START + day * DAY + number * 901) * 1000 + 200
        rows.append([at, 257_597 + number % 9, kind, 355_908 + number % 11, 4000 + day * 100 + number if kind == "transaction" else None])
    return as_csv(["timestamp", "visitorid", "event", "itemid", "transactionid"], rows)


def amazon_reviews(day: int) -> bytes:
    records: list[dict[str, object]] = [
        {
            "rating": float(number % 5 + 1),
            "title": title(number),
            "text": f"A good {title(number)}.",
            "images": [],
            "asin": f"B00YQ6X{number % 9:03}",
            "parent_asin": f"B088SZD{number % 7:03}",
            "user_id": f"AGKHLEW2SOWHNMFQIJGBECAF{number % 12:02}",
            "timestamp": (START + day * DAY + number * 901) * 1000 + 423,
            "helpful_vote": number % 3,
            "verified_purchase": number % 4 != 0,
        }
        for number in range(60)
    ]
    return as_lines(records)


GA4 = Sample(
    "a GA4 export of BigQuery",
    "events_202611{}.json",
    ga4,
    rows=80,
    types={"event_timestamp": "timestamp", "price": "number", "quantity": "number", "item_id": "string", "ga_session_id": "string"},
    personal=("user_pseudo_id", "geo_city", "page_location"),
    key=("event_bundle_sequence_id", "user_pseudo_id", "event_timestamp", "event_name", "items_position"),
    time="event_timestamp",
)
SEGMENT = Sample(
    "a Segment event log",
    "calls_2026-11-{}.jsonl",
    segment,
    rows=75,
    types={"timestamp": "timestamp", "price": "number", "product_id": "string"},
    personal=("context_ip", "context_userAgent", "context_traits_email"),
    key=("messageId", "properties_products_position"),
    time="timestamp",
)
TAOBAO = Sample(
    "Taobao's UserBehavior",
    "UserBehavior_2026-11-{}.csv",
    taobao,
    rows=90,
    types={"user_id": "string", "item_id": "string", "category_id": "string", "behavior": "string", "timestamp": "timestamp"},
    personal=(),
    time="timestamp",
)
RETAILROCKET = Sample(
    "Retailrocket's events",
    "events_2026-11-{}.csv",
    retailrocket,
    rows=60,
    types={"visitorid": "string", "itemid": "string", "transactionid": "string", "timestamp": "timestamp"},
    personal=(),
    time="timestamp",
)
AMAZON_REVIEWS = Sample(
    "reviews of Amazon Reviews 2023",
    "Office_Products_2026-11-{}.jsonl",
    amazon_reviews,
    rows=60,
    types={"rating": "number", "timestamp": "timestamp", "helpful_vote": "integer", "verified_purchase": "boolean", "parent_asin": "string"},
    personal=(),
    time="timestamp",
)
EVENTS = {"ga4": GA4, "segment": SEGMENT, "taobao": TAOBAO, "retailrocket": RETAILROCKET, "amazon_reviews": AMAZON_REVIEWS}
