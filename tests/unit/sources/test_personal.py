"""Personal columns are recognised in the languages of shops' files, by names and by values."""

from __future__ import annotations

import polars as pl
import pytest

from sluice.messages import render
from sluice.sources.infer.personal import personal_columns
from sluice.sources.infer.personal_checks import is_iban, is_luhn, is_resident_id
from sluice.sources.infer.personal_values import content_of

NAMES = ["Ann Weaver", "Björn Holt", "María Paz"]
TABLES = {
    "customers": ["customer_name", "first_name", "Phone Number", "zip", "city", "gender", "birth_date", "vat_id", "user agent", "lat"],
    "kunden": ["Vorname", "Nachname", "Straße", "PLZ", "Ort", "Geburtsdatum", "Geschlecht", "Lieferadresse", "Kundenname"],
    "clients": ["prénom", "nom", "date_de_naissance", "sexe", "adresse", "code_postal", "ville", "courriel"],
    "clientes": ["nombre", "apellidos", "fecha_nacimiento", "dirección", "código_postal", "ciudad", "dni", "correo"],
    "客户": ["姓名", "手机号码", "身份证号", "出生日期", "性别", "收货地址", "城市"],
    "顧客": ["氏名", "フリガナ", "メールアドレス", "郵便番号", "住所", "携帯電話", "生年月日"],
    "고객": ["이름", "휴대폰번호", "이메일", "주소", "우편번호", "생년월일"],
    "клиенты": ["ФИО", "Телефон", "Адрес"],
}


def frame(columns: list[str]) -> pl.DataFrame:
    return pl.DataFrame(dict.fromkeys(columns, NAMES))


@pytest.mark.parametrize(("table", "columns"), TABLES.items())
def test_every_personal_column_of_a_table_of_customers_is_found(table: str, columns: list[str]) -> None:
    assert list(personal_columns(frame([*columns, "tier", "currency"]), [table])) == columns


def test_a_catalog_has_no_personal_column_though_its_words_are_alike() -> None:
    columns = ["name", "product_name", "city", "gender", "age", "state", "brand", "shipping", "shipping_weight", "email_verified", "street_date_type", "note"]
    assert not personal_columns(frame(columns), ["products"])


@pytest.mark.parametrize(
    ("name", "values", "personal"),
    [
        ("Kunde", ["Müller, Jörg", "von Stein, Anna Maria", "O'Neil, Pat", "Díaz-Gómez, José"], True),
        ("customer", ["Ann Weaver", "Björn Holt", "María de la Paz", "Jean-Luc Picard", "Frau Eva Klein"], True),
        ("Client", ["Durand, Zoé", "Le Goff, Yann", "Petit, Léa"], True),
        ("cliente", ["García Márquez, Ana", "Ruiz, Eva", "Soto, Luis"], True),
        ("客户", ["王小明", "李雷", "张伟"], True),
        ("구매자", ["김민수", "이영희", "박지훈"], True),
        ("注文者", ["山田 太郎", "佐々木 花子", "林 さくら"], True),
        ("고객", ["햇살가게", "달빵", "나무상점"], False),
        ("Kunde", ["Acme GmbH", "Berg & Söhne KG", "Holz Meier OHG"], False),
        ("Kunde", ["K1001", "K1002", "K1003"], False),
        ("customer", ["New Customer", "Returning Customer", "Business Customer", "Private Customer", "Key Customer"], False),
        ("user", ["mobile", "desktop", "tablet"], False),
        ("客户", ["京东商城", "北京", "上海"], False),
        ("brand", ["Müller, Jörg", "Stein, Anna", "O'Neil, Pat"], False),
        ("author", ["Mann, Thomas", "Kafka, Franz", "Zweig, Stefan"], False),  # of a book
        ("title", ["Shirt, Red", "Shirt, Blue", "Mug, Green"], False),
        ("Ort", ["Paris, France", "Berlin, Germany", "Wien, Austria"], False),
    ],
)
def test_a_column_named_for_a_person_is_personal_where_its_values_are_names(name: str, values: list[str], personal: bool) -> None:
    assert (name in personal_columns(pl.DataFrame({name: values, "total": range(len(values))}), ["sales"])) is personal


