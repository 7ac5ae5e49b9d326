"""Judging again only what can have changed gives what judging everything gives: rows, verdicts, counts, masks, scores."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checks.checker import Checker
from checks.schema import SchemaJudge
from cleaning.chain import Chain
from cleaning.deduplicate import Deduplicate
from cleaning.normalize_text import NormalizeText
from cleaning.parse import Parse
from cleaning.reconcile import Reconcile
from sluice import pipeline
from sluice.config import Step
from sluice.domain import Batch, Column, Outcome, Schema, Verdict
from sluice.ports import Judgement, Steps, judge_batch
from sluice.testing import AT, MemorySnapshot, make_batch, make_rows

COLUMNS = (Column("id"), Column("kind"), Column("title"), Column("price", "number"), Column("ts", "timestamp"))
SCHEMA = Schema("d", "append", ("id",), COLUMNS, time="ts")
RULES: list[tuple[str, dict[str, Any]]] = [
    ("expect_column_values_to_not_be_null", {"column": "title"}),
    ("expect_column_values_to_be_in_set", {"column": "kind", "value_set": ["a", "b"]}),
    ("expect_column_values_to_be_between", {"column": "price", "min_value": 0, "max_value": 2000, "mostly": 0.9}),
    ("expect_column_values_to_be_unique", {"column": "title", "severity": "warning"}),
    ("expect_column_values_to_be_unique", {"column": "price", "row_condition": 'kind == "a"'}),
    ("expect_compound_columns_to_be_unique", {"column_list": ["kind", "title"]}),
    ("expect_column_values_to_be_increasing", {"column": "price", "severity": "info"}),
    ("expect_column_values_to_match_regex", {"column": "title", "regex": "^[A-Z]", "row_condition": 'title != "Vase"'}),
    ("expect_column_mean_to_be_between", {"column": "price", "min_value": 1, "max_value": 300}),
    ("expect_column_distinct_values_to_be_in_set", {"column": "kind", "value_set": ["a", "b"]}),
    ("expect_table_row_count_to_be_between", {"min_value": 3}),
    ("expect_column_values_to_be_unique_across_batches", {"columns": ["title"]}),
    ("expect_column_values_to_be_unique_across_batches", {"columns": ["kind", "price"], "row_condition": 'kind == "b"'}),
    ("expect_column_values_to_exist_in_dataset", {"column": "title", "dataset": "names"}),
]
CHECKER = Checker.build(SCHEMA, [Step(name=name, settings=values) for name, values in RULES])
STEPS = Steps([SchemaJudge(SCHEMA), CHECKER], Chain([Parse(SCHEMA), NormalizeText(SCHEMA), Deduplicate(SCHEMA)]), Reconcile(SCHEMA))
TITLES = st.none() | st.sampled_from(["Lamp", " Lamp", "Vase", "vase", "n/a", "Tea &amp; pot"])
PRICES = st.none() | st.sampled_from([1.0, 5.0, 900.0, -1.0, "1.234,50 €", "x"])
ROWS = st.lists(st.tuples(st.none() | st.sampled_from("pqrstuvw"), st.sampled_from("aabbc"), TITLES, PRICES, st.integers(0, 50)), min_size=1, max_size=12)


def batch_of(rows: list[tuple[Any, ...]]) -> Batch:
    cells = dict(zip(SCHEMA.names, map(list, zip(*rows, strict=True)), strict=True))
    texts = {place: {"price": price} for place, price in enumerate(cells["price"]) if isinstance(price, str)}
    numbers = [None if isinstance(price, str) else price for price in cells["price"]]
    return make_batch(SCHEMA, {**cells, "price": numbers, "ts": [AT - timedelta(minutes=minutes) for minutes in cells["ts"]]}, unparsed=texts)


def facts(verdict: Verdict) -> tuple[object, ...]:
    failing = None if verdict.failing is None else verdict.failing.to_list()
    evidence = None if verdict.evidence is None else verdict.evidence.rows()
    fields = (verdict.rule, verdict.status, verdict.severity, verdict.on_fail, verdict.rows, verdict.failed, verdict.message, verdict.observed)
    return (*fields, failing, evidence)


def everything(outcome: Outcome) -> tuple[object, ...]:
    phases = {phase: [facts(verdict) for verdict in verdicts] for phase, verdicts in outcome.phases.items()}
    frames = [frame.to_dicts() for frame in (outcome.split.good.rows, outcome.split.bad.rows, outcome.repairs, outcome.flags, outcome.repeats)]
    return phases, frames, outcome.arrival, outcome.published


def judge_everything(judges: Any, batch: Batch, snapshot: Any, earlier: object, waived: frozenset[str]) -> Judgement:
    _ = earlier
    return judge_batch(judges, batch, snapshot, (), waived)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    rows=ROWS, published=st.lists(st.sampled_from(["Lamp", "Vase", "Bowl"]), max_size=2, unique=True), waived=st.sampled_from(RULES).map(lambda rule: rule[0])
)
def test_judging_again_gives_what_judging_everything_gives(rows: list[tuple[Any, ...]], published: list[str], waived: str) -> None:
    names = [f"old{place}" for place in range(len(published))]
    before = make_rows(
        SCHEMA, {"id": names, "kind": ["b"] * len(published), "title": published, "price": [5.0] * len(published), "ts": [AT] * len(published)}, batch_id="old"
    )
    snapshot = MemorySnapshot({"d": before, "names": pl.DataFrame({"title": ["Lamp", "Vase"]})} if published else {})
    batch, waived_rules = batch_of(rows), frozenset({f"{waived}:title", f"{waived}:price"})
    outcome = pipeline.evaluate(batch, STEPS, snapshot, waived=waived_rules)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "judge_batch", judge_everything)
        expected = pipeline.evaluate(batch, STEPS, snapshot, waived=waived_rules)
    assert everything(outcome) == everything(expected)


def test_a_batch_that_nothing_changed_is_judged_once() -> None:
    heights: list[int] = []

    class Counting:
        def judge(self, batch: Batch, snapshot: object) -> list[Verdict]:
            heights.append(batch.rows.height)
            return []

    steps = Steps([Counting()], Chain([NormalizeText(SCHEMA)]), Reconcile(SCHEMA))
    pipeline.evaluate(batch_of([("p", "a", "Lamp", 1.0, 1), ("q", "b", "Vase", 5.0, 2)]), steps, MemorySnapshot())
    assert heights == [2]
    pipeline.evaluate(batch_of([("p", "a", "Lamp", 1.0, 1), ("q", "b", " Vase", 5.0, 2)]), steps, MemorySnapshot())
    assert heights == [2, 2, 2]
