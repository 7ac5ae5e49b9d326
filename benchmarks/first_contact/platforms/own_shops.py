"""Generate the exports of shops that wrote their own: plain English, German with decimal commas, and Chinese orders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from benchmarks.first_contact import calendar
from benchmarks.first_contact.layouts import Csv
from benchmarks.first_contact.platforms.platform import Platform, dated
from benchmarks.first_contact.shop import Shop
from benchmarks.first_contact.truth import Sheet, column, log, plain, snapshot


def comma(value: object) -> str:
    """Write a number with a decimal comma and dots between thousands."""
    return f"{value:,.2f}".translate(str.maketrans(",.", ".,")) if isinstance(value, Decimal) else plain(value)


def euro(value: object) -> str:
    """Write an amount of money with its sign behind."""
    return f"{comma(value)} €" if isinstance(value, Decimal) else plain(value)


def german_time(value: object) -> str:
    """Write a time as it is written in Germany."""
    return f"{value:%d.%m.%Y %H:%M:%S}" if isinstance(value, datetime) else plain(value)


def ja_nein(value: object) -> str:
    """Write a Boolean value in German."""
    return "ja" if value else "nein"


def iso(value: object) -> str:
    """Write a time in UTC, to the millisecond."""
    return f"{value.isoformat(timespec='milliseconds')}Z" if isinstance(value, datetime) else plain(value)


def second(value: object) -> str:
    """Write a time to the second, without a zone."""
    return f"{value:%Y-%m-%d %H:%M:%S}" if isinstance(value, datetime) else plain(value)


PRODUCTS = snapshot(
    "products",
    [
        *(column(name) for name in ("product_id", "title", "brand", "category", "description")),
        column("price", "number"),
        column("currency"),
        column("stock", "integer|number"),
        column("weight_g", "number|integer"),
        column("rating", "number"),
        column("gtin"),
        column("image_url"),
        column("active", "boolean"),
        column("created_at", "timestamp", second),
        column("updated_at", "timestamp", second),
    ],
    ("product_id",),
)
EVENTS = log(
    "events",
    [
        column("event_id"),
        column("event_type"),
        column("ts", "timestamp", iso),
        column("user_id", personal=None),
        column("session_id"),
        column("product_id"),
        column("price", "number"),
        column("quantity", "integer|number"),
        column("order_id"),
        column("search_query"),
        column("ip", personal=True),
        column("user_agent", personal=True),
    ],
    ("event_id",),
    "ts",
    references={"product_id": "products"},
)
AGENTS = ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Firefox/142.0", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X)", "ShopApp/5.12.0 (Android 15)")
ARTICLES = snapshot(
    "artikel",
    [
        *(column(name) for name in ("Artikelnummer", "Bezeichnung", "Hersteller", "Warengruppe", "Beschreibung")),
        column("Preis", "number", euro),
        column("Bestand", "integer|number"),
        column("Gewicht (kg)", "number", comma),
        column("Verfügbar", "boolean", ja_nein),
        column("EAN"),
        column("Angelegt am", "date|timestamp", lambda value: f"{value:%d.%m.%Y}"),
    ],
    ("Artikelnummer",),
)
BESTELLUNGEN = log(
    "bestellungen",
    [
        column("Bestellnummer"),
        column("Position", "integer|number"),
        column("Bestelldatum", "timestamp", german_time),
        column("Artikelnummer"),
        column("Menge", "integer|number"),
        column("Einzelpreis", "number", comma),
        column("Gesamtbetrag", "number", euro),
        column("Zahlart"),
        *(column(name, personal=True) for name in ("Vorname", "Nachname", "E-Mail", "Telefon", "Straße", "PLZ", "Ort")),
    ],
    ("Bestellnummer", "Position"),
    "Bestelldatum",
    keys=(("Bestellnummer", "Position"), ("Bestellnummer", "Artikelnummer")),
    references={"Artikelnummer": "artikel"},
)
CHINESE = log(
    "订单",
    [
        column("订单编号"),
        column("下单时间", "timestamp", second),
        column("付款时间", "timestamp", second),
        column("商品编号"),
        column("商品名称"),
        column("数量", "integer|number"),
        column("单价", "number", lambda value: f"￥{value:,.2f}"),
        column("实付金额", "number"),
        column("订单状态"),
        *(column(name, personal=True) for name in ("买家昵称", "收货人", "手机号", "收货地址")),
        column("是否开票", "boolean|string", lambda value: "是" if value else "否"),
    ],
    ("订单编号", "商品编号"),
    "下单时间",
    keys=((), ("订单编号", "商品编号"), ("订单编号", "商品名称")),
    times=("下单时间", "付款时间"),
)


def english(shop: Shop, number: int) -> Sequence[Sheet]:
    """Return catalog and events of a day."""
    day = calendar.day(number)
    midnight = datetime.combine(day, datetime.min.time())
    products = [
        {
            "product_id": f"P{product.number:05d}",
            "title": product.title(),
            "brand": product.brand,
            "category": product.group(),
            "description": product.description(),
            "price": shop.price(product, number),
            "currency": "USD",
            "stock": (product.number * 7 + number) % 50,
            "weight_g": product.grams,
            "rating": (Decimal(30 + product.number % 21) / 10).quantize(Decimal("0.1")),
            "gtin": product.gtin,
            "image_url": f"https://img.example.com/{product.handle}.jpg",
            "active": True,
            "created_at": midnight.replace(year=2024, day=1 + product.number % 28, hour=product.number % 24),
            "updated_at": midnight.replace(hour=3, minute=product.number % 60),
        }
        for product in shop.listed(number)
    ]
    events = [
        {
            "event_id": f"e{event.number:08d}",
            "event_type": event.kind,
            "ts": event.at,
            "user_id": f"u{event.customer.number:05d}",
            "session_id": f"s{event.session}",
            "product_id": f"P{event.product.number:05d}",
            "price": event.price,
            "quantity": event.quantity if event.kind != "view" else None,
            "order_id": f"O{event.number:08d}" if event.kind == "purchase" else None,
            "search_query": event.product.title().lower().split(" no")[0] if event.number % 9 == 0 else None,
            "ip": event.customer.address,
            "user_agent": AGENTS[event.customer.seed % 3],
        }
        for event in shop.events(number)
    ]
    return [Sheet(PRODUCTS, dated("products", day, "csv"), products, Csv(end="\n")), Sheet(EVENTS, dated("events", day, "csv"), events, Csv(end="\n"))]


def german(shop: Shop, number: int) -> Sequence[Sheet]:
    """Return article list and orders of a day, in cp1252 with semicolons."""
    day = calendar.day(number)
    articles = [
        {
            "Artikelnummer": product.sku,
            "Bezeichnung": product.title("de"),
            "Hersteller": product.brand,
            "Warengruppe": product.group("de"),
            "Beschreibung": product.description("de"),
            "Preis": shop.price(product, number),
            "Bestand": (product.number * 5 + number) % 70,
            "Gewicht (kg)": Decimal(product.grams) / 1000,
            "Verfügbar": product.number % 11 > 0,
            "EAN": product.gtin,
            "Angelegt am": day.replace(year=2023, day=1 + product.number % 28),
        }
        for product in shop.listed(number)
    ]
    orders = [
        {
            "Bestellnummer": f"B-{order.number}",
            "Position": place + 1,
            "Bestelldatum": order.at.replace(microsecond=0),
            "Artikelnummer": line.product.sku,
            "Menge": line.quantity,
            "Einzelpreis": line.price,
            "Gesamtbetrag": order.total,
            "Zahlart": ("PayPal", "Rechnung", "Kreditkarte", "Vorkasse")[order.number % 4],
            "Vorname": order.customer.name("de").split()[0],
            "Nachname": order.customer.name("de").split()[1],
            "E-Mail": order.customer.email,
            "Telefon": order.customer.phone("de"),
            "Straße": order.customer.street("de"),
            "PLZ": order.customer.postcode,
            "Ort": order.customer.city("de"),
        }
        for order in shop.orders(number)
        for place, line in enumerate(order.lines)
    ]
    layout = Csv(";", "cp1252")
    return [Sheet(ARTICLES, dated("artikel", day, "csv"), articles, layout), Sheet(BESTELLUNGEN, dated("bestellungen", day, "csv"), orders, layout)]


def chinese(shop: Shop, number: int) -> Sequence[Sheet]:
    """Return the orders of a day, in GB18030."""
    day = calendar.day(number)
    rows = [
        {
            "订单编号": f"{20250000000000 + order.number * 131}",
            "下单时间": order.at.replace(microsecond=0),
            "付款时间": order.at.replace(microsecond=0),
            "商品编号": line.product.sku,
            "商品名称": line.product.title("zh"),
            "数量": line.quantity,
            "单价": line.price,
            "实付金额": line.price * line.quantity,
            "订单状态": "已签收" if order.number % 5 else "已发货",
            "买家昵称": f"tb{order.customer.seed}",
            "收货人": order.customer.name("zh"),
            "手机号": order.customer.phone("zh"),
            "收货地址": f"{order.customer.city('zh')}{order.customer.street('zh')}",
            "是否开票": order.number % 7 == 0,
        }
        for order in shop.orders(number)
        for line in order.lines
    ]
    return [Sheet(CHINESE, dated("订单", day, "csv"), rows, Csv(encoding="gb18030"))]


PLATFORM = Platform("own shop, English", (PRODUCTS, EVENTS), english)
GERMAN = Platform("own shop, German cp1252", (ARTICLES, BESTELLUNGEN), german)
CHINESE_SHOP = Platform("own shop, Chinese GB18030", (CHINESE,), chinese)