def test_an_orders_number_called_name_is_no_name_of_a_person() -> None:
    orders = pl.DataFrame(
        {"Name": ["#1001", "#1002"], "Email": ["a@example.org", "b@example.org"], "Billing Name": ["Ann Weaver", "Bo Lee"], "Shipping": [4.9, 0.0]}
    )
    assert list(personal_columns(orders, ["orders", "export"])) == ["Email", "Billing Name"]


@pytest.mark.parametrize(
    ("values", "content"),
    [
        (["ann@example.org", "bo@example.com", "none"] * 4, ""),
        (["192.0.2.1", "198.51.100.7"], "IP addresses"),
        (["2001:db8::1", "2001:db8:0:1::2"], "IP addresses"),
        (["2001:0db8:0000:0001:0000:0000:0000:0002", "fe80:1::", "::ffff:192.0.2.1", "::1:2"], "IP addresses"),
        (["10:00:07", "23:59:59", "9:30:00"], ""),  # times of day
        (["10:00", "23:59"], ""),
        (["1:2:3:4", "12:30:00:15"], ""),  # ratios, and times with frames
        (["00:1a:2b:3c:4d:5e", "0A:1B:2C:3D:4E:5F"], "MAC addresses"),
        (["+49 30 1234567", "0049 (0)40 765432"], "telephone numbers"),
        (["Mozilla/5.0 (X11)", "okhttp/4.9"], "user agents"),
        (['{"a": 1, "email": "ann@example.org"}'], "personal keys in JSON"),
        ([account for number in range(12) for check in range(2, 99) if is_iban(account := f"DE{check:02}1000000000000000{number:02}")], "bank accounts"),
        ([f"1{prefix}00000{tail:03d}" for prefix in (38, 50, 77) for tail in range(5)], "mobile numbers"),
        ([f"13800000{tail:03d}" for tail in range(20)], ""),
        ([f"40063813{tail:05d}" for tail in range(20)], ""),
    ],
)
def test_values_are_recognised_by_form_and_check_digits(values: list[str], content: str) -> None:
    assert content_of(pl.Series(values)) == content


def test_check_digits() -> None:
    assert is_luhn("4111111111111111")
    assert not is_luhn("4111111111111112")
    assert is_iban("GB82 WEST 1234 5698 7654 32")
    assert not is_iban("GB82 WEST 1234 5698 7654 33")
    assert is_resident_id("11010519491231002X")
    assert not is_resident_id("110105194912310021")


ACCOUNTS = [account for number in range(4) for check in range(2, 99) if is_iban(account := f"DE{check:02}1000000000000000{number:02}")]


@pytest.mark.parametrize(
    ("texts", "content"),
    [
        ([f"login of user{n}@example.org from 192.0.2.{n}" for n in range(5)], "e-mail addresses"),
        ([f"retry {n} of job, see /reset?email=user{n}@mail.example.org&ok=1" for n in range(5)], "e-mail addresses"),
        ([f"request from 10.0.0.{n} was slow" for n in range(5)], "IP addresses"),
        ([f"blocked 203.0.113.{n} again" for n in range(5)], "IP addresses"),
        ([f"please call back +49 30 12345{n}7 today" for n in range(5)], "telephone numbers"),
        ([f"ring (555) 123-45{n}7 at noon" for n in range(5)], "telephone numbers"),
        ([f"客户手机 1380000123{n} 请回电" for n in range(5)], "telephone numbers"),
        ([f"paid with 4111 1111 1111 11{tail} in store" for tail in ("11", "29", "37")], "card numbers"),
        ([f"refund to {account} was sent" for account in ACCOUNTS], "bank accounts"),
        (["login of ann@example.org"] * 3 + [f"job {n} done" for n in range(300)], ""),  # one address alone
        ([f"Contact support@shop.example about cup {n}" for n in range(50)], ""),  # that of the shop
        ([f"img/logo{n}@2x.png or react@18.2.min.js" for n in range(9)], ""),
        ([f"firmware 1.2.10.{n} was installed" for n in range(9)], ""),
        ([f"agent Chrome/120.0.{n}.109 on Linux, version 200.1.1.{n}" for n in range(9)], ""),
        ([f"order 100000{n}2345 of 2026-11-2{n} sent" for n in range(9)], ""),
        ([f"order number 4000 1234 5678 9{n}12" for n in range(10)], ""),  # no check digits
        ([f"EAN 400638133393{n}, 30 x 40 x 50 cm" for n in range(9)], ""),
        ([f"+{n}0 points for 1200000{n}" for n in range(9)], ""),
        ([f"@user{n} likes cup@home {n}" for n in range(9)], ""),
    ],
)
def test_personal_data_within_text_is_recognised_and_versions_and_orders_are_none(texts: list[str], content: str) -> None:
    assert content_of(pl.Series("message", texts)) == (f"{content} within its text" if content else "")


