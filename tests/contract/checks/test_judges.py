"""What every Judge must keep, whatever it is given."""

from __future__ import annotations

from typing import Any

import polars as pl
from polars.testing import assert_frame_equal

from sluice.domain import DIMENSIONS, EVIDENCE, ROW, Batch, Verdict
from sluice.ports import Judge


def plain(verdict: Verdict) -> tuple[Any, ...]:
    mask = None if verdict.failing is None else verdict.failing.to_list()
    evidence = None if verdict.evidence is None else verdict.evidence.rows()
    return (verdict.rule, verdict.status, mask, verdict.rows, verdict.failed, verdict.message, verdict.observed, verdict.fingerprint, evidence)


def test_deterministic_and_changes_nothing(judge: Judge, batch: Batch, snapshot: Any) -> None:
    before = batch.rows.clone()
    first, second = judge.judge(batch, snapshot), judge.judge(batch, snapshot)
    assert [plain(verdict) for verdict in first] == [plain(verdict) for verdict in second]
    assert_frame_equal(batch.rows, before)


def test_verdicts_are_well_formed(judge: Judge, batch: Batch, snapshot: Any) -> None:
    verdicts = judge.judge(batch, snapshot)
    assert len({verdict.rule for verdict in verdicts}) == len(verdicts) > 0
    for verdict in verdicts:
        assert verdict.dimension in DIMENSIONS
        assert verdict.message
        assert verdict.fingerprint
        assert 0 <= verdict.failed <= max(verdict.rows, 1)
        if verdict.failing is not None:
            assert verdict.failing.dtype == pl.Boolean
            assert verdict.failing.len() == batch.rows.height
            assert verdict.failing.null_count() == 0
            assert verdict.failing.sum() == verdict.failed <= verdict.rows
        if verdict.evidence is not None:
            assert verdict.failing is not None
            assert verdict.evidence.schema == EVIDENCE
            assert set(verdict.evidence[ROW]) <= set(batch.rows.filter(verdict.failing)[ROW])
        if verdict.status in ("skipped", "not_evaluated"):
            assert verdict.failing is None


def test_a_rule_about_rows_judges_them_as_they_come(judge: Judge, batch: Batch, snapshot: Any) -> None:
    turned = Batch(batch.dataset, batch.id, batch.rows.reverse(), batch.at, batch.columns, batch.whole)
    for there, back in zip(judge.judge(batch, snapshot), judge.judge(turned, snapshot), strict=True):
        if there.failing is not None and not there.rule.startswith("key_unique"):
            assert back.failing is not None
            assert there.failing.to_list() == back.failing.reverse().to_list()
