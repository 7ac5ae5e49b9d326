"""Which column determines which: told where nearly all rows agree, and never where chance would."""

from __future__ import annotations

import polars as pl
import pytest

from cleaning.fill_evidence import empties_are_faults
from cleaning.suggest import suggest_dependencies
from sluice.domain import Column, Schema
from sluice.messages import render

ROWS = pl.DataFrame(
    {
        "id": [f"r{n}" for n in range(400)],
        "line": [f"line {n % 20}" for n in range(400)],
        "category": [f"category {n % 20 // 4}" for n in range(400)],
        "colour": [("red", "green", "blue")[n * n % 7 % 3] for n in range(400)],
        "shop": ["one"] * 400,
        "price": [float(n) for n in range(400)],
    }
)
SCHEMA = Schema("catalog", "snapshot", ("id",), tuple(Column(name, "number" if name == "price" else "string") for name in ROWS.columns))


def suggested(rows: pl.DataFrame) -> set[tuple[object, object]]:
    return {(step.settings["determinant"], step.settings["dependent"]) for step, _ in suggest_dependencies(SCHEMA, rows)}


def test_a_product_line_determines_its_category_and_not_the_other_way_round() -> None:
    assert suggested(ROWS) == {("line", "category")}


def test_a_few_typos_do_not_hide_it() -> None:
    spoilt = ROWS.with_columns(pl.when(pl.int_range(400) % 25 == 3).then(pl.lit("categry")).otherwise("category").alias("category"))
    assert ("line", "category") in suggested(spoilt)
    assert "96" in {step.settings["dependent"]: render(why) for step, why in suggest_dependencies(SCHEMA, spoilt)}["category"]


def test_an_empty_or_unknown_table_suggests_nothing() -> None:
    assert suggested(ROWS.clear()) == set()
    assert suggested(ROWS.with_columns(category=pl.lit(None, dtype=pl.String))) == set()


FEED = pl.DataFrame(
    {
        "id": [f"g{row}" for row in range(120)],
        "link": [f"https://shop.example/p/{('mug', 'rug', 'jug')[row % 3]}-birch" for row in range(120)],
        "handle": [f"{('mug', 'rug', 'jug')[row % 3]}-birch" for row in range(120)],
        "brand": [("Tarn", "Lumen", "Nordwind")[row % 3] for row in range(120)],
        "category": [("Mugs", "Rugs", "Jugs")[row % 3] for row in range(120)],
        "image": [f"img/{row % 3}.jpg" for row in range(120)],
        "title": [f"{('Mug', 'Rug', 'Jug')[row % 3]} number {row}" for row in range(120)],
        "size": [f"{row % 3 + 1}0 ml" for row in range(120)],
    }
)


def test_links_handles_pictures_measures_and_titles_depend_on_nothing() -> None:
    schema = Schema("feed", "snapshot", ("id",), tuple(Column(name) for name in FEED.columns))
    assert {step.settings["dependent"] for step, _ in suggest_dependencies(schema, FEED)} == {"brand", "category"}


def test_a_code_is_suggested_only_where_some_are_damaged_and_is_not_filled() -> None:
    codes = [("35957", "35055", "36207")[row % 3] for row in range(120)]
    schema = Schema("places", "snapshot", ("id",), (Column("id"), Column("brand"), Column("category"), Column("zip")))
    right = FEED.select("id", "brand", "category", pl.Series("zip", codes))
    assert "zip" not in {step.settings["dependent"] for step, _ in suggest_dependencies(schema, right)}
    damaged = right.with_columns(pl.Series("zip", ["35x57", "3505x", *codes[2:]]))
    (step,) = [step for step, _ in suggest_dependencies(schema, damaged) if step.settings["dependent"] == "zip"]
    assert step.settings == {"determinant": "brand", "dependent": "zip", "confirmed_by": ["category"], "fill": False}


