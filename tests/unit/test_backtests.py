"""Comparing what a configuration makes of batches with what was recorded."""

from __future__ import annotations

from datetime import UTC, datetime

from sluice.domain import Backtest, Run, Severity, Status
from sluice.rules.backtests import VerdictCount, compare_rules, replace_file_verdicts, summarize_rules

AT = datetime(2026, 11, 1, tzinfo=UTC)


def entry(now: tuple[Severity, Status], then: tuple[Severity, Status]) -> Backtest:
    """A batch with one rule, of which one row fails where it fails."""
    verdicts, recorded = ([VerdictCount("price", severity, status, int(status == "failed"))] for severity, status in (now, then))
    return Backtest(Run("r", "orders", "ingest", 1, AT, "published"), 0, 0, 0, 0, None, "open", (), compare_rules(verdicts, recorded))


def test_incidents_are_those_of_the_severity_that_a_rule_had() -> None:
    (summary,) = summarize_rules([entry(("critical", "failed"), ("info", "failed")), entry(("critical", "failed"), ("info", "failed"))])
    assert (summary.failing, summary.rows, summary.incidents) == (2, 2, 1)
    assert (summary.recorded_failing, summary.recorded_rows, summary.recorded_incidents) == (2, 2, 0)
    assert summary.is_changed


def test_a_rule_that_is_judged_no_more_keeps_what_was_recorded_of_it() -> None:
    recorded = VerdictCount("title", "warning", "failed", 3)
    (change,) = compare_rules([], [recorded])
    assert (change.severity, change.status, change.failed) == ("warning", None, 0)
    assert (change.recorded_severity, change.recorded_status, change.recorded_failed) == ("warning", "failed", 3)


def test_what_only_a_file_says_stays_as_it_was_recorded() -> None:
    now = [VerdictCount("columns_known", "info", "passed", 0), VerdictCount("price", "critical", "failed", 2)]
    then = [VerdictCount("columns_known", "info", "failed", 0), VerdictCount("price", "critical", "passed", 0)]
    assert replace_file_verdicts(now, then) == [now[1], then[0]]
