from __future__ import annotations

import json
from pathlib import Path

import pytest

from checks.suite import build_rules
from sluice.config import SettingsError, Step
from sluice.domain import Schema
from sluice.messages import render


def step(name: str, **settings: object) -> Step:
    return Step(name=name, settings=settings)


def test_defaults_by_kind(schema: Schema) -> None:
    rules = build_rules(
        schema,
        [
            step("expect_column_values_to_not_be_null", column="item_id"),
            step("expect_column_values_to_not_be_null", column="item_id", severity="warning", mostly=0.9),
            step("expect_column_mean_to_be_between", column="price", min_value=0),
            step("expect_column_values_to_exist_in_dataset", column="item_id", dataset="catalog"),
            step("expect_column_values_to_match_reference", column="price", dataset="catalog", key="item_id", on_fail="flag", dimension="accuracy"),
            step("expect_compound_columns_to_be_unique", column_list=["user_id", "ts"]),
        ],
    )
    assert [(rule.id, rule.dimension, rule.severity, rule.on_fail, rule.table_level) for rule in rules] == [
        ("expect_column_values_to_not_be_null:item_id", "completeness", "critical", "quarantine", False),
        ("expect_column_values_to_not_be_null:item_id#2", "completeness", "warning", "flag", False),
        ("expect_column_mean_to_be_between:price", "accuracy", "critical", "flag", True),
        ("expect_column_values_to_exist_in_dataset:item_id", "consistency", "critical", "quarantine", False),
        ("expect_column_values_to_match_reference:price", "accuracy", "critical", "flag", False),
        ("expect_compound_columns_to_be_unique:user_id,ts", "uniqueness", "critical", "quarantine", False),
    ]


def test_fingerprints_follow_the_definition(schema: Schema) -> None:
    def prints(**settings: object) -> str:
        return build_rules(schema, [step("expect_column_values_to_be_between", column="price", **settings)])[0].fingerprint

    assert prints(min_value=0) == prints(min_value=0)
    assert len({prints(min_value=0), prints(min_value=1), prints(min_value=0, severity="info")}) == 3


def test_former_names_are_read_and_keep_the_fingerprint(schema: Schema) -> None:
    (former,) = build_rules(schema, [step("expect_" + "row_count_to_match_weekday", above=1.0, minimum_batches=4)])
    (present,) = build_rules(schema, [step("expect_table_row_count_to_match_weekday", tolerance_above=1.0, min_batches=4)])
    assert (former.id, former.fingerprint) == (present.id, present.fingerprint)
    assert former.expectation == present.expectation


def test_messages_are_words(schema: Schema) -> None:
    rules = build_rules(
        schema,
        [
            step("expect_column_values_to_be_between", column="price", min_value=0, max_value=9, strict_max=True, mostly=0.95),
            step("expect_column_values_to_be_in_set", column="kind", value_set=[f"k{index}" for index in range(10)]),
            step("expect_batch_to_be_fresh", column="ts", max_age="36h"),
            step("expect_column_values_to_be_unique", column="event_id", description="no event twice"),
        ],
    )
    assert [render(rule.message) for rule in rules] == [
        "price is below 0 or at least 9 (allowed in 5 % of the rows)",
        "kind is not one of k0, k1, k2, k3, k4, k5, k6, k7 and 2 more",
        "the newest ts is at most 36h old",
        "no event twice",
    ]


