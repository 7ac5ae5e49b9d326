# ruff: noqa: RUF001  # Russian is written in its own letters
"""Made-up catalogs of shop systems."""

from __future__ import annotations

from tests.unit.sources.platforms.sample import Sample, as_csv

WORDS = ("Lamp", "Mug", "Rug", "Vase", "Tray", "Bowl", "Clock", "Stool", "Jar", "Cup")
WOODS = ("Alder", "Birch", "Cedar", "Dune", "Elm", "Fern", "Gale", "Hazel", "Iris", "Maple")


def title(number: int) -> str:
    return f"{WORDS[number % 10]} {WOODS[number // 10 % 10]}"


def shopify_products(day: int) -> bytes:
    header = ["Handle", "Title", "Body (HTML)", "Vendor", "Tags", "Published", "Option1 Name", "Option1 Value", "Variant SKU", "Variant Grams"]
    header += ["Variant Inventory Qty", "Variant Price", "Variant Compare At Price", "Image Src", "Image Position", "Status"]
    rows: list[list[object]] = []
    for number in range(20 + day):
        handle, picture = title(number).lower().replace(" ", "-"), f"https://cdn.example.com/{number}"
        product = [title(number), f"<p>A {title(number)}.</p>", "Acme", "home, new", "true"]
        if number % 4 == 0:
            price = [f"{20 + number + day}.00", None]
            rows.append([handle, *product, "Title", "Default Title", f"'00{number:02}", 0, 5, *price, f"{picture}.jpg", 1, "active"])
        else:
            for index, size in enumerate(("S", "M")):
                first = index == 0
                lead = [*product, "Size"] if first else [None] * 6
                picture_cells = [f"{picture}.jpg", 1] if first else [None, None]
                rows.append([handle, *lead, size, f"'0{number:02}{index}", 200, 7, "19.00", "25.00", *picture_cells, "active" if first else None])
        rows.append([handle, *[None] * 12, f"{picture}-b.jpg", 2, None])
    return as_csv(header, rows)


def woocommerce(day: int) -> bytes:
    header = ["ID", "Typ", "Artikelnummer", "Name", "Veröffentlicht", "Sichtbarkeit im Katalog", "Beschreibung", "Auf Lager?", "Lager", "Gewicht (kg)"]
    header += ["Angebotspreis", "Regulärer Preis", "Kategorien", "Bilder", "Übergeordnetes Produkt", "Position", "Attribut 1 Name", "Attribut 1 Wert(e)"]
    rows: list[list[object]] = []
    for number in range(30 + day):
        kind = ("variable", "variation", "simple")[number % 3]
        parent = f"W-{number - 1:03}" if kind == "variation" else None
        price = f"{12 + number + day},90" if kind != "variable" else None
        stock = "parent" if kind == "variation" and number % 2 else number
        categories = None if parent else "Haus > Küche, Neu"
        text = [f"'-{title(number)}" if number == 5 else title(number), 1, "visible", f"Ein {title(number)}.\\nNeu.", 1, stock, f"0.{number % 9 + 1}"]
        rows.append([100 + number, kind, f"W-{number:03}", *text, None, price, categories, f"https://a.example/{number}.jpg", parent, 0, "Farbe", "Rot, Blau"])
    return b"\xef\xbb\xbf" + as_csv(header, rows)


def woocommerce_russian(day: int) -> bytes:
    header = ["ID", "Тип", "Артикул", "Имя", "Опубликован", "Рекомендуемый?", "Видимость в каталоге", "Описание", "Наличие", "Запасы", "Вес (кг)"]
    header += ["Акционная цена", "Базовая цена", "Категории", "Изображения", "Родительский", "Позиция", "Название атрибута 1", "Значения атрибутов 1"]
    rows: list[list[object]] = []
    for number in range(30 + day):
        kind = ("variable", "variation", "simple")[number % 3]
        parent = f"W-{number - 1:03}" if kind == "variation" else None
        price, categories = f"{1200 + number + day}" if kind != "variable" else None, None if parent else r"Дом > Кухня\, столовая, Новинки"
        text = [title(number), 1, 0, "visible", f"{title(number)}.\\nНовый.", 1, "parent" if kind == "variation" else number, f"0.{number % 9 + 1}"]
        rows.append(
            [100 + number, kind, f"W-{number:03}", *text, None, price, categories, f"https://a.example/{number}.jpg", parent, 0, "Цвет", r"Красный, 3\,5 мм"]
        )
    return b"\xef\xbb\xbf" + as_csv(header, rows)


def magento(day: int) -> bytes:
    header = ["sku", "store_view_code", "attribute_set_code", "product_type", "product_websites", "name", "weight", "product_online", "visibility", "price"]
    header += ["created_at", "qty", "out_of_stock_qty", "is_in_stock", "website_id", "categories"]
    rows: list[list[object]] = []
    for number in range(30 + day):
        sku, grouped = f"24-MB{number:02}", number % 6 == 5
        price, qty = (None, None) if grouped else (f"{34 + number}.0000", f"{100 - day}.0000")
        base = ["Default", "grouped" if grouped else "simple", "base", title(number), "0.5", 1, "Catalog, Search", price, "2015-10-25 3:34:20"]
        rows.append([sku, None, *base, qty, " -5.0000", 1, 0, "Default Category/Gear,Default Category/New"])
        if number % 3 == 0:
            rows.append([sku, "de", "Default", "simple", None, f"{title(number)} (de)", *[None] * 10])
    return as_csv(header, rows)


