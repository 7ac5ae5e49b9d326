"""Judges batches by a suite: Great Expectations' rules in one scan, and our own."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from checks.expectations.base import Rows, Table, Unjudged, series
from checks.rule import Rule
from checks.suite import rules as rules_of
from sluice.config import Step
from sluice.domain import RESERVED, Batch, Schema, Status, Verdict
from sluice.ports import Scorer, Snapshot

if TYPE_CHECKING:
    from checks.polars_engine import CompiledSuite, Finding


@dataclass(frozen=True, eq=False)
class Checker:
    """A dataset's suite, as a Judge. Prepared once, it is cheap to ask: a batch is judged three times.

    Attributes:
        schema: The dataset's.
        rules: In the order that they are written; verdicts come in the same.
    """

    schema: Schema
    rules: tuple[Rule, ...]

    @classmethod
    def build(cls, schema: Schema, steps: Sequence[Step] | str, *, root: Path | None = None, scorers: Mapping[str, Scorer] | None = None) -> Checker:
        """From a configured suite.

        Args:
            schema: The dataset's.
            steps: The expectations, or the path of a Great Expectations suite in JSON.
            root: Where a relative path starts.
            scorers: The dataset's detectors by name, for expectations that ask one; None: there are none to ask.

        Raises:
            SettingsError: Something is wrong with the suite; holds all of it.
        """
        return cls(schema, rules_of(schema, steps, root, scorers))

    @property
    def references(self) -> frozenset[str]:
        """The other datasets that the rules look into: they are to be published first."""
        return frozenset(rule.expectation.dataset for rule in self.rules if rule.own and hasattr(rule.expectation, "dataset"))

    def judge(self, batch: Batch, snapshot: Snapshot) -> Sequence[Verdict]:
        """One Verdict a rule. What cannot be evaluated is not_evaluated, alone; nothing that the data holds raises."""
        great = self._great(batch)
        return [self._verdict(rule, batch, snapshot, great) for rule in self.rules]

    def _verdict(self, rule: Rule, batch: Batch, snapshot: Snapshot, great: Mapping[str, Finding]) -> Verdict:
        if rule.whole and not batch.whole:
            return verdict(rule, "skipped", observed="judged on whole batches alone")
        if rule.own:
            return _own(rule, batch, snapshot)
        return self._said(rule, great[rule.id])

    def _great(self, batch: Batch) -> Mapping[str, Finding]:
        if self._suite is None:
            return {}
        names = [rule.id for rule in self.rules if not rule.own]
        rows = batch.rows.drop(RESERVED, strict=False)
        return dict(zip(names, self._suite.evaluate(rows, columns=batch.columns), strict=True))

    @functools.cached_property
    def _suite(self) -> CompiledSuite | None:
        expectations = [rule.expectation for rule in self.rules if not rule.own]
        if not expectations:
            return None
        from checks.polars_engine import CompiledSuite  # Great Expectations takes seconds to import

        return CompiledSuite(expectations)

    def _said(self, rule: Rule, found: Finding) -> Verdict:
        if found.success is None:
            return verdict(rule, "not_evaluated", observed=_reason(found.error))
        status: Status = "passed" if found.success else "failed"
        if found.unexpected is None:
            return verdict(rule, status, failed=int(not found.success), observed=self._statistic(rule, found.observed))
        observed = _counts(found.failed, found.evaluated)
        return verdict(rule, status, failing=found.unexpected, rows=found.evaluated, failed=found.failed, observed=observed)

    def _statistic(self, rule: Rule, observed: object) -> str:
        """Numbers alone: anything else may be a cell's value. None of a personal column."""
        personal = {column.name for column in self.schema.columns if column.personal}
        if personal & set(rule.columns):
            return ""
        values = observed.get("values") if isinstance(observed, dict) else [observed]
        numbers = [value for value in values or () if isinstance(value, int | float) and not isinstance(value, bool)]
        return ", ".join(f"{number:,.6g}" for number in numbers)


def _own(rule: Rule, batch: Batch, snapshot: Snapshot) -> Verdict:
    try:
        found = rule.expectation.find(batch, snapshot)
        if isinstance(found, Rows):
            return _of_rows(rule, batch, found)
    except Exception as error:  # noqa: BLE001  # what a batch holds must not stop the other rules
        return verdict(rule, "not_evaluated", observed=_reason(error))
    if isinstance(found, Unjudged):
        return verdict(rule, found.status, observed=found.why)
    assert isinstance(found, Table)  # noqa: S101  # the third of three
    failed = found.failed if found.rows else int(not found.success)
    return verdict(rule, "passed" if found.success else "failed", rows=found.rows, failed=failed, observed=found.observed)


def _of_rows(rule: Rule, batch: Batch, found: Rows) -> Verdict:
    judged, failing, evidence = found.judged, found.failing, found.evidence
    if rule.condition is not None:
        from checks.polars_engine.row_conditions import to_expr  # Great Expectations takes seconds to import

        among = series(batch.rows, to_expr(rule.condition, batch.rows.schema))
        judged, failing = judged & among, failing & among
        if evidence is not None:
            evidence = evidence.join(batch.rows.filter(failing).select("_row_id"), on="_row_id", how="semi", maintain_order="left")
    rows, failed = int(judged.sum()), int(failing.sum())
    within = failed <= found.tolerated(rows) if found.tolerated and rule.mostly == 1 else not rows or (rows - failed) / rows >= rule.mostly
    status: Status = "passed" if within else "failed"
    return verdict(rule, status, failing=failing, rows=rows, failed=failed, observed=_counts(failed, rows), evidence=evidence)


def _counts(failed: int, rows: int) -> str:
    return f"{failed:,} of {rows:,} rows ({failed / rows:.2%})" if rows else "no row to judge"


def _reason(error: Exception | None) -> str:
    """Why a rule could not be evaluated. Errors that data can cause may hold cells' values: of those, the kind alone."""
    told = isinstance(error, (LookupError, TypeError, ValueError, pl.exceptions.ColumnNotFoundError, pl.exceptions.SchemaError))
    return f"could not be evaluated: {str(error).splitlines()[0] if told and str(error) else type(error).__name__}"


def verdict(rule: Rule, status: Status, **found: Any) -> Verdict:  # noqa: ANN401  # fields of Verdict
    """A Verdict of a rule, with what was found."""
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
        **found,
    )
