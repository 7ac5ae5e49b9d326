"""Which columns no suggested rule looks at."""

from __future__ import annotations

from pathlib import Path

import pytest

from sluice.app.config_scaffold import scaffold_config
from sluice.app.unguarded import describe_unguarded, unguarded_columns
from sluice.config import Step
from sluice.domain import Column, Schema
from sluice.messages import render
from tests.refusing import refuse

SCHEMA = Schema("items", columns=(Column("sku"), Column("brand"), Column("site"), Column("note"), Column("price", "number")))


@pytest.mark.parametrize(
    ("step", "unguarded"),
    [
        (Step(name="expect_column_values_to_be_unique", settings={"column": "sku"}), ["brand", "site", "note"]),
        (Step(name="expect_compound_columns_to_be_unique", settings={"column_list": ["sku", "site"]}), ["brand", "note"]),
        (Step(name="expect_column_values_to_be_in_set", settings={"column": "site", "value_set": ["sku", "note"]}), ["sku", "brand", "note"]),
        (Step(name="functional_dependency", settings={"determinant": "sku", "dependent": "brand", "confirmed_by": ["note"]}), ["sku", "site", "note"]),
        (Step(name="source_vote", settings={"source": "site", "thing": ["sku"], "columns": ["note"]}), ["sku", "brand", "site"]),
        (Step(name="expect_column_values_to_not_be_null", settings={"column": "note"}), ["sku", "brand", "site", "note"]),
        (Step(name="expect_column_median_to_be_between", settings={"column": "note"}), ["sku", "brand", "site", "note"]),
        (Step(name="normalize_text"), ["sku", "brand", "site", "note"]),
    ],
)
def test_only_a_rule_about_the_values_of_rows_guards_a_column(step: Step, unguarded: list[str]) -> None:
    assert unguarded_columns(SCHEMA, [step]) == unguarded


def test_a_line_names_eight_columns() -> None:
    assert "nothing guards the values of c0, c1, c2, c3, c4, c5, c6, c7 and 2 more;" in render(
        describe_unguarded("items", [f"c{place}" for place in range(10)])
    )


def test_init_names_the_text_that_no_suggested_rule_reads(tmp_path: Path) -> None:
    rows = [f"S{row:04},{('red', 'blue')[row % 2]},{row % 50}.5,A text about item {row * 7919 % 997} with words" for row in range(300)]
    (tmp_path / "items.csv").write_text("\n".join(["sku,color,price,description", *rows]), encoding="utf-8")
    (facts,), _, _ = scaffold_config(tmp_path, tmp_path, refuse)
    assert facts["unguarded"] == ["description"]
