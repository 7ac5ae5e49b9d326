"""Keys, times and modes are inferred from how values behave: no mode lets a file replace rows that it does not repeat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from sluice.config.inferred import InferredDataset
from sluice.sources.infer import infer


def infer_one(folder: Path, files: Mapping[str, Sequence[str]]) -> InferredDataset:
    (folder / "landing").mkdir()
    for name, lines in files.items():
        (folder / "landing" / name).write_text("\n".join(lines) + "\n")
    (dataset,) = infer(folder / "landing")
    return dataset


def clicks(first: int) -> list[str]:
    rows = [f"{1795680000000 + 131250 * (first + n)},{1000 + n * 7 % 10},view,{200 + n * 3 % 15}," for n in range(40)]
    return ["timestamp,visitorid,event,itemid,transactionid", *rows]


def products(count: int, price: int) -> list[str]:
    rows = [f"p{n:02},Lamp {n},{price + n}.5,2026-0{n % 9 + 1}-10T10:00:00Z,2026-11-2{n % 9}T10:00:00Z" for n in range(count)]
    return ["product_id,title,price,created_at,updated_at", *rows]


def orders(first: int, count: int, status: str = "paid") -> list[str]:
    rows = [f"{9000 + n},c{n % 7},2026-11-{20 + n // 50:02}T10:{n % 50:02}:00Z,{status}" for n in range(first, first + count)]
    return ["order_no,customer_id,created_at,status", *rows]


@pytest.mark.parametrize("days", [1, 2])
def test_a_log_of_events_without_ids_is_appended_by_its_time(tmp_path: Path, days: int) -> None:
    dataset = infer_one(tmp_path, {f"events_2026-11-2{day}.csv": clicks(day * 700) for day in range(days)})
    assert (dataset.key, dataset.time, dataset.mode) == ((), "timestamp", "append")


@pytest.mark.parametrize("days", [1, 2])
def test_a_catalog_with_dates_of_creation_is_a_snapshot(tmp_path: Path, days: int) -> None:
    dataset = infer_one(tmp_path, {f"products_2026-11-2{day}.csv": products(30 + 2 * day, day) for day in range(days)})
    assert (dataset.key, dataset.time, dataset.mode) == (("product_id",), None, "snapshot")


@pytest.mark.parametrize(
    ("name", "header", "row", "expected"),
    [
        ("items-2026-11-21.csv", "Date,Time,Item,Transaction ID", "2026-11-21,{hour:02}:30:00,Latte,tx{n}", ("append", "Date Time")),
        ("items-2026-11-21.csv", "Date,Item,Transaction ID", "2026-11-21,Latte,tx{n}", ("append", "Date")),
        ("DeliveryList_20261121.csv", "주문번호,주문일,상품명", "9{n:04},2026-11-21 {hour:02}:{minute:02}:00,머그컵", ("append", "주문일")),
        ("items-2026-11-21.csv", "sku,date,stock", "s{n},2026-11-21,{n}", ("snapshot", None)),
        ("items-2026-11-21.csv", "sku,time,stock", "s{n},2026-{month:02}-21T{hour:02}:{minute:02}:00Z,{n}", ("snapshot", None)),
        ("items.csv", "sku,time,stock", "s{n},2026-11-21T{hour:02}:{minute:02}:00Z,{n}", ("snapshot", None)),
    ],
    ids=["transactions and times of the day", "transactions of the day", "times of the day", "stock of a day", "times of other days", "a file without a day"],
)
def test_rows_of_the_day_in_the_name_of_their_file_are_events(tmp_path: Path, name: str, header: str, row: str, expected: tuple[str, str | None]) -> None:
    rows = [row.format(n=n, hour=n % 24, minute=n % 60, month=n % 11 + 1) for n in range(120)]
    dataset = infer_one(tmp_path, {name: [header, *rows]})
    assert (dataset.mode, dataset.time) == expected


def test_a_log_of_a_week_is_appended_as_that_of_a_day_is(tmp_path: Path) -> None:
    days = {
        f"DeliveryList_2026112{day}.csv": ["주문번호,주문일,상품명", *(f"9{day}{n:03},2026-11-2{day} {n % 24:02}:{n % 60:02}:00,머그컵{n}" for n in range(60))]
        for day in range(1, 8)
    }
    dataset = infer_one(tmp_path, days)
    assert (dataset.mode, dataset.time) == ("append", "주문일")


def test_orders_happen_when_they_are_created(tmp_path: Path) -> None:
    dataset = infer_one(tmp_path, {"orders.csv": orders(0, 100)})
    assert (dataset.key, dataset.time, dataset.mode) == (("order_no",), "created_at", "append")


def test_orders_of_an_overlapping_period_are_appended_and_changed_ones_are_versions(tmp_path: Path) -> None:
    for folder, status, mode in (("same", "paid", "append"), ("changed", "shipped", "upsert")):
        (tmp_path / folder).mkdir()
        days = {"orders-2026-11-21.csv": orders(0, 100), "orders-2026-11-22.csv": orders(50, 100, status)}
        assert infer_one(tmp_path / folder, days).mode == mode


def test_a_table_that_grows_and_repeats_all_its_rows_is_a_snapshot(tmp_path: Path) -> None:
    days = {f"orders-2026-11-2{day}.csv": orders(0, 40 * 3**day) for day in range(3)}
    assert infer_one(tmp_path, days).mode == "snapshot"


def test_things_whose_files_share_no_key_are_never_replaced(tmp_path: Path) -> None:
    header, *rows = products(60, 1)
    dataset = infer_one(tmp_path, {"products-2026-11-21.csv": [header, *rows[:30]], "products-2026-11-22.csv": [header, *rows[30:]]})
    assert dataset.mode == "upsert"


def test_lines_of_orders_have_a_key_of_two_columns(tmp_path: Path) -> None:
    rows = [f"{1000 + n // 3},{n % 3 + 1},p{n % 11},{n % 4 + 1}" for n in range(90)]
    assert infer_one(tmp_path, {"order_items.csv": ["order_id,line,product_id,quantity", *rows]}).key == ("order_id", "line")


def test_a_personal_column_is_no_part_of_the_key_of_order_lines(tmp_path: Path) -> None:
    rows = [f"AB-{1000 + n // 3};0164/86{1000 + n // 3 * 37};{n % 3 + 1};0000{2407 + n * 7 % 30};{n % 4 + 1}" for n in range(90)]
    assert infer_one(tmp_path, {"auftraege.csv": ["Auftragsnr;Telefon;Pos;Artikelnummer;Menge", *rows]}).key == ("Auftragsnr", "Pos")


def test_texts_in_two_languages_have_a_key_of_two_columns(tmp_path: Path) -> None:
    rows = [f"p{n // 2},{('de', 'fr')[n % 2]},Title {n}" for n in range(40)]
    assert infer_one(tmp_path, {"translations.csv": ["product_id,locale,title", *rows]}).key == ("product_id", "locale")


def test_columns_that_are_unique_together_by_chance_are_no_key(tmp_path: Path) -> None:
    rows = [f"u{n * 37 % 101},i{n * 53 % 97},2026-11-20T10:{n:02}:00Z" for n in range(40)]
    assert infer_one(tmp_path, {"views.csv": ["user_id,item_id,viewed_at", *rows]}).key == ()


def test_a_time_that_is_not_read_is_named(tmp_path: Path) -> None:
    rows = [f"{n},2026-11-20T10:{n:02}:00Z,{n * 7 % 5}.5" for n in range(40)]
    dataset = infer_one(tmp_path, {"gauges.csv": ["gauge_id,time,pressure", *rows]})
    assert dataset.mode == "snapshot"
    assert [(check.risk, check.dataset) for check in dataset.checks] == [("rows", "gauges")]


@pytest.mark.parametrize(
    ("name", "columns", "checks"),
    [
        ("price_changes", "sku,changed_on,price", ["`mode: upsert`"]),
        ("customers", "customer_id,signup_on,city", ["`mode: upsert`"]),
        ("products", "sku,updated_at,price", []),
    ],
)
def test_a_snapshot_of_one_file_is_a_guess_unless_it_is_a_catalog(tmp_path: Path, name: str, columns: str, checks: list[str]) -> None:
    rows = [f"p{n:03},2026-11-{n % 28 + 1:02},{n + 100}.5" for n in range(120)]
    dataset = infer_one(tmp_path, {f"{name}.csv": [columns, *rows]})
    assert (dataset.mode, dataset.key) == ("snapshot", (columns.split(",", maxsplit=1)[0],))
    guesses = [check.text for check in dataset.checks if "a guess from one file" in check.text]
    assert [any(word in text for text in guesses) for word in checks] == [True] * len(guesses) == [True] * len(checks)


@pytest.mark.parametrize("name", ["date_expired", "valid_until", "special_to_date", "Fälligkeit", "Lieferdatum", "fecha_entrega", "有效期", "交货日期"])
def test_an_end_or_a_delivery_is_no_time_of_an_event(tmp_path: Path, name: str) -> None:
    rows = [f"c{n % 7},lamp,2026-11-{n % 20 + 1:02},2026-12-{n % 20 + 1:02}" for n in range(60)]
    dataset = infer_one(tmp_path, {"pedidos.csv": [f"cliente_id,producto,{name},fecha_creacion", *rows]})
    assert (dataset.mode, dataset.time) == ("append", "fecha_creacion")


def test_dates_after_the_day_of_the_file_are_no_time_of_an_event(tmp_path: Path) -> None:
    rows = [f"c{n % 7},lamp,2026-1{n % 2 + 1}-{n % 20 + 1:02},2026-11-{n % 20 + 1:02}" for n in range(60)]
    dataset = infer_one(tmp_path, {"orders_2026-11-21.csv": ["customer_id,article,slot_date,entered", *rows]})
    assert (dataset.mode, dataset.time) == ("append", "entered")


def test_products_without_a_key_replace_one_another(tmp_path: Path) -> None:
    rows = [f"{f'Lamp {n}' if n % 3 == 0 else ''},A lamp.,{n % 9}.5,2026-11-{n % 20 + 1:02}" for n in range(90)]
    dataset = infer_one(tmp_path, {"template.csv": ["title,description,price,day", *rows]})
    assert (dataset.key, dataset.mode, dataset.time) == ((), "snapshot", None)


def test_sold_lamps_without_a_key_are_events(tmp_path: Path) -> None:
    rows = [f"Lamp {n % 20},A lamp.,{n % 9}.5,2026-11-{n % 20 + 1:02}" for n in range(90)]
    assert infer_one(tmp_path, {"template.csv": ["title,description,price,day", *rows]}).mode == "append"


def documents(first: int, count: int, number: str) -> list[str]:
    rows = [f"{4000 + n},2026-11-{1 + n // 10:02},C{n * 7 % 31:03},{n % 13}.50" for n in range(first, first + count)]
    return [f"{number},DocDate,CardCode,Subtotal", *rows]


@pytest.mark.parametrize("number", ["DocNum", "Lieferscheinnummer", "Folio"])
def test_the_next_documents_do_not_replace_the_ones_before(tmp_path: Path, number: str) -> None:
    """A file of numbered documents may be followed by the next numbers, or by the same ones."""
    dataset = infer_one(tmp_path, {"shipped_2026-11-20.csv": documents(0, 200, number)})
    assert (dataset.key, dataset.mode, dataset.time) == ((number,), "upsert", "DocDate")


def test_documents_without_a_readable_date_are_kept_too(tmp_path: Path) -> None:
    rows = [f"{4000 + n},{46029 + n // 10},C{n * 7 % 31:03}" for n in range(200)]
    dataset = infer_one(tmp_path, {"sheet.csv": ["DocNum,DocDate,CardCode", *rows]})
    assert (dataset.key, dataset.mode) == (("DocNum",), "upsert")


def test_things_whose_numbers_do_not_rise_with_a_date_are_a_snapshot(tmp_path: Path) -> None:
    rows = [f"{4000 + n},2026-11-{1 + n * 7 % 25:02},{n % 13}.50" for n in range(200)]
    dataset = infer_one(tmp_path, {"sheet_2026-11-28.csv": ["number,counted_on,total", *rows]})
    assert (dataset.key, dataset.mode) == (("number",), "snapshot")
