"""Generate Adobe Analytics data feeds (AdobeDocs: Data feed contents, Data column reference, Special characters)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from benchmarks.first_contact import calendar
from benchmarks.first_contact.layouts import Csv
from benchmarks.first_contact.platforms.own_shops import AGENTS, second
from benchmarks.first_contact.platforms.platform import Platform
from benchmarks.first_contact.platforms.research import epoch_seconds, hex_id
from benchmarks.first_contact.platforms.woocommerce import zero_one
from benchmarks.first_contact.shop import Event, Shop
from benchmarks.first_contact.truth import Row, Sheet, column, log, plain

SUITE = "nordshop"
EVENTS = {"view": "2,100", "cart": "12,100,101", "purchase": "1,100,102"}
UTC_OFFSET = timedelta(hours=1)  # the report suite's clock


def escaped(value: object) -> str:
    """Write a backslash before a tab, a line break or a backslash of the value itself."""
    text = plain(value)
    return "".join(f"\\{sign}" if sign in "\t\n\\" else sign for sign in text)


HITS = log(
    "hit_data",
    [
        *(column(name) for name in ("hitid_high", "hitid_low")),
        *(column(name, personal=None) for name in ("post_visid_high", "post_visid_low")),
        column("visit_num", "integer|number|string"),
        column("visit_page_num", "integer|number"),
        column("visit_start_time_gmt", "timestamp", epoch_seconds),
        column("hit_time_gmt", "timestamp", epoch_seconds),
        column("date_time", "timestamp", second),
        column("t_time_info"),
        column("exclude_hit", "boolean|integer|string|number", zero_one),
        column("hit_source", "boolean|integer|string|number"),
        column("duplicate_purchase", "boolean|integer|string|number", zero_one),
        column("new_visit", "boolean|integer|string|number", zero_one),
        column("username", personal=None),
        column("currency"),
        column("post_event_list"),
        column("post_product_list"),
        column("post_purchaseid"),
        column("post_pagename", write=escaped),
        column("post_page_url", personal=None),
        column("post_referrer", personal=None),
        column("post_evar1", "any", escaped, personal=None),
        column("post_evar2", personal=None),
        column("post_campaign", "any"),
        column("browser", "integer|string|number"),
        column("os", "integer|string|number"),
        column("language", "integer|string|number|boolean"),
        column("accept_language"),
        column("user_agent", personal=True),
        column("ip", personal=True),
        column("geo_city", personal=True),
        column("geo_country", personal=None),
        column("geo_zip", personal=True),
        column("mcvisid", personal=None),
        column("post_cust_visid", personal=None),
    ],
    ("hitid_high", "hitid_low"),
    "hit_time_gmt",
    keys=(("hitid_high", "hitid_low"), ("hitid_high",), ("hitid_low",)),
    times=("hit_time_gmt", "date_time"),
    header=False,
)


def unsigned(kind: int, number: int) -> str:
    """Draw a whole number of 64 bits without a sign."""
    return str(int(hex_id(kind, number)[:16], 16))


def rows(events: Sequence[Event]) -> Iterator[Row]:
    """Describe hits; ids have 64 bits without a sign, and lists have their own separators."""
    for event in events:
        person, product, at = event.customer, event.product, event.at.replace(microsecond=0)
        local = at + UTC_OFFSET
        bought = event.kind == "purchase"
        yield {
            "hitid_high": unsigned(20, event.number),
            "hitid_low": unsigned(21, event.number),
            "post_visid_high": unsigned(22, person.seed),
            "post_visid_low": unsigned(23, person.seed),
            "visit_num": 1 + event.session % 40,
            "visit_page_num": 1 + event.number % 7,
            "visit_start_time_gmt": at - timedelta(seconds=60 * (event.number % 7)),
            "hit_time_gmt": at,
            "date_time": local,
            "t_time_info": f"{local.day}/{local.month - 1}/{local.year} {local.hour}:{local.minute}:{local.second} {local.isoweekday() % 7} -60",
            "exclude_hit": False,
            "hit_source": 1,
            "duplicate_purchase": False,
            "new_visit": event.number % 7 == 0,
            "username": SUITE,
            "currency": "EUR",
            "post_event_list": EVENTS[event.kind],
            "post_product_list": f";{product.sku};{event.quantity};{event.price * event.quantity}" if bought else f";{product.sku}",
            "post_purchaseid": f"T{event.number}" if bought else None,
            "post_pagename": f"shop\\{product.handle}",
            "post_page_url": f"https://shop.example.com/p/{product.handle}",
            "post_referrer": "https://www.example.org/" if person.seed % 4 == 0 else None,
            "post_evar1": f"{product.brand}\tlamp" if event.number % 97 == 0 else product.brand if event.number % 11 == 0 else None,
            "post_evar2": f"C{person.number:05d}" if person.number % 3 else None,
            "browser": 497 + person.seed % 3,
            "os": 1_200_000 + person.seed % 5,
            "language": 30 + person.seed % 2,
            "accept_language": "de-DE,de;q=0.9",
            "user_agent": AGENTS[person.seed % 3],
            "ip": person.address,
            "geo_city": person.city("de").lower(),
            "geo_country": "deu",
            "geo_zip": person.postcode,
            "mcvisid": f"{unsigned(24, person.seed):0>19}{unsigned(25, person.seed):0>19}",
        }


def sheets(shop: Shop, number: int) -> Sequence[Sheet]:
    """Return a day's hits in ISO-8859-1, beside them the lookup file that names their columns."""
    file = f"01-{SUITE}_{calendar.day(number)}.tsv"
    names = "\t".join(column.name for column in HITS.columns) + "\n"
    layout = Csv(separator="\t", encoding="latin-1", end="\n", raw=True)
    return [Sheet(HITS, file, list(rows(shop.events(number))), layout, {"column_headers.tsv": names.encode("latin-1")})]


PLATFORM = Platform("adobe data feed", (HITS,), sheets)