@pytest.mark.parametrize(
    ("name", "settings", "problem"),
    [
        ("expect_column_values_to_not_be_nul", {"column": "item_id"}, "did you mean expect_column_values_to_not_be_null?"),
        ("expect_batch_to_be_fesh", {"column": "ts"}, "did you mean expect_batch_to_be_fresh?"),
        ("expect_column_values_to_not_be_null", {"column": "item"}, "there is no column item; did you mean item_id?"),
        ("expect_column_values_to_not_be_null", {"colum": "item_id"}, "colum: unknown setting; did you mean column?"),
        ("expect_column_values_to_not_be_null", {}, "column: is missing"),
        ("expect_column_values_to_not_be_null", {"column": "item_id", "severity": "fatal"}, "'critical', 'warning' or 'info'"),
        ("expect_column_values_to_not_be_null", {"column": "item_id", "mostly": "most"}, "mostly"),
        ("expect_column_values_to_be_between", {"column": "price", "min_value": 3, "max_value": 1}, "min_value cannot be greater"),
        ("expect_column_values_to_be_between", {"column": "price"}, "cannot both be None"),
        ("expect_column_values_to_be_between", {"column": "item_id", "min_value": 1}, "is of type string; write text"),
        ("expect_column_mean_to_be_between", {"column": "kind", "min_value": 1}, "which is no number"),
        ("expect_column_pair_values_a_to_be_greater_than_b", {"column_A": "kind", "column_B": "price"}, "cannot be compared with one of type number"),
        ("expect_column_values_to_match_regex", {"column": "kind", "regex": "("}, "no regular expression"),
        ("expect_column_values_to_not_be_null", {"column": "price", "row_condition": "kind = 1"}, "row_condition: the row condition cannot be read"),
        ("expect_column_values_to_not_be_null", {"column": "price", "row_condition": "knd == 'a'"}, "there is no column knd"),
        ("expect_column_kl_divergence_to_be_less_than", {"column": "kind", "threshold": 0.1}, "not supported"),
        ("expect_batch_to_be_fresh", {"column": "ts", "max_age": "1 year"}, "not a span of time"),
        ("expect_batch_to_be_fresh", {"column": "ts", "max_age": "1d", "mostly": 0.5}, "neither row_condition nor mostly"),
        ("expect_column_values_to_be_unique_across_batches", {"columns": []}, "at least one column"),
        ("expect_proportion_of_novel_transitions_to_be_between", {"user": "user_id", "item": "item_id", "time": "ts", "max_value": 2}, "shares"),
    ],
)
def test_mistakes_are_told_when_it_is_built(schema: Schema, name: str, settings: dict[str, object], problem: str) -> None:
    with pytest.raises(SettingsError) as error:
        build_rules(schema, [Step(name=name, settings=settings)])
    assert problem in str(error.value)


def test_all_mistakes_are_told_at_once(schema: Schema) -> None:
    with pytest.raises(SettingsError) as error:
        build_rules(schema, [step("expect_nothing"), step("expect_column_values_to_not_be_null", column="x", colum="y"), step("expect_batch_to_be_fresh")])
    assert [name.partition(".")[0] for name, _ in error.value.problems] == [
        "expect_nothing",
        "expect_column_values_to_not_be_null",
        "expect_batch_to_be_fresh",
        "expect_batch_to_be_fresh",
    ]


def test_reads_a_suite_in_json(schema: Schema, tmp_path: Path) -> None:
    condition = {"type": "comparison", "column": {"name": "kind"}, "operator": "==", "parameter": "buy"}
    suite = {
        "name": "events",
        "expectations": [
            {"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "price", "row_condition": condition, "mostly": 0.9}, "severity": "warning"},
            {"expectation_type": "expect_column_values_to_be_unique", "kwargs": {"column": "event_id"}, "meta": {"sluice": {"on_fail": "block"}}},
        ],
    }
    (tmp_path / "events.json").write_text(json.dumps(suite))
    first, second = build_rules(schema, "events.json", tmp_path)
    assert (first.severity, first.filter, first.expectation.mostly) == ("warning", "kind == buy", 0.9)
    assert (second.id, second.on_fail) == ("expect_column_values_to_be_unique:event_id", "block")


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"expectations": [{}]}', '{"expectations": [3]}'])
def test_a_file_that_is_no_suite(schema: Schema, tmp_path: Path, content: str) -> None:
    (tmp_path / "s.json").write_text(content)
    with pytest.raises(SettingsError, match="no Great Expectations suite"):
        build_rules(schema, "s.json", tmp_path)


def test_a_suite_that_is_not_there(schema: Schema, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        build_rules(schema, "s.json", tmp_path)
