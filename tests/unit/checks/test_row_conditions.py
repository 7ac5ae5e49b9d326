from __future__ import annotations

import polars as pl
import pytest

from checks.polars_engine import parse_row_condition
from checks.polars_engine.row_conditions import to_expr

FRAME = pl.DataFrame({"kind": ["buy", "view", None, "buy"], "n": [1, 2, 3, None], "unit price": [0.5, 2.0, None, 4.0], "ok": [True, False, True, None]})


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('kind == "buy"', [0, 3]),
        ("kind != 'buy'", [1]),
        ('kind == "buy" and n < 2', [0]),
        ('kind == "view" or n >= 3', [1, 2]),
        ('n is null or kind == "buy" and n == 1', [0, 3]),
        ("kind is not null", [0, 1, 3]),
        ('kind in ("buy", "x")', [0, 3]),
        ('kind not in ("buy")', [1]),
        ('col("unit price") > 1.5', [1, 3]),
        ("n == -1", []),
        ("ok == true", [0, 2]),
    ],
)
def test_chooses_rows(text: str, rows: list[int]) -> None:
    mask = FRAME.select(to_expr(parse_row_condition(text), FRAME.schema).fill_null(value=False)).to_series()
    assert mask.arg_true().to_list() == rows


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "the end"),
        ("kind", "a comparison was expected"),
        ("kind == view", "a text in quotes"),
        ("kind = 'a'", "cannot be read from"),
        ("kind == 'a' n == 1", "`and`, `or` or the end"),
        ("(kind == 'a')", "a column was expected"),
        ("__import__('os')", "a comparison was expected"),
    ],
)
def test_says_what_was_expected(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        parse_row_condition(text)


def test_names_a_column_that_is_not_there() -> None:
    with pytest.raises(ValueError, match="nope"):
        to_expr("nope == 1", FRAME.schema)


def test_reads_conditions_of_a_suite_in_json() -> None:
    condition = {"type": "comparison", "column": {"name": "n"}, "operator": ">", "parameter": 1}
    assert FRAME.filter(to_expr(condition, FRAME.schema))["n"].to_list() == [2, 3]
