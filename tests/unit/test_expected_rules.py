"""A rule is widened so that what a person expects passes it, and by no more than that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.config import Step
from sluice.rules.expected import MAX_EXCEPTIONS, Observation, round_outward, widen
from sluice.wiring.expected_rules import position_of

BETWEEN, IN_SET = "expect_column_values_to_be_between", "expect_column_values_to_be_in_set"
MEAN, NEAR = "expect_column_mean_to_be_between", "expect_table_row_count_to_match_weekday"


@pytest.mark.parametrize(
    ("name", "settings", "observed", "changes"),
    [
        (BETWEEN, {"min_value": 0, "max_value": 10}, Observation(share=0.2, values=[-3, 12, 11]), {"min_value": -3, "max_value": 12}),
        (BETWEEN, {"min_value": 0, "strict_min": True}, Observation(share=0.2, values=[-1]), {"min_value": -1, "strict_min": False}),
        (BETWEEN, {"min_value": 0}, Observation(share=0.2, values=["a"]), {"mostly": 0.8}),
        (IN_SET, {"value_set": ["S"]}, Observation(share=0.2, values=["XL", "XXL"]), {"value_set": ["S", "XL", "XXL"]}),
        (IN_SET, {"value_set": ["S"]}, Observation(share=0.2, values=[str(one) for one in range(MAX_EXCEPTIONS + 1)]), {"mostly": 0.8}),
        (IN_SET, {"value_set": ["S"]}, Observation(share=0.2), {"mostly": 0.8}),
        (MEAN, {"min_value": 2, "max_value": 9}, Observation(9.512, 9.871), {"max_value": 9.88}),
        (MEAN, {"min_value": 2.5}, Observation(1.234, 3.0), {"min_value": 1.23}),
        (NEAR, {"tolerance": 0.3}, Observation(140.0, 150.0, baseline=100.0), {"tolerance": 0.5}),
        (NEAR, {"tolerance": 0.3, "tolerance_above": 0.2}, Observation(50.0, 150.0, baseline=100.0), {"tolerance": 0.5, "tolerance_above": 0.5}),
        ("expect_column_values_to_not_be_null", {"mostly": 0.99}, Observation(share=0.031), {"mostly": 0.96}),
    ],
)
def test_the_setting_that_stands_in_the_way_is_widened(name: str, settings: Mapping[str, Any], observed: Observation, changes: Mapping[str, Any]) -> None:
    assert widen(name, {"column": "c", **settings}, observed) == {"column": "c", **settings, **changes}


@pytest.mark.parametrize(
    ("name", "settings", "observed"),
    [
        ("expect_column_values_to_not_be_null", {}, Observation(share=0.8)),  # most rows: that is no exception
        ("expect_column_values_to_not_be_null", {"mostly": 0.5}, Observation(share=0.2)),  # it passes already
        (MEAN, {}, Observation(3.0, 3.0)),
        (NEAR, {"tolerance": 0.3}, Observation(1.0, 1.0, baseline=0.0)),
        (MEAN, {"max_value": 3}, Observation()),
    ],
)
def test_where_nothing_can_be_widened_the_rule_stays(name: str, settings: Mapping[str, Any], observed: Observation) -> None:
    assert widen(name, settings, observed) is None


@given(st.floats(-1e12, 1e12).filter(lambda value: abs(value) > 1e-6 or not value))
def test_a_rounded_limit_takes_the_number_in_and_is_near_it(value: float) -> None:
    low, high = round_outward(value, up=False), round_outward(value, up=True)
    assert low <= value * (1 + 1e-9 * (1 if value > 0 else -1)) + 1e-12
    assert high >= value * (1 - 1e-9 * (1 if value > 0 else -1)) - 1e-12
    assert high - low <= abs(value) * 0.011


@given(st.lists(st.integers(-1000, 1000), min_size=1, max_size=5), st.integers(-500, 0), st.integers(0, 500))
def test_every_number_that_failed_lies_within_the_widened_limits(values: list[int], low: int, high: int) -> None:
    failing = [value for value in values if not low <= value <= high]
    widened = widen(BETWEEN, {"column": "c", "min_value": low, "max_value": high}, Observation(share=0.1, values=failing))
    assert widened is not None
    assert all(widened["min_value"] <= value <= widened["max_value"] for value in failing)  # type: ignore[operator]  # numbers


def test_a_rule_is_found_by_its_id_also_where_several_have_one() -> None:
    suite = [Step(name=BETWEEN, settings={"column": column}) for column in ("price", "stock", "price")]
    assert [position_of(suite, f"{BETWEEN}:{rest}") for rest in ("price", "stock", "price#2", "price#3", "size")] == [0, 1, 2, None, None]
