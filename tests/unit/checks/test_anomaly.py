"""Expectations that ask a detector: who is asked, what may fail by chance, and what is said while it cannot answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
import pytest

from checks.checker import Checker
from checks.suite import build_rules
from sluice.config import SettingsError, Step
from sluice.domain import EVIDENCE, ROW, Message, Verdict
from sluice.errors import ModelError
from sluice.messages import render
from sluice.ports import PValues, Scorer, Snapshot

ROWS, COLUMN = "expect_row_anomaly_rate_to_be_within_fpr", "expect_column_anomaly_rate_to_be_within_fpr"


class Fake:
    """Takes p from the price itself; blames it, and would have expected 9.5."""

    columns = ("price", "kind")

    def __init__(self, calibration_rows: int = 9999, waits: str = "") -> None:
        self.calibration_rows = calibration_rows
        self.waits = waits

    def p_values(self, rows: pl.DataFrame, snapshot: Snapshot, column: str | None = None) -> PValues:
        if self.waits:
            raise ModelError(self.waits)
        p = rows["price"] if column in (None, "price") else pl.Series([1.0] * rows.height)
        return PValues(p, self.calibration_rows)

    def blame(self, rows: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
        return pl.DataFrame({"columns": [["price", "kind"]] * rows.height, "expected": ["9.5"] * rows.height})

    def contributions(self, rows: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
        return rows.select(ROW, column=pl.lit("price"), surprise=-pl.col("price").log10(), expected=pl.lit("9.5"))


def judged(schema: Any, batch: Any, snapshot: Any, name: str, scorer: Scorer | None = None, **settings: Any) -> Verdict:
    scorers: Mapping[str, Scorer] = {"autoencoder": scorer or Fake()}
    (verdict,) = Checker.build(schema, [Step(name=name, settings=settings)], scorers=scorers).judge(batch, snapshot)
    return verdict


def problems(schema: Any, name: str, scorers: Mapping[str, Scorer], **settings: object) -> str:
    with pytest.raises(SettingsError) as caught:
        build_rules(schema, [Step(name=name, settings=settings)], scorers=scorers)
    return str(caught.value)


@pytest.mark.parametrize(("name", "settings"), [(ROWS, {}), (COLUMN, {"column": "price"})])
def test_rows_within_the_budget_are_flagged_and_told(schema: Any, make_batch: Any, snapshot: Any, name: str, settings: dict[str, Any]) -> None:
    verdict = judged(schema, make_batch(price=[0.5, 0.001, 0.2, 0.009]), snapshot, name, **settings)
    assert verdict.failing is not None
    assert verdict.failing.to_list() == [False, True, False, True]
    assert (verdict.rows, verdict.failed, verdict.nature, verdict.dimension, verdict.severity) == (4, 2, "expectation", "accuracy", "warning")
    assert verdict.evidence is not None
    assert verdict.evidence.schema == EVIDENCE
    assert verdict.evidence["score"].to_list() == [0.001, 0.009]
    assert verdict.evidence["expected"].to_list() == ["9.5", "9.5"]
    assert verdict.evidence["columns"].list.first().to_list() == ["price", "price"]
    assert "price is unusual" in render(Message.loads(verdict.evidence["message"][0]))


class Telling(Fake):
    """Knows how the cells are odd."""

    def blame(self, rows: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
        return super().blame(rows, snapshot).with_columns(how=pl.lit("is empty"))

    def contributions(self, rows: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
        return super().contributions(rows, snapshot).with_columns(how=pl.lit("is empty"))


@pytest.mark.parametrize(("name", "settings"), [(ROWS, {}), (COLUMN, {"column": "price"})])
def test_how_a_cell_is_odd_is_told_where_the_detector_knows(schema: Any, make_batch: Any, snapshot: Any, name: str, settings: dict[str, Any]) -> None:
    verdict = judged(schema, make_batch(price=[0.5, 0.001]), snapshot, name, scorer=Telling(), **settings)
    assert verdict.evidence is not None
    assert [render(Message.loads(text)) for text in verdict.evidence["message"]] == ["price is empty (p = 0.001)"]


def test_what_clean_rows_explain_is_passed_and_more_is_not(schema: Any, make_batch: Any, snapshot: Any) -> None:
    def status(unusual: int) -> str:
        return judged(schema, make_batch(price=[0.001] * unusual + [0.5] * (2000 - unusual)), snapshot, ROWS).status

    assert [status(flagged) for flagged in (0, 20, 33, 36, 2000)] == ["passed", "passed", "passed", "failed", "failed"]


def test_mostly_decides_where_it_is_said(schema: Any, make_batch: Any, snapshot: Any) -> None:
    batch = make_batch(price=[0.001] * 10 + [0.5] * 90)
    assert judged(schema, batch, snapshot, ROWS).status == "failed"
    assert judged(schema, batch, snapshot, ROWS, mostly=0.9).status == "passed"
    assert judged(schema, batch, snapshot, ROWS, mostly=0.91).status == "failed"


def test_a_row_condition_limits_what_is_judged_flagged_and_told(schema: Any, make_batch: Any, snapshot: Any) -> None:
    batch = make_batch(price=[0.001, 0.001, 0.5], kind=["view", "purchase", "purchase"])
    verdict = judged(
        schema, batch, snapshot, ROWS, row_condition='kind == "purchase"', severity="critical", on_fail="quarantine", description="sales are usual"
    )
    assert verdict.failing is not None
    assert (verdict.failing.to_list(), verdict.rows, verdict.severity, verdict.on_fail) == ([False, True, False], 2, "critical", "quarantine")
    assert render(verdict.message) == "sales are usual"
    assert verdict.evidence is not None
    assert verdict.evidence[ROW].to_list() == ["b.1"]


def test_it_is_skipped_while_the_detector_waits(schema: Any, make_batch: Any, snapshot: Any) -> None:
    verdict = judged(schema, make_batch(price=[0.5]), snapshot, ROWS, Fake(waits="waits for 4,000 more rows of accepted history"))
    assert (verdict.status, render(verdict.observed)) == ("skipped", "autoencoder: waits for 4,000 more rows of accepted history")


def test_a_max_fpr_that_the_history_cannot_support_is_skipped_with_the_rows_that_it_takes(schema: Any, make_batch: Any, snapshot: Any) -> None:
    verdict = judged(schema, make_batch(price=[0.5]), snapshot, COLUMN, Fake(calibration_rows=900), column="price", max_fpr=0.001)
    assert verdict.status == "skipped"
    assert render(verdict.observed) == "a max_fpr of 0.001 takes 999 accepted rows to calibrate; autoencoder has 900"


def test_it_is_not_evaluated_where_no_detectors_are_handed_in(schema: Any, make_batch: Any, snapshot: Any) -> None:
    (verdict,) = Checker.build(schema, [Step(name=ROWS)]).judge(make_batch(price=[0.5]), snapshot)
    assert verdict.status == "not_evaluated"
    assert "no detector autoencoder" in render(verdict.observed)


def test_no_row_is_no_reason_to_fail(schema: Any, make_batch: Any, snapshot: Any) -> None:
    assert judged(schema, make_batch(price=[]), snapshot, ROWS).status == "skipped"


def test_mistakes_in_the_settings_say_what_was_meant(schema: Any) -> None:
    assert "did you mean autoencoder" in problems(schema, ROWS, {"autoencoder": Fake()}, detector="autoencodr")
    assert "none that learns is configured" in problems(schema, ROWS, {})
    assert "does not look at quantity; it looks at price, kind" in problems(schema, COLUMN, {"autoencoder": Fake()}, column="quantity")
    assert "there is no column prise" in problems(schema, COLUMN, {"autoencoder": Fake()}, column="prise")
    assert "between 0 and 1" in problems(schema, ROWS, {"autoencoder": Fake()}, max_fpr=1.5)
    assert "unknown setting" in problems(schema, ROWS, {"autoencoder": Fake()}, budgt=0.1)
    assert "column is missing" in problems(schema, COLUMN, {"autoencoder": Fake()})
