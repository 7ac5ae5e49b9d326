"""Rules between columns, of codes beside the key, and of values that must not be written down."""

from __future__ import annotations

import random
from typing import Any

import polars as pl
import pytest

from checks.suggest import suggest
from sluice.domain import Column, Schema

ROWS = 400


def rules(schema: Schema, rows: pl.DataFrame) -> dict[str, list[dict[str, Any]]]:
    named: dict[str, list[dict[str, Any]]] = {}
    for entry in suggest(schema, rows, {}):
        named.setdefault(entry.step.name, []).append(dict(entry.step.settings))
    return named


def catalog(**more: list[Any]) -> tuple[Schema, pl.DataFrame]:
    draw = random.Random(3)
    prices = [draw.randrange(500, 9000) / 100 for _ in range(ROWS)]
    cells: dict[str, list[Any]] = {"id": [f"p{n}" for n in range(ROWS)], "price": prices, **more}
    columns = tuple(Column(name, "string" if isinstance(next(v for v in values if v is not None), str) else "number") for name, values in cells.items())
    return Schema("products", "snapshot", ("id",), columns), pl.DataFrame(cells)


@pytest.mark.parametrize(("name", "factor", "pair"), [("sale_price", 0.8, ("price", "sale_price")), ("compare_at_price", 1.3, ("compare_at_price", "price"))])
def test_a_reduced_price_is_not_above_the_regular_one(name: str, factor: float, pair: tuple[str, str]) -> None:
    schema, rows = catalog()
    rows = rows.with_columns(pl.when(pl.int_range(pl.len()) % 3 == 0).then(pl.col("price") * factor).alias(name))
    (rule,) = rules(Schema("products", "snapshot", ("id",), (*schema.columns, Column(name, "number"))), rows)[
        "expect_column_pair_values_a_to_be_greater_than_b"
    ]
    assert (rule["column_A"], rule["column_B"], rule["on_fail"]) == (*pair, "flag")


def test_prices_of_different_things_have_no_order() -> None:
    schema, rows = catalog(cost_price=[1.0] * ROWS, shipping_price=[4.0] * ROWS)
    assert "expect_column_pair_values_a_to_be_greater_than_b" not in rules(schema, rows)


def test_a_code_beside_the_key_is_unique_where_all_differ() -> None:
    schema, rows = catalog(
        ean=[f"40{n:011}" if n % 4 else None for n in range(ROWS)], mpn=[f"m{n}" for n in range(ROWS)], parent_sku=[f"s{n}" for n in range(ROWS)]
    )
    unique = rules(schema, rows)["expect_column_values_to_be_unique"]
    assert [(rule["column"], rule["on_fail"]) for rule in unique] == [("ean", "flag")]


def test_rows_of_a_till_without_a_key_are_not_expected_twice() -> None:
    columns = (Column("sold", "timestamp"), Column("item"), Column("amount", "number"))
    times = pl.datetime_range(pl.datetime(2026, 3, 1), pl.datetime(2026, 3, 2), "3m", time_zone="UTC", eager=True)[:ROWS]
    rows = pl.DataFrame({"sold": times, "item": [f"i{n % 40}" for n in range(ROWS)], "amount": [2.5] * ROWS})
    schema = Schema("sales", "append", (), columns, "sold")
    (rule,) = rules(schema, rows)["expect_compound_columns_to_be_unique"]
    assert (rule["column_list"], rule["on_fail"]) == (["sold", "item", "amount"], "flag")
    assert "expect_compound_columns_to_be_unique" not in rules(schema, pl.concat([rows, rows.head(1)]))


@pytest.mark.parametrize(
    ("name", "values", "written"),
    [
        ("status", ["Paid", "Open"], True),
        ("asiakas", ["Virtanen Matti", "Korhonen Aino", "Laine Eeva"], False),
        ("asiakas", ["Matti", "Aino", "Eeva"], False),
        ("asiakas", ["MATTI VIRTANEN", "AINO LAINE"], False),
        ("ostja", ["สมชาย ใจดี", "สมหญิง รักดี"], False),
        ("tila", ["paid", "open", "PENDING"], True),
    ],
)
def test_values_that_may_be_people_are_not_written_down(name: str, values: list[str], *, written: bool) -> None:
    schema, rows = catalog(**{name: [values[n % len(values)] for n in range(ROWS)]})
    assert ("expect_column_values_to_be_in_set" in rules(schema, rows)) is written


@pytest.mark.parametrize(("name", "least"), [("sessions", 0), ("number_of_reviews", 0), ("点击量", 0), ("quantity", -1), ("followers_change", -1)])
def test_a_count_is_not_below_zero(name: str, least: int) -> None:
    draw = random.Random(5)
    schema = Schema("d", "snapshot", ("id",), (Column("id"), Column(name, "integer")))
    rows = pl.DataFrame({"id": [f"p{n}" for n in range(ROWS)], name: [draw.randrange(0, 90) for _ in range(ROWS)]})
    (rule,) = rules(schema, rows)["expect_column_values_to_be_between"]
    assert min(0, rule["min_value"]) == 0 if least == 0 else rule["min_value"] < 0


def test_a_long_tail_is_within_the_range() -> None:
    draw = random.Random(4)
    visits = [int(3 * draw.paretovariate(1.1)) for _ in range(ROWS)]
    schema = Schema("d", "snapshot", ("id",), (Column("id"), Column("visits", "integer")))
    (rule,) = rules(schema, pl.DataFrame({"id": [f"p{n}" for n in range(ROWS)], "visits": visits}))["expect_column_values_to_be_between"]
    assert max(visits) < rule["max_value"]
