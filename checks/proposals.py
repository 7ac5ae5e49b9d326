"""Propose changes of a suite from accepted history: rules to add, limits to change, and rules whose history lets them hold rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import polars as pl

from checks.checker import Checker
from checks.rule import Rule
from checks.suggest import Suggestion, suggest
from checks.suggestions.limits import exception_bound
from sluice.config import Step
from sluice.domain import Batch, Message, Schema, Verdict, counted
from sluice.ports import Snapshot

History: TypeAlias = Sequence[tuple[Batch, Snapshot]]  # accepted batches, the oldest first, each with what was published once it was
_NEVER_HOLD = frozenset({"expect_column_values_to_match_regex"})  # ids of another form are no fault of the data
MIN_BATCHES = 14  # two weeks, with both weekends
MIN_FAILED = 2  # accepted batches that a rule must fail, as one may be an error that nobody saw
MIN_FAILED_SHARE = 0.1  # of the accepted batches
_LIMITS = ("min_value", "max_value", "value_set", "regex", "mostly", "tolerance", "tolerance_above")  # settings that may be too narrow
MAX_HELD = 0.001  # share of right rows that a rule which holds may hold, by its 95 % bound


@dataclass(frozen=True, slots=True)
class Evidence:
    """Count how a rule did on accepted batches.

    Attributes:
        batches: Number of batches in which it judged something.
        passed: Number of them that it passed.
        rows: Number of rows that it judged; 0 for a rule about whole batches.
        failed: Number of rows that fail.
        references: Number of different states of the dataset that it refers to; 0 where it refers to none.
    """

    batches: int
    passed: int
    rows: int
    failed: int
    references: int = 0

    def __str__(self) -> str:
        """Return the evidence in words.

        Example:
            >>> str(Evidence(14, 13, 10_000, 2))
            'true in 13 of 14 batches; 0.02 % of 10,000 rows would fail'
        """
        share = f"; {self.failed / self.rows:.2%} of {self.rows:,} rows would fail".replace("%", " %", 1) if self.rows else ""
        states = f" against {counted(self.references, 'state')} of the reference" if self.references else ""
        return f"true in {self.passed:,} of {counted(self.batches, 'batch')}{states}{share}"


@dataclass(frozen=True, slots=True)
class Proposal:
    """Propose one change of a suite.

    Attributes:
        rule: Id of the rule.
        step: Step as it should be.
        reason: Why it is proposed.
        evidence: How the rule did on accepted batches.
        position: Position in the suite of the rule whose limits would change, or which would begin to hold rows; None for a rule to add.
        kind: What would change.
    """

    rule: str
    step: Step
    reason: Message
    evidence: Evidence
    position: int | None = None
    kind: Literal["add", "change", "hold"] = "add"


def suggest_from(schema: Schema, history: History, datasets: Mapping[str, tuple[Schema, pl.DataFrame]]) -> list[Suggestion]:
    """Return the rules that the accepted rows suggest.

    Args:
        schema: Schema of the dataset.
        history: Accepted batches.
        datasets: Schema and rows of the other datasets, to find references.
    """
    if not history:
        return []
    smallest = min(batch.rows.height for batch, _ in history)
    return suggest(schema, pl.concat([batch.rows for batch, _ in history], how="diagonal"), datasets, total=smallest)


def propose_additions(schema: Schema, rules: Sequence[Rule], history: History, suggestions: Sequence[Suggestion]) -> list[Proposal]:
    """Propose the suggested rules that the suite lacks, each with its record on the accepted batches.

    Args:
        schema: Schema of the dataset.
        rules: Rules of its present suite.
        history: Accepted batches.
        suggestions: What the accepted rows suggest.
    """
    missing = [suggestion for suggestion in suggestions if not _is_covered(schema, suggestion, rules)]
    ids, records = _records(schema, [suggestion.step for suggestion in missing], history)
    return [
        Proposal(rule, suggestion.step, suggestion.reason, evidence)
        for suggestion, rule, evidence in zip(missing, ids, records, strict=True)
        if evidence.batches and 2 * evidence.passed > evidence.batches
    ]


def propose_changes(schema: Schema, rules: Sequence[Rule], steps: Sequence[Step], history: History, suggestions: Sequence[Suggestion]) -> Iterator[Proposal]:
    """Propose other limits for rules that accepted batches fail again and again: those that the accepted rows suggest.

    Args:
        schema: Schema of the dataset.
        rules: Rules of its present suite.
        steps: Steps of the suite, in the same order.
        history: Accepted batches.
        suggestions: What the accepted rows suggest.
    """
    changes = [(position, suggestion) for position, rule in enumerate(rules) if (suggestion := _only_match(schema, rule, rules, suggestions))]
    present = [steps[position] for position, _ in changes]
    changed = [_with_limits(step, suggestion.step) for step, (_, suggestion) in zip(present, changes, strict=True)]
    _, before = _records(schema, present, history)
    _, after = _records(schema, changed, history)
    for (position, suggestion), step, old, new in zip(changes, changed, before, after, strict=True):
        failed = old.batches - old.passed
        if step != steps[position] and failed >= MIN_FAILED and failed >= MIN_FAILED_SHARE * old.batches and new.passed > old.passed:
            reason = Message.join([Message.of("proposed_change", passed=old.passed, batches=old.batches), suggestion.reason])
            yield Proposal(rules[position].id, step, reason, new, position, "change")


def _only_match(schema: Schema, rule: Rule, rules: Sequence[Rule], suggestions: Sequence[Suggestion]) -> Suggestion | None:
    """Return the suggestion of the same expectation for the same columns and rows; None where there are several, or several such rules."""
    alike = [other for other in rules if _subject(other) == _subject(rule)]
    matches = [one for one in suggestions if one.step.name == _name(rule) and _subject(Checker.build(schema, [one.step]).rules[0]) == _subject(rule)]
    return matches[0] if len(alike) == len(matches) == 1 else None


def _subject(rule: Rule) -> tuple[str, tuple[str, ...], str]:
    return _name(rule), rule.columns, rule.filter


def _with_limits(step: Step, suggested: Step) -> Step:
    """Return a step with the limits of another, and with everything else as it is."""
    others = {name: value for name, value in step.settings.items() if name not in _LIMITS or name in suggested.settings}
    limits = {name: value for name, value in suggested.settings.items() if name in _LIMITS}
    return Step(name=step.name, settings={**others, **limits})


def _records(schema: Schema, steps: Sequence[Step], history: History) -> tuple[list[str], list[Evidence]]:
    """Return the ids of steps as rules, and how each did on accepted batches, by what was published then."""
    checker = Checker.build(schema, steps)
    judged = [checker.judge(batch, snapshot.without(batch.id)) for batch, snapshot in history]
    counts = [_count([verdicts[index] for verdicts in judged]) for index in range(len(steps))]
    return [rule.id for rule in checker.rules], [replace(count, references=_states(step, history)) for count, step in zip(counts, steps, strict=True)]


def _states(step: Step, history: History) -> int:
    """Return how many states of the dataset that a step refers to the batches were judged by: tables, or tables that a batch was added to."""
    dataset = step.settings.get("dataset")
    runs = [snapshot.runs(dataset) for _, snapshot in history] if isinstance(dataset, str) else []
    return len({published[-1].id for published in runs if published})


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
            reason = Message.of("proposed_holding", share=exception_bound(0, rows))
            yield Proposal(rule.id, holding, reason, Evidence(judged.height, passed, rows, failed), position, "hold")
