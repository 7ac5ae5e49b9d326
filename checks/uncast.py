"""Tell an empty cell from one that is filled and did not cast: the latter fails `cast:<column>` alone."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from checks.polars_core import Finding
from checks.rule import Rule
from sluice.domain import RAW, Batch

_NOT_NULL = "expect_column_values_to_not_be_null"


def without_uncast(finding: Finding, rule: Rule, batch: Batch) -> Finding:
    """Return what a rule that forbids empty cells found in the empty ones; a cell whose text did not cast is filled. Any other finding stays as it is.

    Args:
        finding: What the rule found in the batch, in all its parts.
        rule: The rule.
        batch: The judged rows.
    """
    if finding.unexpected is None or not rule.id.startswith(_NOT_NULL) or RAW not in batch.rows.columns:
        return finding
    uncast = batch.rows.select(pl.col(RAW).list.eval(pl.element().struct.field("column")).list.contains(rule.columns[0]).fill_null(value=False)).to_series()
    filled = batch.part.total(f"{rule.id} uncast", int((finding.unexpected & uncast).sum()))
    failed = finding.failed - filled
    passed = not finding.evaluated or (finding.evaluated - failed) / finding.evaluated >= rule.mostly
    return replace(finding, success=passed, unexpected=finding.unexpected & ~uncast, failed=failed) if filled else finding