def test_a_column_of_messages_that_name_persons_is_personal() -> None:
    rows = pl.DataFrame({"message": [f"login of user{n}@example.org" for n in range(40)], "level": ["info"] * 40})
    assert render(personal_columns(rows, ["log"])["message"]) == "holds e-mail addresses within its text"


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("CUSTOMER", ["ANN MEYER", "BEN O'NEIL", "CLARA DE SANTIS", "DAN KOWALSKI", "EVE LINDT", "FAY ROY", "GULF TRADING LLC", "NORD SHOP"]),
        ("ProfileName", ["sunny", 'Ann "reader" Meyer', "Ben K.", "mother of two"]),
        ("accountNumber", ["0012345678", "0098765432", "0055512345", "0011122233"]),
        ("paymentAccountNumber", [None, None]),
        ("bvn", [None, None]),
        ("detalles_cliente", ["llama antes", "vive en el 3", "es alérgica"]),
    ],
)
def test_names_accounts_and_details_of_a_person_are_personal(name: str, values: list[str | None]) -> None:
    assert list(personal_columns(pl.DataFrame({"total": [1.5] * len(values), name: pl.Series(values, dtype=pl.String)}), ["export"])) == [name]


def test_partners_of_sap_business_one_are_personal_beside_their_code() -> None:
    rows = {"DocNum": ["1", "2"], "CardName": ["ANN MEYER", "HOTEL NORD"], "LicTradNum": ["MEYA810101AA1", "HNO010101BB2"]}
    assert personal_columns(pl.DataFrame(rows), ["documents"]) == {}
    assert {"CardName", "LicTradNum"} <= set(personal_columns(pl.DataFrame({"CardCode": ["C1", "C2"], **rows}), ["documents"]))


def test_a_name_in_a_table_of_orders_without_items_is_who_ordered() -> None:
    names = ["Ann MEYER", "Ben de Roos", "Clara Santis", "Dan Kowalski", "Eve LINDT"]
    rows = pl.DataFrame({"order_number": ["1", "2", "3", "4", "5"], "Nom": names, "quantity": [1, 2, 1, 1, 1]})
    assert set(personal_columns(rows, ["commandes"])) == {"Nom"}
    assert personal_columns(rows.with_columns(price=pl.lit(9.5)), ["commandes"]) == {}


def test_a_name_among_described_products_is_that_of_a_product() -> None:
    names = ["Sunset Beach", "Old Harbour", "White Horses", "Two Sisters", "Late Summer"]
    rows = pl.DataFrame(
        {"name": names, "description": ["A print."] * 5, "price": [9.5] * 5, "artist_first_name": ["Ann"] * 5, "artist_last_name": ["Meyer"] * 5}
    )
    assert set(personal_columns(rows, ["template"])) == {"artist_first_name", "artist_last_name"}


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("currencyId", ["00000000-0000-0000-0000-000000000000"] * 3),
        ("Ingress protection (IP) rating (product.metafields.shopify.ingress-protection-ip-rating)", [None, None, None]),
        ("Mobile phone case features (product.metafields.shopify.mobile-phone-case-features)", ["Slim", None, None]),
        ("Accepts Email Marketing", ["yes", "no", "yes"]),
        ("E-Mail erlaubt", ["ja", "nein", "nein"]),
    ],
)
def test_flags_features_and_empty_ids_are_not_personal(name: str, values: list[str | None]) -> None:
    assert personal_columns(pl.DataFrame({name: pl.Series(values, dtype=pl.String)}), ["export"]) == {}
