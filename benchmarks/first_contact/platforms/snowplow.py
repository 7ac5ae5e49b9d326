"""Generate Snowplow's enriched events as TSV (docs.snowplow.io: Enriched TSV format, Canonical event model)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from benchmarks.first_contact import calendar
from benchmarks.first_contact.layouts import Csv
from benchmarks.first_contact.platforms.own_shops import AGENTS
from benchmarks.first_contact.platforms.platform import Platform, dated
from benchmarks.first_contact.platforms.research import hex_id
from benchmarks.first_contact.platforms.woocommerce import zero_one
from benchmarks.first_contact.shop import Event, Shop
from benchmarks.first_contact.truth import Column, Row, Sheet, column, log, plain

NAMES = """app_id platform etl_tstamp collector_tstamp dvce_created_tstamp event event_id txn_id name_tracker v_tracker v_collector v_etl user_id
user_ipaddress user_fingerprint domain_userid domain_sessionidx network_userid geo_country geo_region geo_city geo_zipcode geo_latitude geo_longitude
geo_region_name ip_isp ip_organization ip_domain ip_netspeed page_url page_title page_referrer page_urlscheme page_urlhost page_urlport page_urlpath
page_urlquery page_urlfragment refr_urlscheme refr_urlhost refr_urlport refr_urlpath refr_urlquery refr_urlfragment refr_medium refr_source refr_term
mkt_medium mkt_source mkt_term mkt_content mkt_campaign contexts se_category se_action se_label se_property se_value unstruct_event tr_orderid
tr_affiliation tr_total tr_tax tr_shipping tr_city tr_state tr_country ti_orderid ti_sku ti_name ti_category ti_price ti_quantity pp_xoffset_min
pp_xoffset_max pp_yoffset_min pp_yoffset_max useragent br_name br_family br_version br_type br_renderengine br_lang br_features_pdf br_features_flash
br_features_java br_features_director br_features_quicktime br_features_realplayer br_features_windowsmedia br_features_gears br_features_silverlight
br_cookies br_colordepth br_viewwidth br_viewheight os_name os_family os_manufacturer os_timezone dvce_type dvce_ismobile dvce_screenwidth
dvce_screenheight doc_charset doc_width doc_height tr_currency tr_total_base tr_tax_base tr_shipping_base ti_currency ti_price_base base_currency
geo_timezone mkt_clickid mkt_network etl_tags dvce_sent_tstamp refr_domain_userid refr_device_tstamp derived_contexts domain_sessionid derived_tstamp
event_vendor event_name event_format event_version event_fingerprint true_tstamp""".split()  # noqa: SIM905  # easier to compare with the documentation
TIMES = ("etl_tstamp", "collector_tstamp", "dvce_created_tstamp", "dvce_sent_tstamp", "derived_tstamp")
NUMBERS = ("geo_latitude", "geo_longitude", "tr_total", "tr_tax", "tr_shipping", "ti_price")
COUNTS = ("domain_sessionidx", "ti_quantity", "br_viewwidth", "br_viewheight", "dvce_screenwidth", "dvce_screenheight", "doc_width", "doc_height")
FLAGS = ("br_cookies", "dvce_ismobile")
TEXTS = """app_id platform event event_id name_tracker v_tracker v_collector v_etl user_id user_ipaddress domain_userid network_userid geo_country geo_city
geo_zipcode page_url page_title page_referrer page_urlscheme page_urlhost page_urlpath refr_medium se_category se_action se_label tr_orderid ti_orderid ti_sku
ti_name ti_category useragent br_lang os_timezone dvce_type doc_charset tr_currency ti_currency domain_sessionid event_vendor event_name event_format
event_version""".split()  # noqa: SIM905  # as above
PERSONAL = ("user_ipaddress", "useragent", "geo_city", "geo_zipcode", "geo_latitude", "geo_longitude")
DISPUTED = """user_id domain_userid network_userid domain_sessionid user_fingerprint geo_country geo_region geo_region_name page_url page_referrer page_urlquery
ip_isp ip_organization ip_domain refr_urlquery refr_term refr_domain_userid tr_city tr_state tr_country contexts unstruct_event derived_contexts""".split()  # noqa: SIM905  # as above
SCHEMA = "iglu:com.snowplowanalytics.snowplow"
KINDS = {"view": ("page_view",), "cart": ("struct",), "purchase": ("transaction", "transaction_item")}
VENDOR_NAMES = {"struct": "event"}  # the schema of a structured event is google's `event`


def stamp(value: object) -> str:
    """Write a time to the millisecond, without a zone."""
    return f"{value:%Y-%m-%d %H:%M:%S}.{value.microsecond // 1000:03d}" if isinstance(value, datetime) else plain(value)


def _column(name: str) -> Column:
    personal = True if name in PERSONAL else None if name in DISPUTED or name.startswith(("geo_", "ip_", "refr_")) else False
    if name in TIMES:
        return column(name, "timestamp", stamp)
    if name in FLAGS:
        return column(name, "boolean|integer", zero_one)
    types = "number" if name in NUMBERS else "integer|number" if name in COUNTS else "string" if name in TEXTS else "any"
    return column(name, types, personal=personal)


ENRICHED = log(
    "enriched",
    [_column(name) for name in NAMES],
    ("event_id",),
    "derived_tstamp",
    times=("derived_tstamp", "collector_tstamp"),
    header=False,
)


def uuid(kind: int, number: int) -> str:
    """Write an id as a random UUID is written."""
    text = hex_id(kind, number)
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:32]}"


def rows(events: Sequence[Event]) -> Iterator[Row]:
    """Describe events: a purchase is one row for the order and one for its item."""
    for event in events:
        for place, kind in enumerate(KINDS[event.kind]):
            yield {**_common(event, place), "event": kind, "event_name": VENDOR_NAMES.get(kind, kind), **_own(event, kind)}


def _common(event: Event, place: int) -> dict[str, object]:
    person, path = event.customer, f"/p/{event.product.handle}"
    mobile = person.seed % 3 == 0
    return {
        "app_id": "shop",
        "platform": "web",
        "etl_tstamp": event.at + timedelta(seconds=40),
        "collector_tstamp": event.at + timedelta(milliseconds=210),
        "dvce_created_tstamp": event.at - timedelta(milliseconds=35),
        "event_id": uuid(10 + place, event.number),
        "name_tracker": "sp",
        "v_tracker": "js-3.24.0",
        "v_collector": "ssc-3.2.0-kinesis",
        "v_etl": "snowplow-enrich-kinesis-4.2.0",
        "user_id": f"C{person.number:05d}" if person.number % 3 else None,
        "user_ipaddress": person.address,
        "domain_userid": uuid(6, person.seed),
        "domain_sessionidx": 1 + event.session % 9,
        "network_userid": uuid(7, person.seed),
        "geo_country": "DE",
        "geo_city": person.city("de"),
        "geo_zipcode": person.postcode,
        "geo_latitude": Decimal(48_0000 + person.seed % 6_0000) / 10_000,
        "geo_longitude": Decimal(7_0000 + person.seed % 7_0000) / 10_000,
        "page_url": f"https://shop.example.com{path}",
        "page_title": event.product.title(),
        "page_referrer": "https://www.example.org/" if person.seed % 4 == 0 else None,
        "page_urlscheme": "https",
        "page_urlhost": "shop.example.com",
        "page_urlport": 443,
        "page_urlpath": path,
        "refr_medium": "unknown" if person.seed % 4 == 0 else None,
        "contexts": _json("contexts", [{"schema": f"{SCHEMA}/web_page/jsonschema/1-0-0", "data": {"id": uuid(8, event.number)}}]),
        "useragent": AGENTS[person.seed % 3],
        "br_lang": "de-DE",
        "br_cookies": True,
        "br_colordepth": 24,
        "br_viewwidth": 390 if mobile else 1280,
        "br_viewheight": 844 if mobile else 720,
        "os_timezone": "Europe/Berlin",
        "dvce_type": "Mobile" if mobile else "Computer",
        "dvce_ismobile": mobile,
        "dvce_screenwidth": 390 if mobile else 1920,
        "dvce_screenheight": 844 if mobile else 1080,
        "doc_charset": "UTF-8",
        "doc_width": 390 if mobile else 1265,
        "doc_height": 2000 + event.product.number * 13,
        "dvce_sent_tstamp": event.at + timedelta(milliseconds=20),
        "domain_sessionid": uuid(9, event.session),
        "derived_tstamp": event.at + timedelta(milliseconds=155),
        "event_vendor": "com.google.analytics" if event.kind == "cart" else "com.snowplowanalytics.snowplow",
        "event_format": "jsonschema",
        "event_version": "1-0-0",
    }


def _json(kind: str, data: object) -> str:
    return json.dumps({"schema": f"{SCHEMA}/{kind}/jsonschema/1-0-0", "data": data}, separators=(",", ":"))


def _own(event: Event, kind: str) -> Row:
    total = event.price * event.quantity
    if kind == "struct":
        return {"se_category": "ecommerce", "se_action": "add_to_basket", "se_label": event.product.sku, "se_property": event.quantity, "se_value": event.price}
    if kind == "transaction":
        tax = (total * 19 / 119).quantize(total)
        return {"tr_orderid": f"T{event.number}", "tr_total": total, "tr_tax": tax, "tr_shipping": Decimal("4.90"), "tr_currency": "EUR"}
    if kind == "transaction_item":
        item = {"ti_sku": event.product.sku, "ti_name": event.product.title(), "ti_category": event.product.group()}
        return {"ti_orderid": f"T{event.number}", **item, "ti_price": event.price, "ti_quantity": event.quantity, "ti_currency": "EUR"}
    return {}


def sheets(shop: Shop, number: int) -> Sequence[Sheet]:
    """Return a day's events, without a header."""
    layout = Csv(separator="\t", end="\n", raw=True)
    return [Sheet(ENRICHED, dated("enriched", calendar.day(number), "tsv"), list(rows(shop.events(number))), layout)]


PLATFORM = Platform("snowplow enriched TSV", (ENRICHED,), sheets)
