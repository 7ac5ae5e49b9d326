"""Types, units and formats are inferred from all values of a column and from its name, in the languages of shops."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sluice.rules.naming.column_names import role
from sluice.sources.cast import to_type
from sluice.sources.infer.columns import infer_columns
from sluice.sources.infer.evidence import Inference
from sluice.sources.infer.shared_formats import settle_formats
from sluice.sources.infer.types import infer_column

MILLISECONDS = [f"{1795680000000 + 7000 * number}" for number in range(9)]
CASES: list[tuple[str, list[str], tuple[str, str | None, str | None]]] = [
    ("price", ["15", "20", "5", "30"], ("number", None, None)),
    ("单价", ["15", "20"], ("number", None, None)),
    ("Gewicht kg", ["1,1", "0,6"], ("number", "kg", "decimal_comma")),
    ("Preis", ["1.660,51", "48,33"], ("number", None, "decimal_comma")),
    ("price", ["25.78 EUR", "4.90 EUR"], ("number", "EUR", None)),
    ("prix", ["12,90 €", "7,00 €"], ("number", "EUR", "decimal_comma")),
    ("价格", ["¥1,299", "¥20"], ("number", "CNY", "decimal_point")),
    ("单价", ["￥1,299.00", "￥83.50"], ("number", "CNY", "decimal_point")),  # the full-width sign
    ("단가", ["￦12,000", "￦8,500"], ("number", "KRW", "decimal_point")),
    ("折扣", ["5.5\uff05", "12\uff05"], ("number", "%", None)),
    ("销量", ["1.2万", "300"], ("number", None, None)),
    ("shipping_weight", ["469 g", "387 g"], ("number", "g", None)),
    ("volume", ["12 oz", "16 ounces", "12 oz."], ("number", "oz", None)),
    ("strength", ["0.05", "0.07", "0.062", "0.051", *[f"0.{n}" for n in range(20, 60)], "0.05%"], ("number", None, None)),
    ("stock", ["19", "83", "7"], ("integer", None, None)),
    ("Lagerbestand", ["19", "83", "7"], ("integer", None, None)),
    ("quantity", ["1", "2.5"], ("number", None, None)),
    ("number_of_reviews", ["10", "250"], ("integer", None, None)),
    ("rank", [*map(str, range(1, 900)), "0901", "0902"], ("integer", None, None)),
    ("PRICE_VAT", ["11.90", "5.95"], ("number", None, None)),
    ("Price incl. VAT", ["11,90 €", "5,95 €"], ("number", "EUR", "decimal_comma")),
    ("VAT", ["1.90", "0.95"], ("number", None, None)),
    ("Total TVA", ["1,90", "0,95"], ("number", None, "decimal_comma")),
    ("VAT", ["123456789", "223456788"], ("string", None, "whole_number")),  # numbers that a tax office gives
    ("VAT registration", ["1234567", "22345678"], ("string", None, "whole_number")),
    ("vat_id", ["123456789", "22345678"], ("string", None, "whole_number")),
    ("Restricted Y/N?", [*["0"] * 98, "N", "n"], ("string", None, None)),  # an answer is no garbage
    ("Gift", [*["0"] * 98, "ja"], ("string", None, None)),
    ("time", ["1899-12-31 13:08:00", "1899-12-31 09:15:30"], ("string", None, None)),  # a time of day in a spreadsheet
    ("widgets", ["10", "20"], ("number", None, None)),
    ("bedrooms_total_x", ["1", "2", "3", "4"], ("number", None, None)),
    ("levels", ["1", "2", "3", "4"], ("integer", None, None)),
    ("Invoice", ["536000", "C536017"], ("string", None, None)),
    ("document", [*["536000"] * 60, "C536017"], ("string", None, None)),
    ("order_no", ["9000", "10001"], ("string", None, "whole_number")),
    ("Artikelnummer", ["100", "7"], ("string", None, None)),
    ("订单编号", ["202611270000", "202611270001"], ("string", None, "whole_number")),
    ("visitorid", ["1006", "7"], ("string", None, "whole_number")),
    ("product_id", ["1.0", "27.0"], ("string", None, "whole_number")),  # as programs write whole numbers that cannot be empty
    ("ean", ["4006381333931.0", "4006381333948"], ("string", None, "whole_number")),
    ("app_version", ["1.0", "2.0"], ("string", None, None)),
    ("version", ["1.0", "2.50"], ("string", None, None)),
    ("model_id", ["1.0", "2.50"], ("string", None, None)),
    ("sku", ["0012", "13"], ("string", None, None)),
    ("phone", ["13800000000"], ("string", None, "whole_number")),
    ("branch", ["007", "012", "113"], ("string", None, None)),
    ("member", ["483920", "220194", "900121"], ("string", None, "whole_number")),
    ("Aktiv", ["ja", "nein"], ("boolean", None, None)),
    ("上架", ["是", "否"], ("boolean", None, None)),
    ("subscribed", ["y", "n"], ("boolean", None, None)),
    ("gender", ["f", "m"], ("string", None, None)),
    ("flag", ["1", "0"], ("integer", None, None)),
    ("Sold individually?", ["1", "1"], ("integer", None, None)),
    ("is_gift", ["0", "0"], ("integer", None, None)),
    ("has_weight", ["1", "0.5"], ("number", None, None)),
    ("surcharge", ["0", "0"], ("number", None, None)),
    ("Name", ["#1001", "#1002"], ("string", None, None)),
    ("Zahlung", ["#17", "#204"], ("string", None, None)),
    ("size", ["12.5#", "3#"], ("number", "lb", None)),
    ("supplier", ["RP14", "RP15", "RP7"], ("string", None, None)),
    ("bin", ["L11", "L12", "L7"], ("string", None, None)),
    ("Cliente", ["CL12", "CL13", "CL9"], ("string", None, None)),
    ("price", ["USD12", "USD13"], ("number", "USD", None)),
    ("Preis", ["85,-", "1.375,-"], ("number", None, None)),
    ("pris", ["96,- kr", "1 200,- kr"], ("number", "SEK", None)),
    ("价格", ["￥84元", "￥1299元"], ("number", "CNY", None)),
    ("price", ["$78.50 USD", "$9.00 USD"], ("number", "USD", None)),
    ("Harga", ["Rp 39.000", "Rp 1.250.000"], ("number", "IDR", "decimal_comma")),
    ("Harga", ["Rp 39.000", "Rp 45.000"], ("number", "IDR", "decimal_comma")),
    ("Precio", ["39.000 CLP", "5.990 CLP"], ("number", "CLP", "decimal_comma")),
    ("価格", ["39,000円", "980円"], ("number", "JPY", "decimal_point")),
    ("timestamp", MILLISECONDS, ("timestamp", None, "epoch_ms")),
    ("event_time", ["1795680000.25", "1795680131.5"], ("timestamp", None, "epoch_s")),
    ("event_timestamp", ["1795680000000001", "1795680000000002"], ("timestamp", None, "epoch_us")),
    ("ts", ["1795680000000000001"], ("timestamp", None, "epoch_ns")),
    ("gtin", MILLISECONDS, ("string", None, "whole_number")),
    ("下单时间", ["2026/11/27 08:00"], ("timestamp", None, None)),
    ("time", ["2017年11月25日 下午3:05"], ("timestamp", None, None)),
    ("created", ["Mar 14, 2026 8:05 AM", "April 2nd, 2026 1:00 PM"], ("timestamp", None, None)),
    ("Datum", ["14. März 2026", "2. Dez. 2026"], ("date", None, None)),
    ("fecha", ["14 de marzo de 2026", "2 de abril de 2026"], ("date", None, None)),
    ("date", ["Fri, 14 Nov 2026 10:00:00 +0100", "Sat, 15 Nov 2026 10:00:00 +0100"], ("timestamp", None, None)),
    ("day", ["20261127", "20261128"], ("date", None, None)),
    ("order_date", ["5/19/2026 9:37", "6/5/2026 16:38"], ("timestamp", None, "mdy")),
    ("Angelegt am", ["22.04.2026", "05.08.2026"], ("date", None, "dmy")),
    ("sent", ["1/2/2026 8:05 AM"], ("timestamp", None, "mdy")),
    ("sent", ["03/04/2026", "03/05/2026", "03/06/2026"], ("date", None, "mdy")),
    ("sent", ["03/04/2026", "05/06/2026"], ("string", None, None)),
]


@pytest.mark.parametrize(("name", "values", "expected"), CASES)
def test_the_declaration_of_a_column(name: str, values: list[str], expected: tuple[str, str | None, str | None]) -> None:
    column = infer_column(pl.Series(name, values)).column
    assert (column.type, column.unit, column.format) == expected
    if column.type not in {"string", "boolean"} and name != "strength":
        assert to_type(pl.Series(values), column).null_count() == 0


def test_typed_counts_since_1970_are_times() -> None:
    assert infer_column(pl.Series("event_time", [1795680000000, 1795680000001])).column.format == "epoch_ms"
    assert infer_column(pl.Series("units", [1.0, 2.0, None])).column.type == "integer"
    assert infer_column(pl.Series("price", [1, 2])).column.type == "number"


def test_a_few_counts_of_another_unit_cost_a_time_neither_its_type_nor_a_person_the_notice() -> None:
    counts = [1795680000000 + 7000 * number for number in range(700)]
    mixed = [*counts, *[count // 1000 for count in counts[:5]]]
    for cells in (pl.Series("time", mixed), pl.Series("time", list(map(str, mixed)))):
        inference = infer_column(cells)
        assert (inference.column.type, inference.column.format) == ("timestamp", "epoch_ms")
        assert "5 of 705 counts since 1970" in " ".join(check.text for check in inference.checks)
    assert infer_column(pl.Series("time", counts)).checks == ()
    assert infer_column(pl.Series("time", [*counts, *[count // 1000 for count in counts[:30]]])).column.type != "timestamp"


@pytest.mark.parametrize(
    ("name", "values", "expected", "says"),
    [
        ("weight", [*[f"{n}.5 kg" for n in range(60)], *["500 g"] * 20], ("number", "kg"), ""),  # `parse` converts
        ("price", [*[f"{n}.50" for n in range(60)], *["0,99"] * 9], ("number", None), ""),
        ("price", [*[f"{n}.50" for n in range(100)], "Free"], ("number", None), "1 of 101 values"),
        ("price", [*[f"{n}.50" for n in range(100)], *["Free"] * 4], ("string", None), "words that come again"),
        ("price", ["$1,299.00", "12.50 €", "£9", *[f"{n}.50" for n in range(20)]], ("string", None), "other units or currencies"),
        ("weight", [*[f"{n}.5 kg" for n in range(60)], *["500 ml"] * 30], ("string", None), ""),
    ],
)
def test_a_column_is_a_number_only_where_its_right_rows_would_not_be_held(name: str, values: list[str], expected: tuple[str, str | None], says: str) -> None:
    inference = infer_column(pl.Series(name, values))
    assert (inference.column.type, inference.column.unit) == expected
    assert says in " ".join(check.text for check in inference.checks)
    assert bool(says) == bool(inference.checks)


def test_the_date_in_a_files_name_decides_the_order_of_day_and_month() -> None:
    days = pl.Series([date(2026, 11, 3)] * 3)
    assert infer_column(pl.Series("sent", ["11/3/2026 8:05", "11/3/2026 9:05", "11/3/2026 9:15"]), days).column.format == "mdy"


def test_an_undecidable_order_is_text_with_a_check_unless_another_column_decides() -> None:
    undecided, decided = infer_column(pl.Series("sent", ["03/04/2026", "05/06/2026"])), infer_column(pl.Series("paid", ["14/04/2026"]))
    assert [check.risk for check in undecided.checks] == ["values"]
    settled = settle_formats([undecided, decided])[0]
    assert (settled.column.type, settled.column.format, settled.checks) == ("date", "dmy", ())


POINTS = [
    ("Gewicht", ["0.967 kg", "1.967 kg"], [0.967, 1.967]),
    ("Gewicht", ["0.967", "1.967"], [0.967, 1.967]),
    ("Gewicht", ["1.967 kg", "12.5 kg"], [1.967, 12.5]),
    ("Gewicht", ["1.967 kg", "12.500 kg"], [1.967, 12.5]),
    ("Gewicht_kg", ["1.967", "12.500"], [1.967, 12.5]),
]


@pytest.mark.parametrize(("name", "texts", "weights"), POINTS)
def test_weights_with_points_keep_them_beside_prices_with_commas(name: str, texts: list[str], weights: list[float]) -> None:
    _, weight = settle_formats([infer_column(pl.Series("Preis", ["142,72", "3,50"])), infer_column(pl.Series(name, texts))])
    assert weight.column.format is None
    assert to_type(pl.Series(texts), weight.column).to_list() == weights


def test_whole_prices_of_a_table_with_decimal_commas_are_read_with_commas_on_the_next_day() -> None:
    whole, comma = infer_column(pl.Series("Preis", ["15", "20"])), infer_column(pl.Series("Gewicht", ["1,5"]))
    settled: Inference = settle_formats([whole, comma])[0]
    assert to_type(pl.Series(["15,50", "1.299"]), settled.column).to_list() == [15.5, 1299.0]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("order_number", "code"), ("numéro de commande", "code"), ("average_rating", "quantity"), ("price_eur", "quantity"), ("paid_at", "time"), ("title", None)],
)
def test_what_a_name_says(name: str, expected: str | None) -> None:
    assert role(name) == expected


@settings(deadline=None, max_examples=50)
@given(st.lists(st.dates(date(1990, 1, 1), date(2049, 1, 1)), min_size=3, max_size=30), st.sampled_from([("dmy", "%d/%m/%Y"), ("mdy", "%m/%d/%Y")]))
def test_the_order_of_day_and_month_is_right_or_open(days: list[date], form: tuple[Any, str]) -> None:
    order, pattern = form
    column = infer_column(pl.Series("sent", [day.strftime(pattern) for day in days])).column
    if any(day.day > 12 for day in days):
        assert column.format == order


def test_times_are_found_among_many_other_values() -> None:
    times = [f"2026-03-{1 + n % 28:02}T{n % 24:02}:{n // 24 % 60:02}:00Z" for n in range(20_160)]
    assert infer_column(pl.Series("seen", [*times, *(f"unseen {n}" for n in range(900))])).column.type == "timestamp"
    assert infer_column(pl.Series("seen", [*times[:1] * 20_160, *(f"unseen {n}" for n in range(900))])).column.type == "timestamp"
    assert infer_column(pl.Series("seen", [f"unseen {n}" for n in range(20_160)])).column.type == "string"


def test_values_that_would_be_held_are_named_beside_the_currency() -> None:
    cells = pl.Series("price", [*(f"${n}.99" for n in range(97)), "$17.99 - $39.99", "from 2 sellers", "Currently unavailable."])
    texts = [check.text for check in infer_column(cells).checks]
    assert [("3 of 100 values" in text, "USD" in text) for text in texts] == [(True, False), (False, True)]


def test_the_null_of_mysql_is_declared_among_texts_and_numbers() -> None:
    cells = pl.DataFrame({"color": ["red", "blue", "none"] * 40 + ["\\N"] * 9, "price": [f"{n}.50" for n in range(120)] + ["\\N"] * 9})
    color, price = (inference.column for inference in infer_columns(cells, None, ()))
    assert [(column.type, column.empty) for column in (color, price)] == [("string", ("\\N",)), ("number", ("\\N",))]


def test_words_for_nothing_among_numbers_are_declared_so_that_their_rows_are_not_held() -> None:
    rows = pl.DataFrame({"Score": ["97%", "empty", "100%", " N/A "] * 30, "note": ["fine", "empty", "late", "N/A"] * 30})
    score, note = (inference.column for inference in infer_columns(rows, None, ["measures"]))
    assert (score.type, score.unit, score.empty) == ("number", "%", ("N/A", "empty"))
    assert (note.type, note.empty) == ("string", ()), "in a text a word may be a value"


def test_a_whole_number_is_declared_only_where_every_row_is_whole() -> None:
    quantities = ["3"] * 199_999 + ["2.5"]
    (column,) = (inference.column for inference in infer_columns(pl.DataFrame({"quantity": quantities}), None, ["stock"]))
    assert column.type == "number", "the sample has no half"


@pytest.mark.parametrize("name", ["DocDate", "Fecha", "Datum"])
def test_days_that_a_spreadsheet_counts_are_reported(name: str) -> None:
    (check,) = infer_column(pl.Series(name, ["46029", "46030.5", "46031"])).checks
    assert (check.risk, check.column) == ("unread", name)
    assert "since 1899-12-30" in check.text
    assert infer_column(pl.Series(name, [46029, 46030])).checks == (check,)
    assert infer_column(pl.Series("stock", ["46029", "46030", "46031"])).checks == ()
    assert infer_column(pl.Series(name, ["12029", "46030", "46031"])).checks == ()


def test_single_quotes_around_values_are_reported() -> None:
    (check,) = infer_column(pl.Series("city", ["'Reims'", "'Lyon'", "'Bern'"])).checks
    assert "between single quotes" in check.text
    assert infer_column(pl.Series("city", ["'t Hart", "Lyon", "Bern"])).checks == ()
