from __future__ import annotations

import polars as pl

from checks.checker import Checker
from checks.proposals import Evidence, Proposal, propose_additions, propose_changes, propose_holding, suggest_from
from sluice.config import Step
from sluice.domain import Batch, Column, Run, Schema
from sluice.messages import render
from sluice.testing import AT, MemorySnapshot, make_batch
from tests.unit.checks.second_days import EVENTS, batch_of, events


def metrics(failed: int, batches: int = 14) -> pl.DataFrame:
    rows = [
        {"run_id": f"r{index}", "phase": "arrival", "rule": rule, "status": "passed", "rows": 500, "failed": failed if index == 3 else 0}
        for index in range(batches)
        for rule in ("expect_column_values_to_not_be_null:visitor", "expect_column_values_to_match_regex:visitor", "expect_table_row_count_to_be_between")
    ]
    return pl.DataFrame(rows)


def test_a_rule_may_hold_after_two_weeks_without_a_failing_row() -> None:
    flag = {"severity": "info", "on_fail": "flag"}
    steps = [
        Step(name="expect_column_values_to_not_be_null", settings={"column": "visitor", "mostly": 0.98, **flag}),
        Step(name="expect_column_values_to_match_regex", settings={"column": "visitor", "regex": "^v", **flag}),
        Step(name="expect_table_row_count_to_be_between", settings={"min_value": 1, **flag}),
    ]
    rules = Checker.build(EVENTS, steps).rules
    (proposal,) = propose_holding(rules, steps, metrics(0))
    assert (proposal.position, proposal.step.settings) == (0, {"column": "visitor", "severity": "critical", "on_fail": "quarantine"})
    assert str(proposal.evidence) == "true in 14 of 14 batches; 0.00 % of 7,000 rows would fail"
    assert not list(propose_holding(rules, steps, metrics(1)))
    assert not list(propose_holding(rules, steps, metrics(0, batches=13)))


def test_what_the_suite_lacks_is_proposed_with_its_record() -> None:
    batches = [batch_of("events", events(day), day) for day in range(4)]
    present = [Step(name="expect_column_values_to_not_be_null", settings={"column": "device"})]
    history = [(batch, MemorySnapshot()) for batch in batches]
    proposals = propose_additions(EVENTS, Checker.build(EVENTS, present).rules, history, suggest_from(EVENTS, history, {}))
    by_rule = {proposal.rule: proposal for proposal in proposals}
    assert "expect_column_values_to_not_be_null:device" not in by_rule
    assert by_rule["expect_column_values_to_not_be_null:visitor"].evidence == Evidence(4, 4, 3240, 0)
    assert by_rule["expect_column_values_to_not_be_null:transaction_id"].step.settings["row_condition"] == 'event_type == "purchase"'
    assert all(proposal.step.settings.get("on_fail") == "flag" for proposal in proposals if "median" in proposal.rule or "between" in proposal.rule)
    assert suggest_from(EVENTS, [], {}) == [] and propose_additions(EVENTS, [], [], []) == []


def test_evidence_of_whole_batches_counts_no_rows() -> None:
    assert str(Evidence(3, 2, 0, 0)) == "true in 2 of 3 batches"


SALES = Schema("sales", columns=(Column("price", "number"), Column("state"), Column("sku")))


def sales(day: int, dearest: float) -> Batch:
    prices = [5 + (row * 7 + day) % 40 + (dearest if row % 5 == 3 else 0) for row in range(300)]
    return make_batch(SALES, {"price": prices, "state": ["paid", "sent"] * 150, "sku": [f"s{row % 30}" for row in range(300)]}, batch_id=f"d{day}")


def changes(steps: list[Step], days: int, dearest: float) -> list[Proposal]:
    history = [(sales(day, dearest if day % 2 else 0), MemorySnapshot()) for day in range(days)]
    return list(propose_changes(SALES, Checker.build(SALES, steps).rules, steps, history, suggest_from(SALES, history, {})))


def test_a_limit_that_accepted_batches_fail_is_proposed_anew_with_its_record() -> None:
    step = Step(
        name="expect_column_values_to_be_between", settings={"column": "price", "min_value": 0, "max_value": 50, "severity": "warning", "on_fail": "flag"}
    )
    untouched = Step(name="expect_column_values_to_be_in_set", settings={"column": "state", "value_set": ["paid", "sent"], "on_fail": "flag"})
    (change,) = changes([untouched, step], 10, 900.0)
    assert (change.kind, change.position, change.rule) == ("change", 1, "expect_column_values_to_be_between:price")
    assert isinstance(limit := change.step.settings["max_value"], float) and limit >= 907
    assert change.step.settings["severity"] == "warning"
    assert render(change.reason).startswith("the present limits were true in 5 of 10; ")
    assert (change.evidence.batches, change.evidence.passed) == (10, 10)


def test_a_limit_that_one_batch_failed_or_that_two_rules_set_stays() -> None:
    step = Step(name="expect_column_values_to_be_between", settings={"column": "price", "max_value": 50, "on_fail": "flag"})
    assert changes([step], 2, 900.0) == []  # one of two
    assert changes([step], 10, 0) == []
    assert changes([step, Step(name=step.name, settings={**step.settings, "max_value": 60})], 10, 900.0) == []


def test_a_reference_is_judged_by_the_catalogs_of_its_days() -> None:
    items = Schema("items", "snapshot", ("sku",), (Column("sku"),))
    catalogs = [make_batch(items, {"sku": [f"s{row}" for row in range(30 - (day == 2))]}).rows for day in range(3)]
    runs = [Run(f"c{day}", "items", "ingest", day, AT, "published") for day in range(3)]
    history = [(sales(day, 0), MemorySnapshot({"items": catalogs[day]}, runs[: day + 1])) for day in range(3)]
    proposals = propose_additions(SALES, [], history, suggest_from(SALES, history, {"items": (items, catalogs[0])}))
    evidence = {proposal.rule: proposal.evidence for proposal in proposals}["expect_column_values_to_exist_in_dataset:sku"]
    assert str(evidence) == "true in 2 of 3 batches against 3 states of the reference; 1.11 % of 900 rows would fail"
