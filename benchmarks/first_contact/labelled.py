"""List made-up tables of persons in five languages, with the columns that are personal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.first_contact.layouts import Csv
from benchmarks.first_contact.shop import Customer, Shop
from benchmarks.first_contact.truth import Row, Sheet, column, snapshot


@dataclass(frozen=True, slots=True)
class Header:
    """Name the columns of a table of customers in one language; the last group is not personal."""

    file: str
    language: str
    personal: Mapping[str, str]
    other: Mapping[str, str]


HEADERS: Sequence[Header] = (
    Header(
        "customers",
        "en",
        {
            "customer_name": "name",
            "contact": "email",
            "phone": "phone",
            "date_of_birth": "birthday",
            "gender": "gender",
            "shipping_street": "street",
            "zip": "zip",
            "city": "city",
            "lat": "lat",
            "lon": "lon",
            "last_ip": "ip",
            "user_agent": "agent",
            "vat_id": "vat",
            "card": "card",
        },
        {"id": "id", "segment": "segment", "orders": "orders", "lifetime_value": "value", "created_at": "date", "country": "country", "language": "language"},
    ),
    Header(
        "kunden",
        "de",
        {
            "Vorname": "first",
            "Nachname": "last",
            "E-Mail-Adresse": "email",
            "Telefon": "phone",
            "Geburtsdatum": "birthday",
            "Geschlecht": "gender",
            "Straße": "street",
            "PLZ": "zip",
            "Ort": "city",
            "IBAN": "iban",
        },
        {"Kundennummer": "id", "Kundengruppe": "segment", "Bestellungen": "orders", "Umsatz": "value", "Angelegt am": "date", "Land": "country"},
    ),
    Header(
        "clients",
        "en",
        {
            "prénom": "first",
            "nom": "last",
            "courriel": "email",
            "téléphone": "phone",
            "date_de_naissance": "birthday",
            "sexe": "gender",
            "adresse": "street",
            "code_postal": "zip",
            "ville": "city",
        },
        {"référence": "id", "groupe": "segment", "commandes": "orders", "montant": "value", "créé_le": "date", "pays": "country"},
    ),
    Header(
        "clientes",
        "en",
        {
            "nombre": "first",
            "apellidos": "last",
            "correo": "email",
            "teléfono": "phone",
            "fecha_nacimiento": "birthday",
            "sexo": "gender",
            "dirección": "street",
            "código_postal": "zip",
            "ciudad": "city",
            "dni": "vat",
        },
        {"referencia": "id", "grupo": "segment", "pedidos": "orders", "importe": "value", "fecha_alta": "date", "país": "country"},
    ),
    Header(
        "客户",
        "zh",
        {
            "姓名": "name",
            "手机号码": "phone",
            "邮箱": "email",
            "身份证号": "chinese_id",
            "出生日期": "birthday",
            "性别": "gender",
            "收货地址": "street",
            "城市": "city",
        },
        {"客户编号": "id", "会员等级": "segment", "订单数": "orders", "累计金额": "value", "注册日期": "date"},
    ),
    Header(
        "log",
        "en",
        {"who": "email", "from": "ip", "agent": "agent", "msisdn": "phone", "handle_of_customer": "name", "receiver": "name"},
        {"ref": "id", "kind": "segment", "n": "orders", "amount": "value", "day": "date", "version": "version", "brand": "brand", "product_name": "product"},
    ),
)


def value_of(person: Customer, kind: str, language: str) -> object:
    """Return a person's value for a kind of column."""
    seed = person.seed
    first, last = person.name("de" if language == "de" else "en").split() if language != "zh" else ("", "")
    values: Mapping[str, object] = {
        "name": person.name(language),
        "first": first,
        "last": last,
        "email": person.email,
        "phone": person.phone(language),
        "birthday": f"{1950 + seed % 50}-{1 + seed % 12:02d}-{1 + seed % 28:02d}",
        "gender": ("男", "女")[seed % 2] if language == "zh" else ("m", "f")[seed % 2],
        "street": person.street(language),
        "zip": person.postcode,
        "city": person.city(language),
        "lat": f"{47 + seed % 8000 / 1000:.5f}",
        "lon": f"{6 + seed % 9000 / 1000:.5f}",
        "ip": person.address,
        "agent": f"Mozilla/5.0 (X11; Linux x86_64; rv:{120 + seed % 20}.0) Gecko/20100101 Firefox/{120 + seed % 20}.0",
        "vat": f"{10_000_000 + seed:08d}{'TRWAGMYFPDXBNJZSQVHLCKE'[(10_000_000 + seed) % 23]}",
        "card": card(seed),
        "iban": iban(seed),
        "chinese_id": chinese_id(seed),
    }
    return values.get(kind)


def other_value(person: Customer, kind: str) -> object:
    """Return a value of a column that says nothing about a person."""
    seed = person.seed
    values: Mapping[str, object] = {
        "id": f"K{person.number:05d}",
        "segment": ("gold", "silver", "bronze")[seed % 3],
        "orders": seed % 40,
        "value": f"{seed % 90_000 / 100:.2f}",
        "date": f"2025-{1 + seed % 12:02d}-{1 + seed % 28:02d}",
        "country": ("DE", "AT", "FR", "ES")[seed % 4],
        "language": ("de", "fr", "es")[seed % 3],
        "version": f"5.{seed % 20}.{seed % 7}",
        "brand": ("Norrvik", "Tessaro", "Okumiya")[seed % 3],
        "product": ("White birch mug", "Green cedar rug", "Blue wool blanket")[seed % 3],
    }
    return values[kind]


def card(seed: int) -> str:
    """Return a card number of a range for tests, with the check digit of Luhn."""
    body = f"400000{seed:09d}"
    total = sum(sum(divmod(int(digit) * (2 if place % 2 == 0 else 1), 10)) for place, digit in enumerate(reversed(body)))
    return body + str(-total % 10)


def iban(seed: int) -> str:
    """Return a German IBAN with its check digits (ISO 13616)."""
    account = f"10000000{seed:010d}"
    return f"DE{98 - int(account + '131400') % 97:02d}{account}"


def chinese_id(seed: int) -> str:
    """Return a number of 18 places with its check sign (GB 11643)."""
    body = f"990000{1950 + seed % 50}{1 + seed % 12:02d}{1 + seed % 28:02d}{seed % 1000:03d}"
    return body + "10X98765432"[sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(body)) % 11]


def sheets(shop: Shop) -> list[Sheet]:
    """Write one table of persons for each header."""
    written = []
    for header in HEADERS:
        columns = [*(column(name) for name in header.other), *(column(name, personal=True) for name in header.personal)]
        rows: list[Row] = [
            {name: other_value(person, kind) for name, kind in header.other.items()}
            | {name: value_of(person, kind, header.language) for name, kind in header.personal.items()}
            for person in shop.customers
        ]
        written.append(Sheet(snapshot(header.file, columns, ()), f"{header.file}_2025-10-20.csv", rows, Csv()))
    return written
