"""Names of columns say in many languages what they hold."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest

from sluice.rules.naming.column_names import role
from sluice.rules.naming.event_words import names_events
from sluice.sources.infer import infer
from sluice.sources.infer.personal import personal_columns

ORDERS: Mapping[str, tuple[str, ...]] = {  # number, time, item, count, price, buyer, phone, address, file
    "Dutch": ("Bestelnummer", "Besteldatum", "Artikelnummer", "Aantal", "Prijs", "Klant naam", "Telefoonnummer", "Adres", "bestellingen"),
    "Italian": ("Numero ordine", "Data ordine", "Codice articolo", "Quantità", "Prezzo", "Nome cliente", "Cellulare", "Indirizzo", "ordini"),
    "Portuguese": ("Número do pedido", "Data do pedido", "Código do produto", "Quantidade", "Preço", "Nome do comprador", "Celular", "Endereço", "vendas"),
    "Polish": ("Numer zamówienia", "Data zamówienia", "Kod towaru", "Ilość", "Wartość", "Imię odbiorcy", "Telefon", "Adres", "zamowienia"),
    "Czech": ("Číslo objednávky", "Datum objednávky", "Kód zboží", "Množství", "Částka", "Jméno zákazník", "Telefon", "Adresa", "objednavky"),
    "Swedish": ("Ordernummer", "Orderdatum", "Artikelnummer", "Antal", "Pris", "Kund namn", "Telefon", "Gatuadress", "bestallningar"),
    "Danish": ("Ordrenummer", "Ordredato", "Varenummer", "Antal", "Beløb", "Køber navn", "Telefon", "Adresse", "ordrer"),
    "Romanian": ("Număr comandă", "Data comenzii", "Număr produs", "Cantitate", "Preț", "Nume client", "Telefon", "Adresa", "comenzi"),
    "Hungarian": ("Rendelésszám", "Rendelés dátuma", "Cikkszám", "Mennyiség", "Összeg", "Vevő név", "Telefonszám", "Utca", "rendelesek"),
    "Turkish": ("Sipariş Numarası", "Sipariş Tarihi", "Ürün Kodu", "Adet", "Birim Fiyatı", "Müşteri Adı", "Telefon", "Teslimat Adresi", "siparisler"),  # noqa: RUF001  # the Turkish letter
    "Indonesian": ("No. Pesanan", "Waktu Pesanan Dibuat", "Kode Produk", "Jumlah", "Harga Awal", "Nama Pembeli", "No. Telepon", "Alamat", "pesanan"),
    "Arabic": ("رقم الطلب", "تاريخ الطلب", "رمز المنتج", "الكمية", "السعر", "اسم العميل", "الهاتف", "العنوان", "الطلبات"),
    "Vietnamese": ("Mã đơn hàng", "Ngày đặt hàng", "Mã sản phẩm", "Số lượng", "Đơn giá", "Tên người mua", "Số điện thoại", "Địa chỉ", "orders"),
    "Thai": ("หมายเลขคำสั่งซื้อ", "วันที่สั่งซื้อ", "รหัสสินค้า", "จำนวน", "ราคาขาย", "ชื่อผู้ซื้อ", "เบอร์โทรศัพท์", "ที่อยู่", "คำสั่งซื้อ"),
}
ROLES = ("code", "time", "code", "count", "quantity")


@pytest.mark.parametrize("language", ORDERS)
def test_a_name_says_what_a_column_holds(language: str) -> None:
    *names, _, _, _, file = ORDERS[language]
    assert tuple(map(role, names)) == ROLES
    assert names_events([file])


@pytest.mark.parametrize("language", ORDERS)
def test_who_bought_and_where_it_goes_is_personal(language: str) -> None:
    order, time, item, count, price, buyer, phone, address, _ = ORDERS[language]
    rows = pl.DataFrame(
        {
            order: ["A-1", "A-2", "A-3"],
            time: ["2026-11-26", "2026-11-27", "2026-11-27"],
            item: ["P1", "P2", "P1"],
            count: [1, 2, 1],
            price: [5.0, 9.5, 5.0],
            buyer: ["Ada Novak", "Ben Okur", "Cem Arslan"],
            phone: ["0712", "0713", "0714"],
            address: ["Main 1", "Main 2", "Main 3"],
        }
    )
    assert {*personal_columns(rows, [])} == {buyer, phone, address}


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("Data source", None),
        ("CAS", None),
        ("Số lượng", "count"),
        ("Giá gốc", "quantity"),
        ("Ngày đặt hàng", "time"),
        ("Estado", None),
        ("Kwota brutto", "quantity"),
    ],
)
def test_a_word_is_read_with_its_accents_and_its_neighbours(name: str, says: str | None) -> None:
    assert role(name) == says


def test_the_lines_of_orders_are_identified_by_their_own_number(tmp_path: Path) -> None:
    rows = [f"11/{10 + n % 15}/26,Oak lamp {n % 7},{1 + n % 3},{900 + n},{5000 + n},{70 + n % 7},Ann Weaver (ann{n})" for n in range(40)]
    (tmp_path / "SoldOrderItems2026-11.csv").write_text("\n".join(["Sale Date,Item Name,Quantity,Order ID,Transaction ID,Listing ID,Buyer", *rows]))
    (dataset,) = infer(tmp_path)
    assert dataset.key == ("Transaction ID",)


def test_the_payment_of_an_order_is_not_its_key(tmp_path: Path) -> None:
    rows = [f"{900 + n},ch_{n * 7919:08x},P{n % 9},{1 + n % 3},{9 + n % 5}.50,paid,2026-11-26 10:{n:02}" for n in range(60)]
    (tmp_path / "orders_2026-11-26.csv").write_text("\n".join(["order_id,transaction_id,sku,quantity,total,status,created_at", *rows]))
    (dataset,) = infer(tmp_path)
    assert dataset.key == ("order_id",)


def test_a_barcode_of_a_maker_is_not_the_key_of_products(tmp_path: Path) -> None:
    rows = [f"U-{n:03},86905{n:08},Bardak {n},{9 + n % 5},50" for n in range(60)]
    (tmp_path / "urunler.csv").write_text("\n".join(["Ürün Kodu,Barkod,Tanim,Fiyat,Stok", *rows]))
    (dataset,) = infer(tmp_path)
    assert dataset.key == ("Ürün Kodu",)


@pytest.mark.parametrize("phone", ["Telefoonnummer", "เบอร์โทรศัพท์", "No. Telepon", "Cellulare"])
def test_the_telephone_of_a_buyer_is_no_key(tmp_path: Path, phone: str) -> None:
    rows = [f"{n // 2},2026-11-26 {n // 60:02}:{n % 60:02},P{n % 7},Jan de Vries,06{n * 7919:08}" for n in range(80)]
    (tmp_path / "orders_2026-11-26.csv").write_text("\n".join([f"Ordernummer,Orderdatum,Artikelnummer,Klant naam,{phone}", *rows]))
    (dataset,) = infer(tmp_path)
    assert phone not in dataset.key


def test_a_login_behind_a_name_hides_no_person() -> None:
    buyers = ["Ann Weaver (ann77)", "Ben Carter (shopper_x)", "Cora Diaz (cora)", "Dan Ek (dan.ek)", "Eve Fox (e1)"]
    assert {*personal_columns(pl.DataFrame({"Buyer": buyers, "Order ID": list("abcde")}), [])} == {"Buyer"}


def test_the_id_that_a_tool_gives_each_event_is_its_key(tmp_path: Path) -> None:
    lines = [f'{{"time": {1764150000 + 60 * n}, "distinct_id": "u{n % 9}", "insert_id": "{n * 7919:012x}", "event": "View"}}' for n in range(80)]
    (tmp_path / "export-2026-11-26.jsonl").write_text("\n".join(lines))
    (dataset,) = infer(tmp_path)
    assert dataset.key == ("insert_id",)
