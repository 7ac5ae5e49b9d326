"""Propose changes of a suite from accepted history: rules to add, and rules whose history lets them hold rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from checks.checker import Checker
from checks.rule import Rule
from checks.suggest import Suggestion, suggest
from checks.suggestions.limits import exception_bound
from sluice.config import Step
from sluice.domain import Batch, Schema, Verdict, counted
from sluice.ports import Snapshot

_NEVER_HOLD = frozenset({"expect_column_values_to_match_regex"})  # ids of another form are no fault of the data
MIN_BATCHES = 14  # two weeks, with both weekends
MAX_HELD = 0.001  # share of right rows that a rule which holds may hold, by its 95 % bound


@dataclass(frozen=True, slots=True)
class Evidence:
    """Count how a rule did on accepted batches.

    Attributes:
        batches: Number of batches in which it judged something.
        passed: Number of them that it passed.
        rows: Number of rows that it judged; 0 for a rule about whole batches.
        failed: Number of rows that fail.
    """

    batches: int
    passed: int
    rows: int
    failed: int

    def __str__(self) -> str:
        """Return the evidence in words.

        Example:
            >>> str(Evidence(14, 13, 10_000, 2))
            'held in 13 of 14 batches; 0.02 % of 10,000 rows would fail'
        """
        share = f"; {self.failed / self.rows:.2%} of {self.rows:,} rows would fail".replace("%", " %", 1) if self.rows else ""
        return f"held in {self.passed:,} of {counted(self.batches, 'batch')}{share}"


@dataclass(frozen=True, slots=True)
class Proposal:
    """Propose one change of a suite.

    Attributes:
        rule: Id of the rule.
        step: Step as it should be.
        reason: Reason in words.
        evidence: How the rule did on accepted batches.
        position: Position in the suite of the rule that would begin to hold rows; None for a rule to add.
    """

    rule: str
    step: Step
    reason: str
    evidence: Evidence
    position: int | None = None


def propose_additions(
    schema: Schema, rules: Sequence[Rule], batches: Sequence[Batch], snapshot: Snapshot, datasets: Mapping[str, tuple[Schema, pl.DataFrame]]
) -> list[Proposal]:
    """Propose the suggested rules that the suite lacks, each with its record on the accepted batches.

    Args:
        schema: Schema of the dataset.
        rules: Rules of its present suite.
        batches: Accepted batches, the oldest first.
        snapshot: What was published, those batches among it.
        datasets: Schema and rows of the other datasets, to find references.
    """
    if not batches:
        return []
    rows = pl.concat([batch.rows for batch in batches], how="diagonal")
    missing = [suggestion for suggestion in suggest(schema, rows, datasets) if not _is_covered(schema, suggestion, rules)]
    checker = Checker.build(schema, [suggestion.step for suggestion in missing])
    judged = [checker.judge(batch, snapshot.without(batch.id)) for batch in batches]
    records = [_count([verdicts[index] for verdicts in judged]) for index in range(len(missing))]
    return [
        Proposal(rule.id, suggestion.step, suggestion.reason, evidence)
        for suggestion, rule, evidence in zip(missing, checker.rules, records, strict=True)
        if evidence.batches and 2 * evidence.passed > evidence.batches
    ]


def _is_covered(schema: Schema, suggestion: Suggestion, rules: Sequence[Rule]) -> bool:
    """Return True where the suite has the expectation on the same columns, for all rows or for the same ones."""
    (rule,) = Checker.build(schema, [suggestion.step]).rules
    return any(_name(present) == _name(rule) and present.columns == rule.columns and present.filter in ("", rule.filter) for present in rules)


def _name(rule: Rule) -> str:
    return rule.id.partition(":")[0].partition("#")[0]


def _count(verdicts: Sequence[Verdict]) -> Evidence:
    judged = [verdict for verdict in verdicts if verdict.status in ("passed", "failed")]
    by_row = [verdict for verdict in judged if verdict.failing is not None]
    passed = sum(verdict.status == "passed" for verdict in judged)
    return Evidence(len(judged), passed, sum(verdict.rows for verdict in by_row), sum(verdict.failed for verdict in by_row))


def propose_holding(rules: Sequence[Rule], steps: Sequence[Step], metrics: pl.DataFrame) -> Iterator[Proposal]:
    """Propose to hold rows by the rules that only report so far, and that no row of a long history failed.

    Args:
        rules: Rules of the suite.
        steps: Its steps, in the same order.
        metrics: Verdicts of the runs, as `Snapshot.metrics` returns them.
    """
    for position, (rule, step) in enumerate(zip(rules, steps, strict=True)):
        if rule.table_level or rule.on_fail != "flag" or _name(rule) in _NEVER_HOLD:
            continue
        judged = metrics.filter(
            (pl.col("rule") == rule.id) & (pl.col("phase") == "arrival") & pl.col("status").is_in(["passed", "failed"]) & (pl.col("rows") > 0)
        )
        passed, rows, failed = judged.select((pl.col("status") == "passed").sum(), pl.col("rows").sum(), pl.col("failed").sum().alias("count")).row(0)
        if judged.height >= MIN_BATCHES and not failed and exception_bound(0, rows) <= MAX_HELD:
            settings = {name: value for name, value in step.settings.items() if name != "mostly"}
            holding = Step(name=step.name, settings={**settings, "severity": "critical", "on_fail": "quarantine"})
            reason = f"at 95 % confidence, it would hold at most {exception_bound(0, rows):.3%} of right rows"
            yield Proposal(rule.id, holding, reason, Evidence(judged.height, passed, rows, failed), position)
