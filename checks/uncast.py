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
    if finding.unexpected is None or not finding.failed or not rule.id.startswith(_NOT_NULL) or RAW not in batch.rows.columns:
        return finding
    uncast = _uncast(batch.rows[RAW], rule.columns[0])
    filled = batch.part.total(f"{rule.id} uncast", int((finding.unexpected & uncast).sum()))
    failed = finding.failed - filled
    passed = not finding.evaluated or (finding.evaluated - failed) / finding.evaluated >= rule.mostly
    return replace(finding, success=passed, unexpected=finding.unexpected & ~uncast, failed=failed) if filled else finding


def _uncast(raw: pl.Series, column: str) -> pl.Series:
    """Return True for each row whose cell of a column did not cast."""
    if raw.null_count() == raw.len():
        return pl.Series([False]).new_from_index(0, raw.len())
    names = pl.element().struct.field("column")
    return raw.to_frame().select(pl.col(RAW).list.eval(names).list.contains(column).fill_null(value=False)).to_series()