def magento_1(day: int) -> bytes:
    header = ["sku", "_store", "_attribute_set", "_type", "_category", "_product_websites", "name", "price", "special_to_date", "date_expired", "color"]
    header += ["qty", "is_in_stock", "_media_image"]
    rows: list[list[object]] = []
    for number in range(30 + day):
        times = ["2026-11-30 00:00:00", "2108-01-01 00:00:00"]
        lead = [f"M1-{number:03}", None, "Default", "simple", "Home/Lamps", "base", title(number), f"{34 + number + day}.0000", *times]
        rows.append([*lead, "red", f"{100 - day}.0000", 1, f"/m/{number}.jpg"])
        rows.extend([*[None] * 10, color, None, None, f"/m/{number}-{color}.jpg"] for color in ("blue", "green")[: number % 3])
        if number % 5 == 0:
            rows.append([None, "german", *[None] * 4, f"{title(number)} (de)", *[None] * 7])
    return as_csv(header, rows)


def google_merchant(day: int) -> bytes:
    header = ["id", "title", "description", "link", "image_link", "availability", "price", "gtin", "brand", "item_group_id", "condition"]
    rows: list[list[object]] = []
    for number in range(40 + day):
        place = [f"https://a.example/p/{number}", f"https://a.example/i/{number}.jpg", ("in_stock", "out_of_stock")[number % 5 == 4]]
        code = f"400638133{number:04}" if number % 4 else None
        rows.append([f"G{number:03}", title(number), f"A {title(number)}.", *place, f"{15 + number + day}.00 USD", code, "Acme", f"P{number // 2:02}", "new"])
    return as_csv(header, rows, "\t")


def meta_catalog(day: int) -> bytes:
    header = ["id", "title", "description", "availability", "condition", "price", "link", "image_link", "brand", "item_group_id", "fb_product_category"]
    rows: list[list[object]] = []
    for number in range(40 + day):
        place = ["in stock", "new", f"{15 + number + day}.50 EUR", f"https://a.example/p/{number}", f"https://a.example/i/{number}.jpg"]
        rows.append([f"M{number:03}", title(number), f"A {title(number)}.", *place, "Acme", f"P{number // 2:02}", "home > lamps"])
    return as_csv(header, rows)


def olist(day: int) -> bytes:
    header = ["order_id", "order_item_id", "product_id", "seller_id", "shipping_limit_date", "price", "freight_value"]
    rows = [
        [
            f"{day}{number // 2:031x}",
            number % 2 + 1,
            f"{number % 9:032x}",
            f"{number % 4:032x}",
            f"2017-09-{19 + day} 09:{number:02}:35",
            f"{58 + number}.90",
            "13.29",
        ]
        for number in range(40)
    ]
    return as_csv(header, rows)


SHOPIFY_PRODUCTS = Sample(
    "a Shopify product export",
    "products_export_2026-11-{}.csv",
    shopify_products,
    rows=55,
    types={"Variant SKU": "string", "Variant Price": "number", "Variant Grams": "number", "Published": "boolean", "Image Position": "integer"},
    personal=(),
    key=("Handle", "Option1 Value", "Image Src"),
    mode="snapshot",
)
WOOCOMMERCE = Sample(
    "a WooCommerce product export",
    "wc-product-export-2026-11-{}.csv",
    woocommerce,
    rows=30,
    types={"Artikelnummer": "string", "Regulärer Preis": "number", "Gewicht (kg)": "number", "Lager": "number", "Übergeordnetes Produkt": "string"},
    personal=(),
    key=("ID",),
    mode="snapshot",
)
WOOCOMMERCE_RUSSIAN = Sample(
    "a WooCommerce product export",
    "wc-product-export-2026-11-{}.csv",
    woocommerce_russian,
    rows=30,
    types={"Артикул": "string", "Базовая цена": "number", "Вес (кг)": "number", "Запасы": "number", "Родительский": "string", "Опубликован": "integer"},
    personal=(),
    key=("ID",),
    mode="snapshot",
)
MAGENTO = Sample(
    "a Magento catalog export",
    "catalog_product_202611{}_120000.csv",
    magento,
    rows=40,
    types={"sku": "string", "price": "number", "qty": "number", "created_at": "timestamp", "out_of_stock_qty": "number"},
    personal=(),
    key=("sku", "store_view_code"),
    mode="snapshot",
)
MAGENTO_1 = Sample(
    "a Magento 1 product export",
    "export_all_products_2026-11-{}.csv",
    magento_1,
    rows=66,
    types={"sku": "string", "price": "number", "qty": "number", "special_to_date": "timestamp"},
    personal=(),
    key=("sku", "_store", "_row"),
    mode="snapshot",
)
GOOGLE = Sample(
    "a Google Merchant feed",
    "feed_2026-11-{}.tsv",
    google_merchant,
    rows=40,
    types={"id": "string", "gtin": "string", "price": "number"},
    personal=(),
    key=("id",),
    mode="snapshot",
)
META = Sample("a Meta catalog", "catalog_2026-11-{}.csv", meta_catalog, rows=40, types={"price": "number"}, personal=(), key=("id",), mode="snapshot")
OLIST = Sample(
    "Olist's order items",
    "olist_order_items_2026-11-{}.csv",
    olist,
    rows=40,
    types={"order_item_id": "integer", "price": "number", "shipping_limit_date": "timestamp", "product_id": "string"},
    personal=(),
    key=("order_id", "order_item_id"),
)
CATALOGS = {
    "shopify_products": SHOPIFY_PRODUCTS,
    "woocommerce": WOOCOMMERCE,
    "woocommerce russian": WOOCOMMERCE_RUSSIAN,
    "magento": MAGENTO,
    "magento 1": MAGENTO_1,
    "google_merchant": GOOGLE,
    "meta_catalog": META,
    "olist": OLIST,
}
