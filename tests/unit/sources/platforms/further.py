"""Made-up files of further systems."""

from __future__ import annotations

from tests.unit.sources.platforms.catalogs import title
from tests.unit.sources.platforms.sample import Sample, as_csv


def amazon_listings(day: int) -> bytes:
    header = ["item_sku", "external_product_id", "item_name", "brand_name", "standard_price", "quantity", "parent_child", "parent_sku", "variation_theme"]
    rows: list[list[object]] = []
    for number in range(30 + day):
        if number % 3 == 0:
            rows.append([f"A-{number:03}", None, title(number), "Acme", None, None, "parent", None, "Size"])
        else:
            offer = [f"{20 + number}.99", 5 + number - day]
            rows.append([f"A-{number:03}", f"400638133{number:04}", title(number), "Acme", *offer, "child", f"A-{number // 3 * 3:03}", "Size"])
    return as_csv(header, rows, "\t")


def prestashop(day: int) -> bytes:
    header = [
        "Product ID",
        "Active (0/1)",
        "Name *",
        "Categories (x,y,z...)",
        "Price tax excluded",
        "Reference #",
        "EAN13",
        "Quantity",
        "Product available date",
    ]
    rows: list[list[object]] = [
        [number + 1, 1, title(number), "Home,Kitchen", f"{12 + number}.90", f"demo_{number // 2}", "1234567890123", 10 + number - day, "2013-03-01"]
        for number in range(40 + day)
    ]
    return as_csv(header, rows, ";")


def bigcommerce(day: int) -> bytes:
    header = ["Item", "ID", "Name", "SKU", "Options", "Price", "Current Stock", "Weight"]
    rows: list[list[object]] = []
    for number in range(20 + day):
        rows.append(["Product", 100 + number, title(number), f"B-{number:03}", None, f"{30 + number}.00", 0, "0.50"])
        rows.append(["Variant", 500 + number, None, f"B-{number:03}-S", "Size=S", f"{30 + number}.00", 7 + number, "0.50"])
    return as_csv(header, rows)


def snowplow(day: int) -> bytes:
    header = ["app_id", "collector_tstamp", "derived_tstamp", "event_id", "user_ipaddress", "domain_userid", "event_name", "page_url", "useragent"]
    rows: list[list[object]] = []
    for number in range(60):
        at = f"2026-11-{26 + day} {8 + number // 10:02}:{number % 60:02}:07.{number:03}"
        who = [f"192.0.2.{number}", f"d{number % 8:011x}"]
        rows.append(["shop", at, at, f"{day}{number:07x}-0000-4000-8000-000000000000", *who, "page_view", f"https://a.example/p/{number % 9}", "Mozilla/5.0"])
    return as_csv(header, rows, "\t")


def adobe(day: int) -> bytes:
    header = ["hitid_high", "hitid_low", "post_visid_high", "post_visid_low", "hit_time_gmt", "ip", "user_agent", "post_event_list", "post_product_list"]
    rows: list[list[object]] = []
    for number in range(60):
        ids = [
            9_445_000_000_000_000_000 + day * 1000 + number,
            16_000_000_000_000_000_000 + number,
            3_000_000_000_000_000_000 + number % 8,
            7_000_000_000_000_000_001,
        ]
        rows.append([*ids, 1_795_651_200 + day * 86_400 + number * 901, f"192.0.2.{number}", "Mozilla/5.0", "2,100", f";G{number % 9:03};1;9.50"])
    return as_csv(header, rows, "\t")


def heureka(day: int) -> bytes:
    items = []
    for number in range(30 + day):
        params = "".join(f"<PARAM><PARAM_NAME>{name}</PARAM_NAME><VAL>{value}</VAL></PARAM>" for name, value in (("Barva", "modrá"), ("Materiál", "dřevo")))
        pictures = f"<IMGURL>https://a.example/{number}.jpg</IMGURL><IMGURL_ALTERNATIVE>https://a.example/{number}-b.jpg</IMGURL_ALTERNATIVE>"
        price = f"{199 + number},50" if number % 2 else str(199 + number)
        offer = f"<PRICE_VAT>{price}</PRICE_VAT><HEUREKA_CPC>2,5</HEUREKA_CPC><DELIVERY_DATE>{(0, 3, '2026-12-24')[number % 3]}</DELIVERY_DATE>"
        delivery = "<DELIVERY><DELIVERY_ID>PPL</DELIVERY_ID><DELIVERY_PRICE>99</DELIVERY_PRICE></DELIVERY>"
        name = f"<ITEM_ID>H-{number:03}</ITEM_ID><ITEMGROUP_ID>G{number // 3}</ITEMGROUP_ID><PRODUCTNAME>{title(number)}</PRODUCTNAME>"
        link = f"<URL>https://a.example/p/{number}</URL><CATEGORYTEXT>Dům | Kuchyně</CATEGORYTEXT><EAN>85912345{number:05}</EAN>"
        items.append(f"<SHOPITEM>{name}{link}{pictures}{offer}{params}{delivery}</SHOPITEM>")
    return f'<?xml version="1.0" encoding="utf-8"?>\n<SHOP>{"".join(items)}</SHOP>'.encode()


