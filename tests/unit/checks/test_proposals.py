from __future__ import annotations

import polars as pl

from checks.checker import Checker
from checks.proposals import Evidence, propose_additions, propose_holding
from sluice.config import Step
from sluice.testing import MemorySnapshot
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
    assert str(proposal.evidence) == "held in 14 of 14 batches; 0.00 % of 7,000 rows would fail"
    assert not list(propose_holding(rules, steps, metrics(1)))
    assert not list(propose_holding(rules, steps, metrics(0, batches=13)))


def test_what_the_suite_lacks_is_proposed_with_its_record() -> None:
    batches = [batch_of("events", events(day), day) for day in range(4)]
    present = [Step(name="expect_column_values_to_not_be_null", settings={"column": "device"})]
    proposals = propose_additions(EVENTS, Checker.build(EVENTS, present).rules, batches, MemorySnapshot(), {})
    by_rule = {proposal.rule: proposal for proposal in proposals}
    assert "expect_column_values_to_not_be_null:device" not in by_rule
    assert by_rule["expect_column_values_to_not_be_null:visitor"].evidence == Evidence(4, 4, 3240, 0)
    assert by_rule["expect_column_values_to_not_be_null:transaction_id"].step.settings["row_condition"] == 'event_type == "purchase"'
    assert all(proposal.step.settings.get("on_fail") == "flag" for proposal in proposals if "median" in proposal.rule or "between" in proposal.rule)
    assert propose_additions(EVENTS, [], [], MemorySnapshot(), {}) == []


def test_evidence_of_whole_batches_counts_no_rows() -> None:
    assert str(Evidence(3, 2, 0, 0)) == "held in 2 of 3 batches"
