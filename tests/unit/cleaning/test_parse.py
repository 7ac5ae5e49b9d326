"""Cells that did not cast are read by the forms that their column shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest

from cleaning.parse import Parse
from cleaning.parsers.datetimes import DatetimeParser
from cleaning.parsers.numbers import ColumnFormat, NumberParser
from sluice.domain import RAW, ROW, Batch, Column, Schema


def read(batch: Callable[..., Batch], snapshot: Callable[..., Any], column: Column, texts: list[str], cast: list[Any] | None = None, **more: Any) -> Any:
    """What becomes of texts that did not cast, beside cells that did."""
    schema = Schema("d", columns=(column, Column("currency")))
    cells = [None] * len(texts) + (cast or [])
    raw = {row: {column.name: text} for row, text in enumerate(texts)}
    currency = more.pop("currencies", [None] * len(cells))
    cleaned = Parse(schema, **more).clean(batch(schema, raw=raw, currency=currency, **{column.name: cells}), [], snapshot())
    return cleaned.batch.rows[column.name].to_list()[: len(texts)], cleaned


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.234,50 €", 1234.5),
        ("EUR 12,50", 12.5),
        ("1,299.00", 1299.0),
        ("€1 234,50", 1234.5),
        ("1'234.50", 1234.5),
        ("(5.00)", -5.0),
        ("-€7.5", -7.5),
        ("\u22123.5", -3.5),
        ("\uff11\uff12.5", 12.5),
        ("12,5", 12.5),
        ("12.50&euro;", 12.5),
        ("12,50 Euros", 12.5),
    ],
)
def test_numbers_that_show_their_form(batch: Callable[..., Batch], snapshot: Callable[..., Any], text: str, number: float) -> None:
    values, cleaned = read(batch, snapshot, Column("n", "number", unit="EUR"), [text])
    assert values == [number]
    assert cleaned.batch.rows[RAW].to_list() == [None]
    assert cleaned.repairs["old"].to_list() == [text]


@pytest.mark.parametrize("text", ["abc", "1.2.3,4,5", "12-13", "", "twelve", "1e", "--5", "3 pieces of 4"])
def test_what_is_no_number_stays(batch: Callable[..., Batch], snapshot: Callable[..., Any], text: str) -> None:
    values, cleaned = read(batch, snapshot, Column("n", "number"), [text])
    assert values == [None]
    assert cleaned.batch.rows[RAW].to_list() == [[{"column": "n", "text": text}]]


@pytest.mark.parametrize(
    ("texts", "cast", "first"),
    [
        (["1,299", "12,5", "3,75"], [], 1.299),  # the column writes a decimal comma
        (["1,299", "2,345.50"], [], 1299.0),  # the column writes a decimal point
        (["1,299"], [12.5, 3.25], None),  # likely, but these may have been mended before
        (["1,299"], [], None),  # nothing tells
        (["1,299", "12,5"], [12.5], None),  # the column contradicts itself
    ],
)
def test_the_column_decides_what_one_number_leaves_open(
    batch: Callable[..., Batch], snapshot: Callable[..., Any], texts: list[str], cast: list[float], first: float | None
) -> None:
    values, cleaned = read(batch, snapshot, Column("n", "number"), texts, cast)
    assert values[0] == first
    assert cleaned.repairs.filter(pl.col(ROW) == "b.0")["applied"].to_list() == [first is not None]


@pytest.mark.parametrize(
    ("unit", "text", "number"),
    [
        ("g", "12 oz", 340.19427750),
        ("g", "1.5 kg", 1500.0),
        ("kg", "500 g", 0.5),
        ("cm", '10"', 25.4),
        ("l", "250ml", 0.25),
        ("g", "3 g", 3.0),
        ("%", "5 %", 5.0),
        ("1", "5%", 0.05),
    ],
)
def test_units_are_converted_to_the_columns(batch: Callable[..., Batch], snapshot: Callable[..., Any], unit: str, text: str, number: float) -> None:
    values, _ = read(batch, snapshot, Column("n", "number", unit=unit), [text])
    assert values == [pytest.approx(number)]


def test_a_unit_of_another_quantity_is_no_number(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    values, _ = read(batch, snapshot, Column("n", "number", unit="g"), ["12 cm"])
    assert values == [None]


def test_another_currency_is_a_candidate(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    values, cleaned = read(batch, snapshot, Column("n", "number", unit="EUR"), ["$12"])
    assert values == [None]
    assert cleaned.repairs["applied"].to_list() == [False]
    assert cleaned.repairs["new"].to_list() == ["12.0"]


def test_a_rows_currency_decides_by_row(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    values, _ = read(batch, snapshot, Column("n", "number"), ["$12", "$12"], currency_column="currency", currencies=["USD", "EUR"])
    assert values == [12.0, None]


def test_a_unit_that_all_cells_share_is_taken_off(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    assert read(batch, snapshot, Column("n", "number"), ["12.0 oz", "16.0 oz"])[0] == [12.0, 16.0]
    assert read(batch, snapshot, Column("n", "number"), ["12.0 oz", "16.0 cm"])[0] == [None, None]


def test_the_columns_range_tells_a_percentage_from_a_share(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    assert read(batch, snapshot, Column("n", "number"), ["5%"], [0.01, 0.2])[0] == [0.05]
    assert read(batch, snapshot, Column("n", "number"), ["5%"], [2.0, 12.0])[0] == [5.0]
    assert read(batch, snapshot, Column("n", "number"), ["5%"])[0] == [None]


def test_integers_are_whole(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    assert read(batch, snapshot, Column("n", "integer"), ["1,299", "2.5", "\uff13", "2.0 "])[0] == [1299, None, 3, 2]


@pytest.mark.parametrize(
    "text",
    [
        "14/03/2026 08:15",
        "14.03.2026 08:15:00",
        "2026/3/14 8:15",
        "Mar 14, 2026 8:15 AM",
        "14 March 2026 08:15",
        "2026年3月14日 08:15",
        "Sat, 14 Mar 2026 08:15:00 GMT",
        "20260314 08:15",
        "2026-03-14T09:15:00.000+01:00",
        "1773476100",
        "1773476100000",
    ],
)
def test_moments_in_many_forms(batch: Callable[..., Batch], snapshot: Callable[..., Any], text: str) -> None:
    assert read(batch, snapshot, Column("t", "timestamp"), [text])[0] == [datetime(2026, 3, 14, 8, 15, tzinfo=UTC)]


@pytest.mark.parametrize("text", ["31/02/2026", "2026-13-01", "soon", "12/31", "2026-03-14 25:00", "Foo 3, 2026"])
def test_what_is_no_moment_stays(batch: Callable[..., Batch], snapshot: Callable[..., Any], text: str) -> None:
    assert read(batch, snapshot, Column("t", "date"), [text])[0] == [None]


@pytest.mark.parametrize(
    ("texts", "first"),
    [
        (["03/04/2026", "14/03/2026"], date(2026, 4, 3)),
        (["03/04/2026", "03/14/2026"], date(2026, 3, 4)),
        (["03/04/2026"], None),
        (["03/04/2026", "14/03/2026", "03/14/2026"], None),
    ],
)
def test_the_column_decides_whether_the_day_stands_first(
    batch: Callable[..., Batch], snapshot: Callable[..., Any], texts: list[str], first: date | None
) -> None:
    assert read(batch, snapshot, Column("t", "date"), texts)[0][0] == first


def test_a_date_with_a_time_of_day_is_no_date(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    assert read(batch, snapshot, Column("t", "date"), ["14/03/2026 08:15", "14/03/2026 00:00"])[0] == [None, date(2026, 3, 14)]


def test_words_for_yes_and_no(batch: Callable[..., Batch], snapshot: Callable[..., Any]) -> None:
    assert read(batch, snapshot, Column("b", "boolean"), ["Ja", "nein", "是", "否", "maybe"])[0] == [True, False, True, False, None]


def test_the_currency_must_be_declared() -> None:
    with pytest.raises(ValueError, match="is not one of n"):
        Parse(Schema("d", columns=(Column("n"),)), currency_column="nope")


EXACT = {
    "1,234,567,890,123": 1234567890123.0,
    "12.345.678.901,25": 12345678901.25,
    "98 765 432 101,23": 98765432101.23,
    "1'234'567'890'123.45": 1234567890123.45,
    "(1,234,567,890,123)": -1234567890123.0,
    "12,34,567.5": 1234567.5,
    "1.2万": 12000.0,
    "5.000,-": 5000.0,
    "-5,-": -5.0,
    "199.\u2013": 199.0,
    "1.299.-": 1299.0,
    "1,299.-": 1299.0,
    "5,000.\u2013": 5000.0,
    "199:-": 199.0,
    "1,299/-": 1299.0,
    "5-": None,
    "1,234,567,890,12": None,
    "9,007,199,254,740,993": None,
    "1e400 EUR": None,
    "-1e400": None,
}


@pytest.mark.parametrize(("text", "value"), EXACT.items())
def test_a_number_is_read_to_its_last_digit_or_not_at_all(text: str, value: float | None) -> None:
    parsed = NumberParser(ColumnFormat(",", 0.95)).parse(text, None)
    assert (parsed and parsed.value) == value


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("￥199元", "CNY"),
        ("CNY 199.00 元", "CNY"),
        ("¥0.0199万元", "CNY"),
        ("199人民币", "CNY"),
        ("$199 USD", "USD"),
        ("199,00 € EUR", "EUR"),
        ("CHF 199.\u2013", "CHF"),
        ("199,- kr.", "SEK"),
        ("NT$199", "TWD"),
        ("199欧元", "EUR"),
        ("NT$199元", "TWD"),
        ("HK$199元", "HKD"),
        ("199元", "CNY"),
        ("kr. 199", "DKK"),
        ("Rs.199", "INR"),
        ("199 TL", "TRY"),
    ],
)
def test_two_names_of_one_currency_are_one(text: str, currency: str) -> None:
    parsed = NumberParser(ColumnFormat()).parse(text, currency)
    assert parsed is not None
    assert (parsed.value, parsed.confidence >= 0.9) == (199.0, True)


@pytest.mark.parametrize("text", ["US$ 199 CAD", "€ 199 元"])
def test_two_currencies_are_none(text: str) -> None:
    assert NumberParser(ColumnFormat()).parse(text, "USD") is None


def test_an_integer_beyond_the_floats_is_read_whole() -> None:
    parsed = NumberParser(ColumnFormat(".", 0.95), integers=True).parse("9,007,199,254,740,993", None)
    assert parsed is not None
    assert parsed.value == 9007199254740993


def test_a_declared_order_of_day_and_month_is_not_changed_by_the_cells_of_a_batch() -> None:
    parser = DatetimeParser("month first", is_declared=True)
    january, april = parser.parse("2/1/2026"), parser.parse("14/4/2026")
    assert january is not None
    assert january.value == datetime(2026, 2, 1, tzinfo=UTC)
    assert april is not None
    assert april.confidence == 0.5