def datev(day: int) -> bytes:
    about = f'"EXTF";700;21;"Buchungsstapel";13;202611{26 + day}120000000;;"RE";"";"";1001;1;20260101;4;20261101;20261130;"November";"";1;0;0;"EUR"\r\n'
    header = ["Umsatz (ohne Soll/Haben-Kz)", "Soll/Haben-Kennzeichen", "WKZ Umsatz", "Kurs", "Konto", "Gegenkonto (ohne BU-Schlüssel)", "BU-Schlüssel"]
    rows: list[list[object]] = []
    for number in range(60):
        amount, account = f"{9 + number * 7 % 900},{number % 100:02}", ("8400", "8300", "0420")[number % 3]
        booking = [f"{26 + day}11", f"RE{day}{number:04}", "Rechnung Lampe"]
        rows.append([amount, "SH"[number % 2], "EUR", None, account, f"1{number * 37 % 900:04}", None, *booking])
    return about.encode("cp1252") + as_csv([*header, "Belegdatum", "Belegfeld 1", "Buchungstext"], rows, ";", "cp1252")


FURTHER = {
    "datev": Sample(
        "a DATEV batch of bookings",
        "EXTF_Buchungsstapel_202611{}.csv",
        datev,
        rows=60,
        types={"Umsatz (ohne Soll/Haben-Kz)": "number", "Konto": "string", "Gegenkonto (ohne BU-Schlüssel)": "string", "Belegdatum": "string"},
        personal=(),
    ),
    "heureka": Sample(
        "a Heureka product feed",
        "heureka_2026-11-{}.xml",
        heureka,
        rows=30,
        types={"ITEM_ID": "string", "PRICE_VAT": "number", "DELIVERY_DATE": "string", "EAN": "string"},
        personal=(),
        key=("ITEM_ID",),
        mode="snapshot",
    ),
    "amazon_listings": Sample(
        "an Amazon listing file",
        "listings_2026-11-{}.txt",
        amazon_listings,
        rows=30,
        types={"item_sku": "string", "external_product_id": "string", "standard_price": "number", "quantity": "integer"},
        personal=(),
        key=("item_sku",),
        mode="snapshot",
    ),
    "prestashop": Sample(
        "a PrestaShop product file",
        "products_import_2026-11-{}.csv",
        prestashop,
        rows=40,
        types={"Price tax excluded": "number", "EAN13": "string", "Product available date": "date"},
        personal=(),
        key=("Product ID",),
        mode="snapshot",
    ),
    "bigcommerce": Sample(
        "a BigCommerce product export",
        "products-2026-11-{}.csv",
        bigcommerce,
        rows=40,
        types={"SKU": "string", "Price": "number", "Current Stock": "integer"},
        personal=(),
        key=("Item", "ID"),
        mode="snapshot",
    ),
    "snowplow": Sample(
        "Snowplow's enriched events",
        "enriched_2026-11-{}.tsv",
        snowplow,
        rows=60,
        types={"derived_tstamp": "timestamp", "event_id": "string"},
        personal=("user_ipaddress", "domain_userid", "page_url", "useragent"),
        key=("event_id",),
        time="derived_tstamp",
    ),
    "adobe": Sample(
        "an Adobe Analytics data feed",
        "hit_data_2026-11-{}.tsv",
        adobe,
        rows=60,
        types={"hitid_high": "string", "hit_time_gmt": "timestamp", "post_event_list": "string"},
        personal=("ip", "user_agent"),
        key=("hitid_high", "hitid_low"),
        time="hit_time_gmt",
    ),
}