def test_a_nearly_constant_column_gets_only_its_typos_corrected() -> None:
    schema = Schema("places", "snapshot", ("id",), (Column("id"), Column("brand"), Column("type")))
    rows = FEED.select("id", "brand", pl.Series("type", ["acuxe care", "acute cxre", *["acute care"] * 118]))
    (step,) = [step for step, _ in suggest_dependencies(schema, rows) if step.settings["dependent"] == "type"]
    assert step.settings == {"determinant": "brand", "dependent": "type", "fill": False}


@pytest.mark.parametrize("odd", [[], ["Home > Rugs, Sale"], ["Home > Mugs, Male", "Home > Rugs", "Garden > Pots", "Office > Pens"]])
def test_a_constant_is_no_evidence_against_a_new_value(odd: list[str]) -> None:
    schema = Schema("products", "snapshot", ("id",), (Column("id"), Column("brand"), Column("categories")))
    rows = FEED.select("id", "brand", pl.Series("categories", [*odd, *["Home > Mugs, Sale"] * (120 - len(odd))]))
    assert "categories" not in {step.settings["dependent"] for step, _ in suggest_dependencies(schema, rows)}


ACTIONS = pl.DataFrame(
    {
        "id": [f"e{row}" for row in range(400)],
        "actor": [f"A{row % 40}" for row in range(400)],
        "device": [("phone", "tablet", "desktop")[row % 40 % 3] for row in range(400)],
    }
)


@pytest.mark.parametrize(
    ("name", "determines"),
    [("user_id", False), ("visitorid", False), ("session_id", False), ("order_no", False), ("customer", False), ("brewery_id", True), ("measure_code", True)],
)
def test_a_person_or_an_occasion_determines_nothing(name: str, *, determines: bool) -> None:
    schema = Schema("actions", "append", ("id",), (Column("id"), Column(name), Column("device")))
    rows = ACTIONS.rename({"actor": name})
    assert [step.settings["determinant"] for step, _ in suggest_dependencies(schema, rows)] == ([name] if determines else [])
    assert not suggest_dependencies(schema, rows, [name])


@pytest.mark.parametrize(("empty", "filled"), [([], True), ([7, 103, 290], True), ([*range(0, 400, 40)], False), ([*range(0, 400, 5)], False)])
def test_cells_are_filled_only_where_no_right_row_is_empty(empty: list[int], *, filled: bool) -> None:
    schema = Schema("actions", "append", ("id",), (Column("id"), Column("brewery_id"), Column("device")))
    rows = ACTIONS.rename({"actor": "brewery_id"}).with_columns(
        device=pl.when(pl.int_range(400).is_in(empty)).then(pl.lit(None, dtype=pl.String)).otherwise("device")
    )
    (step,) = [step for step, _ in suggest_dependencies(schema, rows)]
    assert step.settings.get("fill", True) is filled


@pytest.mark.parametrize(
    ("determinant", "dependent"),
    [
        ("Product Category", "Option2 Name"),
        ("Financial Status", "Payment Method"),
        ("Shipping Province", "Billing Province"),
        ("Tags", "Title"),
        ("Variant Weight Unit", "Vendor"),
    ],
)
def test_options_states_of_orders_addresses_titles_and_units_follow_no_law(determinant: str, dependent: str) -> None:
    schema = Schema("items", "snapshot", ("id",), (Column("id"), Column(determinant), Column(dependent)))
    rows = FEED.select("id", pl.col("brand").alias(determinant), pl.col("category").alias(dependent))
    assert not suggest_dependencies(schema, rows)


def test_one_value_with_many_rows_and_another_with_few_are_no_law() -> None:
    schema = Schema("items", "snapshot", ("id",), (Column("id"), Column("material"), Column("maker")))
    rare = ROWS.select("id", material=pl.when(pl.int_range(400) < 8).then(pl.lit("birch")).otherwise(pl.lit("clay")))
    assert not suggest_dependencies(schema, rare.with_columns(maker=pl.col("material").replace({"birch": "Tarn", "clay": "Lumen"})))


def test_products_that_lack_a_value_in_all_their_rows_are_right_without_it() -> None:
    rows = pl.DataFrame({"product": [f"p{n // 4}" for n in range(200)], "size": [None if n // 4 in (7, 30) else "L" for n in range(200)]})
    assert not empties_are_faults(rows, "size", ["product"])
