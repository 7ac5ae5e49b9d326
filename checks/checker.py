"""Judge batches by a suite: the expectations of Great Expectations in one scan, then ours."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from checks.expectations.base import NotEvaluated, RepeatExpectation, Result, RowResult, TableResult, boolean_series
from checks.gone import explain_gone
from checks.ordered_rows import masks_in_order
from checks.polars_core import Before, Finding, PlannedSuite
from checks.rule import Rule
from checks.suite import build_rules, with_unique_ids
from checks.uncast import without_uncast
from checks.unjudged import Extent, History, absence
from sluice.config import Step
from sluice.domain import EMPTY, RESERVED, ROW, Batch, Message, Schema, Status, Verdict
from sluice.ports import Earlier, Needs, Scorer, Snapshot
from sluice.rules.evidence import count_message

_QUOTED = re.compile(r"""["'`]([^"'`]+)["'`]""")


@dataclass(frozen=True, eq=False)
class Checker:
    """Judge batches by the suite of a dataset. It is built once and used often: a batch is judged three times.

    Attributes:
        schema: Schema of the dataset.
        rules: Rules in the order of the suite; verdicts have the same order.

    Example:
        >>> from sluice.config import Step
        >>> from sluice.domain import Column, Schema
        >>> from sluice.testing import MemorySnapshot, make_batch
        >>> schema = Schema("events", columns=(Column("ts", "timestamp"),))
        >>> checker = Checker.build(schema, [Step(name="expect_column_values_to_not_be_in_future", settings={"column": "ts"})])
        >>> (verdict,) = checker.judge(make_batch(schema, {"ts": [None]}), MemorySnapshot())
        >>> verdict.rule, verdict.status
        ('expect_column_values_to_not_be_in_future:ts', 'not_evaluated')
    """

    schema: Schema
    rules: tuple[Rule, ...]

    @classmethod
    def build(cls, schema: Schema, steps: Sequence[Step] | str, *, root: Path | None = None, scorers: Mapping[str, Scorer] | None = None) -> Checker:
        """Build the checker of a configured suite.

        Args:
            schema: Schema of the dataset.
            steps: Expectations, or the path of a Great Expectations suite in JSON.
            root: Folder that a relative path starts from.
            scorers: Detectors of the dataset by name, for expectations that ask one; None where there are none.

        Raises:
            SettingsError: The suite has mistakes; the error holds all of them.
        """
        return cls(schema, build_rules(schema, steps, root, scorers))

    @classmethod
    def of(cls, schema: Schema, rules: Sequence[Rule]) -> Checker:
        """Make the checker of rules that were built one by one; those of one id are numbered."""
        return cls(schema, with_unique_ids(rules))

    def only(self, rules: Collection[str]) -> Checker:
        """Return a checker of some of the rules, by their ids."""
        return Checker(self.schema, tuple(rule for rule in self.rules if rule.id in rules))

    @property
    def references(self) -> frozenset[str]:
        """Return the other datasets that the rules read: they must be published first."""
        return frozenset(rule.expectation.dataset for rule in self.rules if rule.own and hasattr(rule.expectation, "dataset"))

    @property
    def needs(self) -> Needs:
        """Return what its rules need."""
        compiled = self._suite.needs(pl.Schema(self.schema.dtypes))
        columns = dict(zip((rule.id for rule in self.rules if not rule.own), compiled, strict=True))
        return Needs.join(_needs_of_own(rule) if rule.own else _needs_of_compiled(rule, columns[rule.id]) for rule in self.rules)

    def judge(self, batch: Batch, snapshot: Snapshot) -> Sequence[Verdict]:
        """Return one Verdict per rule. A rule that cannot be evaluated, or judged nothing, is not_evaluated by itself; no data raises."""
        return self._verdicts(batch, snapshot, None)

    def judge_again(self, batch: Batch, snapshot: Snapshot, earlier: Earlier) -> Sequence[Verdict]:
        """Return the same verdicts as `judge`, computed of what repairs and holds can have changed."""
        return self._verdicts(batch, snapshot, earlier)

    def _verdicts(self, batch: Batch, snapshot: Snapshot, earlier: Earlier | None) -> list[Verdict]:
        before = {} if earlier is None else {verdict.rule: verdict for verdict in earlier.verdicts if verdict.failing is not None}
        sparse = frozenset(column.name for column in self.schema.columns if column.path)
        findings, history = self._findings(batch, earlier, before), History(batch.dataset, snapshot, Extent.of(batch), sparse)
        evaluate = functools.partial(_evaluate, batch=batch, snapshot=snapshot, earlier=earlier, verdicts=before)
        return [self._verdict(rule, batch, snapshot, findings, history, evaluate) for rule in self.rules]

    def _verdict(
        self, rule: Rule, batch: Batch, snapshot: Snapshot, findings: Mapping[str, Finding], history: History, evaluate: Callable[[Rule], Result]
    ) -> Verdict:
        if rule.table_level and not batch.whole:
            return make_verdict(rule, "skipped", observed=Message.of("whole_batch_only"))
        if reason := absence(rule, batch):
            return history.settle(make_verdict(rule, "not_evaluated", observed=reason), rule, batch)
        verdict = _own_verdict(rule, batch, evaluate) if rule.own else self._finding_verdict(rule, without_uncast(findings[rule.id], rule, batch))
        if verdict.status == "not_evaluated":
            return verdict
        return explain_gone(history.settle(verdict, rule, batch), rule, batch, self.schema, snapshot)

    def _findings(self, batch: Batch, earlier: Earlier | None, verdicts: Mapping[str, Verdict]) -> Mapping[str, Finding]:
        ids = [rule.id for rule in self.rules if not rule.own]
        if not ids:
            return {}
        rows = batch.rows.drop(RESERVED, strict=False)
        before = {
            place: Before(mask, earlier.repaired) for place, name in enumerate(ids) if earlier and (mask := _failing(earlier, verdicts.get(name))) is not None
        }
        ordered = masks_in_order(batch, self._suite.ordered(rows.schema, batch.columns))
        findings = self._suite.evaluate(rows, batch.columns, before, functools.partial(batch.part.total, "suite", steady=True), ordered)
        return dict(zip(ids, findings, strict=True))

    @functools.cached_property
    def _suite(self) -> PlannedSuite:
        return PlannedSuite([rule.expectation for rule in self.rules if not rule.own])

    def _finding_verdict(self, rule: Rule, finding: Finding) -> Verdict:
        if finding.success is None:
            return make_verdict(rule, "not_evaluated", observed=_error_reason(finding.error, rule.columns))
        status: Status = "passed" if finding.success else "failed"
        if finding.unexpected is None:
            return make_verdict(rule, status, failed=int(not finding.success), observed=self._statistic(rule, finding.observed))
        observed = count_message(finding.failed, finding.evaluated)
        return make_verdict(rule, status, failing=finding.unexpected, rows=finding.evaluated, failed=finding.failed, observed=observed, judged=finding.judged)

    def _statistic(self, rule: Rule, observed: object) -> Message:
        """Return the numbers of a result; anything else may be the value of a cell. Personal columns give nothing."""
        personal = {column.name for column in self.schema.columns if column.personal}
        if personal & set(rule.columns):
            return EMPTY
        values = observed.get("values") if isinstance(observed, dict) else [observed]
        numbers = [value for value in values or () if isinstance(value, int | float) and not isinstance(value, bool)]
        return Message.of("observed_values", values=tuple(numbers)) if numbers else EMPTY


def _needs_of_own(rule: Rule) -> Needs:
    if together := getattr(rule.expectation, "together", ()):
        return Needs.rows(together, rule.id, exchanges=getattr(rule.expectation, "exchanges", False))
    return Needs() if getattr(rule.expectation, "in_parts", False) else Needs(whole=(rule.id,))


def _needs_of_compiled(rule: Rule, together: tuple[str, ...] | None) -> Needs:
    return Needs(whole=(rule.id,)) if together is None else Needs.rows(together, rule.id)


def _failing(earlier: Earlier, verdict: Verdict | None) -> pl.Series | None:
    return None if verdict is None else earlier.failing(verdict)


def _evaluate(rule: Rule, batch: Batch, snapshot: Snapshot, earlier: Earlier | None, verdicts: Mapping[str, Verdict]) -> Result:
    """Evaluate one of our expectations; what it found for a row stays, where none of the cells that it reads has changed since."""
    expectation, verdict = rule.expectation, verdicts.get(rule.id)
    failing = earlier.failing(verdict) if earlier and verdict else None
    changed = rule.condition is not None or (earlier and earlier.repaired & set(rule.columns))  # a condition reads columns of its own
    if verdict is None or failing is None or changed or not isinstance(expectation, RepeatExpectation):
        result: Result = expectation.evaluate(batch, snapshot)
        return result
    evidence = verdict.evidence
    if evidence is not None:
        evidence = evidence.join(batch.rows.filter(failing).select(ROW), on=ROW, how="semi", maintain_order="left")
    return expectation.evaluate_again(batch, snapshot, failing, evidence)


def _own_verdict(rule: Rule, batch: Batch, evaluate: Callable[[Rule], Result]) -> Verdict:
    try:
        result = evaluate(rule)
        if isinstance(result, RowResult):
            return _row_verdict(rule, batch, result)
    except Exception as error:  # noqa: BLE001  # the content of a batch must not stop the other rules
        return make_verdict(rule, "not_evaluated", observed=_error_reason(error, rule.columns))
    if isinstance(result, NotEvaluated):
        return make_verdict(rule, result.status, observed=result.reason)
    assert isinstance(result, TableResult)  # noqa: S101  # the third of three
    failed = result.failed if result.total else int(not result.success)
    return make_verdict(rule, "passed" if result.success else "failed", rows=result.total, failed=failed, observed=result.observed)


def _row_verdict(rule: Rule, batch: Batch, result: RowResult) -> Verdict:
    evaluated, failing, evidence = result.evaluated, result.failing, result.evidence
    if rule.condition is not None:
        from checks.polars_engine.row_conditions import to_expr  # Great Expectations takes seconds to import

        selected = boolean_series(batch.rows, to_expr(rule.condition, batch.rows.schema))
        evaluated, failing = evaluated & selected, failing & selected
        if evidence is not None:
            evidence = evidence.join(batch.rows.filter(failing).select("_row_id"), on="_row_id", how="semi", maintain_order="left")
    rows, failed = batch.part.total(f"{rule.id} counts", (int(evaluated.sum()), int(failing.sum())))
    status: Status = "passed" if _is_tolerated(rule, result, rows, failed) else "failed"
    counted = count_message(failed, rows)
    observed = counted if result.note is None else Message.of("observed_with_note", observed=counted, note=result.note)
    return make_verdict(rule, status, failing=failing, rows=rows, failed=failed, observed=observed, evidence=evidence, judged=evaluated)


def _is_tolerated(rule: Rule, result: RowResult, rows: int, failed: int) -> bool:
    if result.max_failures and rule.mostly == 1:
        return failed <= result.max_failures(rows)
    return not rows or (rows - failed) / rows >= rule.mostly


def _error_reason(error: Exception | None, names: Collection[str]) -> Message:
    """Explain why a rule could not be evaluated; an error that data can cause, or that quotes anything but the names of columns, is named by its type alone.

    It may hold the value of a cell: Python quotes what it cannot convert or look up.
    """
    structural = isinstance(error, (pl.exceptions.ColumnNotFoundError, pl.exceptions.SchemaError))
    safe = structural or (isinstance(error, (LookupError, TypeError, ValueError)) and set(_QUOTED.findall(str(error))) <= set(names))
    return Message.of("evaluation_failed", error=str(error).splitlines()[0] if safe and str(error) else type(error).__name__)


def make_verdict(rule: Rule, status: Status, **fields: Any) -> Verdict:  # noqa: ANN401  # fields of Verdict
    """Build the Verdict of a rule from its definition and further fields."""
    return Verdict(
        rule=rule.id,
        nature="expectation",
        dimension=rule.dimension,
        severity=rule.severity,
        on_fail=rule.on_fail,
        status=status,
        columns=rule.columns,
        message=rule.message,
        filter=rule.filter,
        fingerprint=rule.fingerprint,
        **fields,
    )
