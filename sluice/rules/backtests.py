"""Compare what a configuration makes of recorded batches with what was recorded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Self

from sluice.domain import Backtest, RuleChange, Severity, Status

_PRESENT = "column_present:"
_OF_FILE = (
    "columns_known",
    "column_matched:",
    "footer_left_out",
    "people_suppressed",
    "people_rejected",
    "file_grew",
    "file_repeats",
)  # beginnings of rules that a batch without its file cannot be judged by
_FAILING: frozenset[Status | None] = frozenset({"failed", "not_evaluated"})  # statuses that open an incident


@dataclass(frozen=True, slots=True)
class VerdictCount:
    """Hold a verdict without its rows."""

    rule: str
    severity: Severity
    status: Status
    failed: int

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> Self:
        """Return the count of a verdict's facts, which may hold others."""
        return cls(facts["rule"], facts["severity"], facts["status"], facts["failed"])


@dataclass(frozen=True, slots=True)
class RuleSummary:
    """Count what a rule did on some batches, and what was recorded.

    Attributes:
        judged: Batches that it judges now.
        failing: Of these, the batches on which it fails or cannot be evaluated.
        rows: Failing rows of all.
        incidents: Incidents that it would have raised: batches in a row on which it fails are one.
        recorded_failing: The recorded number of such batches.
        recorded_rows: The recorded number of failing rows.
        recorded_incidents: The number of incidents by the recorded verdicts.
    """

    dataset: str
    rule: str
    severity: str
    judged: int
    failing: int
    rows: int
    incidents: int
    recorded_failing: int
    recorded_rows: int
    recorded_incidents: int

    @property
    def is_changed(self) -> bool:
        """Return True where it differs from what was recorded."""
        return (self.failing, self.rows, self.incidents) != (self.recorded_failing, self.recorded_rows, self.recorded_incidents)


def missing_columns(recorded: Iterable[VerdictCount]) -> frozenset[str]:
    """Return the declared columns that the file of a batch lacked, by the verdicts that were recorded of it.

    Example:
        >>> missing_columns([VerdictCount("column_present:brand", "critical", "failed", 0), VerdictCount("cast:price", "critical", "failed", 1)])
        frozenset({'brand'})
    """
    return frozenset(verdict.rule.removeprefix(_PRESENT) for verdict in recorded if verdict.rule.startswith(_PRESENT) and verdict.status in _FAILING)


def replace_file_verdicts(verdicts: Iterable[VerdictCount], recorded: Iterable[VerdictCount]) -> list[VerdictCount]:
    """Return verdicts, those about what only the file says, such as its header, as they were recorded."""
    return [verdict for group, of_file in ((verdicts, False), (recorded, True)) for verdict in group if verdict.rule.startswith(_OF_FILE) == of_file]


def compare_rules(verdicts: Iterable[VerdictCount], recorded: Iterable[VerdictCount]) -> tuple[RuleChange, ...]:
    """Return every rule that was judged now or then with both results, in the order of the verdicts.

    Example:
        >>> now = [VerdictCount("price", "critical", "failed", 3)]
        >>> then = [VerdictCount("price", "critical", "passed", 0), VerdictCount("title", "info", "failed", 1)]
        >>> [(change.rule, change.status, change.recorded_status) for change in compare_rules(now, then)]
        [('price', 'failed', 'passed'), ('title', None, 'failed')]
    """
    by_rule, recorded_by_rule = _by_rule(verdicts), _by_rule(recorded)
    changes = []
    for rule in dict.fromkeys((*by_rule, *recorded_by_rule)):
        now, then = by_rule.get(rule), recorded_by_rule.get(rule)
        severity, before = (now or recorded_by_rule[rule]).severity, then.severity if then else None
        results = (now.status if now else None, now.failed if now else 0, then.status if then else None, then.failed if then else 0)
        changes.append(RuleChange(rule, severity, *results, before))
    return tuple(changes)


def _by_rule(verdicts: Iterable[VerdictCount]) -> dict[str, VerdictCount]:
    """Return one verdict a rule; one that fails stands for the others of its rule, which judged other rows of the batch."""
    by_rule: dict[str, VerdictCount] = {}
    for verdict in verdicts:
        if verdict.rule not in by_rule or verdict.status in _FAILING:
            by_rule[verdict.rule] = verdict
    return by_rule


def summarize_rules(backtests: Sequence[Backtest]) -> list[RuleSummary]:
    """Count for every rule on how many batches it fails, now and as recorded; batches in the order of their runs."""
    by_rule: dict[tuple[str, str], list[RuleChange]] = {}
    for backtest in backtests:
        for change in backtest.rules:
            by_rule.setdefault((backtest.run.dataset, change.rule), []).append(change)
    return [_summarize(dataset, changes) for (dataset, _), changes in by_rule.items()]


def _summarize(dataset: str, changes: Sequence[RuleChange]) -> RuleSummary:
    failing = [change.status in _FAILING for change in changes]
    recorded = [change.recorded_status in _FAILING for change in changes]
    raising = [fails and change.severity != "info" for change, fails in zip(changes, failing, strict=True)]
    raised = [fails and change.recorded_severity != "info" for change, fails in zip(changes, recorded, strict=True)]
    return RuleSummary(
        dataset,
        changes[0].rule,
        changes[-1].severity,
        sum(change.status is not None for change in changes),
        sum(failing),
        sum(change.failed for change in changes),
        count_incidents(raising),
        sum(recorded),
        sum(change.recorded_failed for change in changes),
        count_incidents(raised),
    )


def beside_present(tried: Backtest, present: Backtest) -> Backtest:
    """Return a backtest whose recorded results are those of the present configuration on the same rows, by the same models."""
    by_rule = {change.rule: change for change in present.rules if change.status is not None}
    rules = [rule for rule in tried.rules if rule.status is not None or rule.rule in by_rule]
    return replace(tried, recorded_flagged=present.flagged, rules=tuple(_beside(rule, by_rule.get(rule.rule)) for rule in rules))


def _beside(change: RuleChange, present: RuleChange | None) -> RuleChange:
    if present is None:
        return replace(change, recorded_status=None, recorded_failed=0, recorded_severity=None)
    return replace(change, recorded_status=present.status, recorded_failed=present.failed, recorded_severity=present.severity)


def incidents_begun(backtests: Sequence[Backtest]) -> list[tuple[int, int]]:
    """Return for each batch how many incidents would begin with it, and how many did by the recorded verdicts; batches of one dataset, the oldest first."""
    begun, before, recorded_before = [], frozenset[str](), frozenset[str]()
    for backtest in backtests:
        raising = frozenset(change.rule for change in backtest.rules if change.status in _FAILING and change.severity != "info")
        recorded = frozenset(change.rule for change in backtest.rules if change.recorded_status in _FAILING and change.recorded_severity != "info")
        begun.append((len(raising - before), len(recorded - recorded_before)))
        before, recorded_before = raising, recorded
    return begun


def count_incidents(failing: Sequence[bool]) -> int:
    """Return the number of incidents of a rule: it stays open while batch after batch fails.

    Example:
        >>> count_incidents([True, True, False, True])
        2
    """
    return sum(fails and not before for before, fails in pairwise([False, *failing]))
