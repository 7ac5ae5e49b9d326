"""Every supported expectation answers as it does on the pandas engine of Great Expectations."""

from __future__ import annotations

from datetime import datetime
from importlib import import_module
from typing import Any

import pandas as pd  # type: ignore[import-untyped]  # it carries none
import polars as pl
import pytest

from checks.polars_engine import CompiledSuite

gx: Any = import_module("great_expectations")
get_expectation_impl = import_module("great_expectations.expectations.registry").get_expectation_impl
Column = import_module("great_expectations.expectations.row_conditions").Column
pytestmark = pytest.mark.filterwarnings("ignore")

NAN = float("nan")


def moment(year: int, month: int, day: int) -> datetime:
    return datetime.fromisoformat(f"{year}-{month:02}-{day:02}")


TABLE: dict[str, list[Any]] = {
    "id": ["a1", "a2", "a3", "a3", "a5", None, "a7", "b8"],
    "kind": ["view", "cart", "view", "view", "buy", "view", None, "cart"],
    "twin": ["view", "cart", "view", "buy", "buy", None, None, "view"],
    "price": [1.0, 2.5, NAN, 4.0, 100.0, 2.5, 7.0, 3.0],
    "cost": [0.5, 2.5, 1.0, 5.0, 50.0, NAN, 6.0, 2.0],
    "n": [1, 2, 3, 4, 5, 6, 7, 8],
    "m": [8, 2, 3, 1, 5, 9, 7, 0],
    "day": ["2026-03-01", "2026-03-02", "03/03/2026", None, "2026-02-30", "2026-03-05", "2026-03-06", "2026-03-07"],
    "at": [moment(2026, 3, day) for day in (1, 2, 3, 3, 5, 4, 7, 8)],
}
VIEWED = Column("kind") == "view"
CASES: list[tuple[str, dict[str, Any]]] = [
    ("expect_column_to_exist", {"column": "id"}),
    ("expect_column_to_exist", {"column": "nope"}),
    ("expect_table_columns_to_match_set", {"column_set": list(TABLE)}),
    ("expect_table_columns_to_match_set", {"column_set": ["id"], "exact_match": True}),
    ("expect_table_columns_to_match_ordered_list", {"column_list": list(TABLE)}),
    ("expect_table_columns_to_match_ordered_list", {"column_list": list(TABLE)[::-1]}),
    ("expect_table_column_count_to_equal", {"value": len(TABLE)}),
    ("expect_table_column_count_to_be_between", {"min_value": 20}),
    ("expect_table_row_count_to_be_between", {"min_value": 8, "max_value": 8}),
    ("expect_table_row_count_to_equal", {"value": 9}),
    ("expect_table_row_count_to_equal", {"value": 4, "row_condition": VIEWED}),
    ("expect_column_values_to_be_of_type", {"column": "n", "type_": "int64"}),
    ("expect_column_values_to_be_of_type", {"column": "n", "type_": "float64"}),
    ("expect_column_values_to_be_in_type_list", {"column": "price", "type_list": ["int64", "float64"]}),
    ("expect_column_values_to_not_be_null", {"column": "id"}),
    ("expect_column_values_to_not_be_null", {"column": "price", "mostly": 0.8}),
    ("expect_column_values_to_not_be_null", {"column": "kind", "row_condition": Column("n") > 5}),
    ("expect_column_values_to_be_null", {"column": "kind"}),
    ("expect_column_values_to_be_in_set", {"column": "kind", "value_set": ["view", "cart"]}),
    ("expect_column_values_to_be_in_set", {"column": "n", "value_set": [1, 2.0, 3, 4, 5.5]}),
    ("expect_column_values_to_be_in_set", {"column": "kind", "value_set": ["view", "cart"], "mostly": 0.5}),
    ("expect_column_values_to_not_be_in_set", {"column": "kind", "value_set": ["buy"]}),
    ("expect_column_values_to_be_between", {"column": "price", "min_value": 2, "max_value": 10}),
    ("expect_column_values_to_be_between", {"column": "price", "min_value": 2.5, "strict_min": True}),
    ("expect_column_values_to_be_between", {"column": "price", "max_value": 7, "strict_max": True}),
    ("expect_column_values_to_be_between", {"column": "price", "min_value": 2, "row_condition": VIEWED & (Column("n") < 6)}),
    ("expect_column_values_to_be_between", {"column": "at", "min_value": moment(2026, 3, 2), "max_value": moment(2026, 3, 7)}),
    ("expect_column_values_to_match_regex", {"column": "id", "regex": "^a"}),
    ("expect_column_values_to_match_regex", {"column": "id", "regex": r"^[ab]\d$"}),
    ("expect_column_values_to_not_match_regex", {"column": "id", "regex": "8"}),
    ("expect_column_values_to_match_regex_list", {"column": "id", "regex_list": ["^a", "[12]$"], "match_on": "all"}),
    ("expect_column_values_to_match_regex_list", {"column": "id", "regex_list": ["^x", "[12]$"], "match_on": "any"}),
    ("expect_column_values_to_not_match_regex_list", {"column": "id", "regex_list": ["^b", "3"]}),
    ("expect_column_value_lengths_to_be_between", {"column": "kind", "min_value": 4}),
    ("expect_column_value_lengths_to_equal", {"column": "id", "value": 2}),
    ("expect_column_values_to_be_unique", {"column": "id"}),
    ("expect_column_values_to_be_unique", {"column": "n"}),
    ("expect_column_values_to_be_unique", {"column": "price"}),
    ("expect_column_values_to_be_unique", {"column": "price", "row_condition": Column("n") > 3}),
    ("expect_compound_columns_to_be_unique", {"column_list": ["id", "kind"]}),
    ("expect_compound_columns_to_be_unique", {"column_list": ["kind", "price"], "row_condition": VIEWED}),
    ("expect_select_column_values_to_be_unique_within_record", {"column_list": ["kind", "twin"]}),
    ("expect_multicolumn_values_to_be_equal", {"column_list": ["kind", "twin"]}),
    ("expect_multicolumn_values_to_be_equal", {"column_list": ["n", "n"]}),
    ("expect_compound_columns_to_be_unique", {"column_list": ["price", "m"]}),
    ("expect_multicolumn_sum_to_equal", {"column_list": ["n", "m"], "sum_total": 9}),
    ("expect_column_pair_values_a_to_be_greater_than_b", {"column_A": "price", "column_B": "cost"}),
    ("expect_column_pair_values_a_to_be_greater_than_b", {"column_A": "n", "column_B": "m", "or_equal": True}),
    ("expect_column_pair_values_a_to_be_greater_than_b", {"column_A": "price", "column_B": "cost", "ignore_row_if": "either_value_is_missing"}),
    ("expect_column_pair_values_to_be_equal", {"column_A": "kind", "column_B": "twin"}),
    ("expect_column_pair_values_to_be_equal", {"column_A": "kind", "column_B": "twin", "ignore_row_if": "either_value_is_missing"}),
    ("expect_column_pair_values_to_be_in_set", {"column_A": "kind", "column_B": "twin", "value_pairs_set": [("view", "view"), ("cart", "cart")]}),
    ("expect_column_values_to_be_increasing", {"column": "n", "strictly": True}),
    ("expect_column_values_to_be_increasing", {"column": "at"}),
    ("expect_column_values_to_be_decreasing", {"column": "m"}),
    ("expect_column_values_to_match_strftime_format", {"column": "day", "strftime_format": "%Y-%m-%d"}),
    ("expect_column_min_to_be_between", {"column": "price", "min_value": 1, "max_value": 1}),
    ("expect_column_max_to_be_between", {"column": "price", "max_value": 99}),
    ("expect_column_max_to_be_between", {"column": "at", "max_value": moment(2026, 3, 8)}),
    ("expect_column_mean_to_be_between", {"column": "price", "min_value": 17.14, "max_value": 17.15}),
    ("expect_column_mean_to_be_between", {"column": "price", "max_value": 3, "row_condition": VIEWED}),
    ("expect_column_median_to_be_between", {"column": "price", "min_value": 3, "max_value": 3}),
    ("expect_column_stdev_to_be_between", {"column": "price", "min_value": 36.5, "max_value": 37}),
    ("expect_column_sum_to_be_between", {"column": "price", "min_value": 120, "max_value": 120}),
    (
        "expect_column_quantile_values_to_be_between",
        {"column": "n", "quantile_ranges": {"quantiles": [0.1, 0.5, 0.9], "value_ranges": [[1, 2], [4, 5], [7, 8]]}},
    ),
    ("expect_column_quantile_values_to_be_between", {"column": "price", "quantile_ranges": {"quantiles": [0.25, 0.75], "value_ranges": [[0, 1], [2, 3]]}}),
    ("expect_column_unique_value_count_to_be_between", {"column": "kind", "min_value": 3, "max_value": 3}),
    ("expect_column_proportion_of_unique_values_to_be_between", {"column": "kind", "min_value": 0.42, "max_value": 0.43}),
    ("expect_column_proportion_of_non_null_values_to_be_between", {"column": "kind", "min_value": 0.875, "max_value": 0.875}),
    ("expect_column_most_common_value_to_be_in_set", {"column": "kind", "value_set": ["view"]}),
    ("expect_column_most_common_value_to_be_in_set", {"column": "kind", "value_set": ["buy"]}),
    ("expect_column_distinct_values_to_be_in_set", {"column": "kind", "value_set": ["view", "cart", "buy", "x"]}),
    ("expect_column_distinct_values_to_be_in_set", {"column": "kind", "value_set": ["view"]}),
    ("expect_column_distinct_values_to_contain_set", {"column": "kind", "value_set": ["view", "x"]}),
    ("expect_column_distinct_values_to_equal_set", {"column": "kind", "value_set": ["view", "cart", "buy"]}),
]


