"""`convert_currency` converts amounts by the rate of their day, and leaves those without a rate as they are."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from cleaning.convert_currency import ConvertCurrency
from sluice.domain import Column, Schema
from sluice.errors import InvalidValue
from sluice.testing import AT, MemorySnapshot, make_batch

SCHEMA = Schema("orders", key=("id",), time="ts", columns=(Column("id"), Column("ts", "timestamp"), Column("price", "number"), Column("currency")))


def day(before: int) -> date:
    return (AT - timedelta(days=before)).date()


RATES = pl.DataFrame({"currency": ["USD", "USD", "JPY", "GBP"], "rate": [0.8, 0.9, 0.006, 1.2], "date": [day(5), day(1), day(1), day(30)]})


def convert(prices: list[tuple[float | None, str | None, int]], to: str = "EUR", rates: pl.DataFrame = RATES) -> list[tuple[Any, ...]]:
    cells: dict[str, list[Any]] = {
        "id": [f"o{number}" for number in range(len(prices))],
        "ts": [AT - timedelta(days=before) for _, _, before in prices],
        "price": [price for price, _, _ in prices],
        "currency": [currency for _, currency, _ in prices],
    }
    cleaned = ConvertCurrency(SCHEMA, "price", "currency", to, "rates").clean(make_batch(SCHEMA, cells), [], MemorySnapshot({"rates": rates}))
    return cleaned.batch.rows.select("price", "currency").rows()


def test_the_rate_of_the_day_counts() -> None:
    assert convert([(10.0, "USD", 0), (10.0, "USD", 3), (10.0, "EUR", 0)]) == [(9.0, "EUR"), (8.0, "EUR"), (10.0, "EUR")]


def test_a_code_in_small_letters_is_the_same_currency() -> None:
    assert convert([(10.0, " usd", 0)]) == [(9.0, "EUR")]


def test_amounts_have_the_decimals_of_the_currency() -> None:
    assert convert([(1999.0, "JPY", 0)]) == [(11.99, "EUR")]
    yen = pl.DataFrame({"currency": ["EUR"], "rate": [161.37], "date": [day(1)]})
    assert convert([(10.0, "EUR", 0)], "JPY", yen) == [(1614.0, "JPY")]


@pytest.mark.parametrize(
    "row",
    [
        (10.0, "GBP", 0),  # its newest rate is thirty days old
        (10.0, "USD", 20),  # no rate is as old
        (10.0, "CHF", 0),
        (10.0, None, 0),
        (None, "USD", 0),
    ],
)
def test_without_a_rate_a_row_stays(row: tuple[Any, ...]) -> None:
    assert convert([row]) == [row[:2]]


def test_a_later_rate_of_the_same_day_replaces_the_first() -> None:
    both = pl.concat([RATES, pl.DataFrame({"currency": ["USD"], "rate": [0.95], "date": [day(1)]})])
    assert convert([(10.0, "USD", 0)], rates=both) == [(9.5, "EUR")]


@pytest.mark.parametrize(
    ("columns", "to", "message"),
    [
        (("price", "curency"), "EUR", "curency is not one of"),
        (("currency", "price"), "EUR", "currency must be a number"),
        (("price", "currency"), "euro", "a code of three capital letters"),
    ],
)
def test_settings_that_do_not_fit_are_refused(columns: tuple[str, str], to: str, message: str) -> None:
    with pytest.raises(InvalidValue, match=message):
        ConvertCurrency(SCHEMA, *columns, to, "rates")


def test_all_amounts_of_a_currency_are_converted_together() -> None:
    schema = Schema("orders", columns=(Column("price", "number"), Column("shipping", "number"), Column("currency")))
    batch = make_batch(schema, {"price": [10.0, None], "shipping": [5.0, 20.0], "currency": ["USD", "USD"]})
    cleaner = ConvertCurrency(schema, "price", "currency", "EUR", "rates", also=("shipping",))
    cleaned = cleaner.clean(batch, [], MemorySnapshot({"rates": RATES}))
    assert cleaned.batch.rows.select("price", "shipping", "currency").rows() == [(9.0, 4.5, "EUR"), (None, 18.0, "EUR")]
    assert cleaned.repairs.height == 5
