"""Which column determines which: told where nearly all rows agree, and never where chance would."""

from __future__ import annotations

import polars as pl

from cleaning.suggest import suggest_dependencies
from sluice.domain import Column, Schema

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
    assert "96" in {step.settings["dependent"]: why for step, why in suggest_dependencies(SCHEMA, spoilt)}["category"]


def test_an_empty_or_unknown_table_suggests_nothing() -> None:
    assert suggested(ROWS.clear()) == set()
    assert suggested(ROWS.with_columns(category=pl.lit(None, dtype=pl.String))) == set()