@pytest.fixture(scope="module")
def frame() -> pl.DataFrame:
    return pl.DataFrame(TABLE, strict=False)


@pytest.fixture(scope="module")
def pandas_batch() -> Any:
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    definition = context.data_sources.add_pandas("p").add_dataframe_asset("t").add_batch_definition_whole_dataframe("w")
    table = pd.DataFrame({name: pd.array(cells, dtype="str") if name in ("id", "kind", "twin", "day") else cells for name, cells in TABLE.items()})
    table["at"] = table["at"].astype("datetime64[ns]")
    for name in ("id", "kind", "twin", "day"):
        table[name] = pd.Series(TABLE[name], dtype=object)
    return definition.get_batch({"dataframe": table})


@pytest.mark.parametrize(("name", "kwargs"), CASES, ids=[f"{index}-{name}" for index, (name, _) in enumerate(CASES)])
def test_same_answer(name: str, kwargs: dict[str, Any], frame: pl.DataFrame, pandas_batch: Any) -> None:
    expectation = get_expectation_impl(name)(**kwargs)
    theirs = pandas_batch.validate(expectation, result_format="SUMMARY")
    ours = CompiledSuite([expectation]).evaluate(frame)[0]

    assert ours.error is None
    assert ours.success == theirs.success
    if ours.unexpected is not None:
        assert ours.failed == theirs.result["unexpected_count"]
        assert ours.unexpected.sum() == ours.failed
        assert ours.unexpected.len() == frame.height


def test_every_expectation_that_is_promised_is_compared() -> None:
    from checks.gx_descriptions import DIMENSIONS

    compared = {name for name, _ in CASES}
    assert set(DIMENSIONS) <= compared
