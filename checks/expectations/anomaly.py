"""What the expectations share that ask a detector: who is asked, and how many rows may be unusual by chance."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import polars as pl

from checks.expectations.base import Found, Rows, Unjudged
from sluice.config import did_you_mean
from sluice.domain import EVIDENCE, ROW, Batch, Dimension, OnFail, Schema, Severity
from sluice.errors import ModelError
from sluice.ports import Scored, Scorer, Snapshot

DEVIATIONS = 3.0


@dataclass(frozen=True)
class AnomalyRate:
    """Rows, or cells, that are no more unusual than accepted ones are.

    A clean row is flagged with a chance of `max_fpr`, so some always are. The expectation is met while they are no more than clean
    rows explain: the budget, and three standard deviations. With a `mostly` below 1 that share decides instead.

    Attributes:
        schema: The dataset's.
        scorers: Its detectors by name; None: there are none to ask.
        detector: The name of the one to ask, as it stands under `detect`.
        max_fpr: The share of clean rows that may be flagged by mistake.
    """

    dimension: ClassVar[Dimension] = "accuracy"
    severity: ClassVar[Severity] = "warning"
    on_fail: ClassVar[OnFail] = "flag"
    whole: ClassVar[bool] = False

    schema: Schema
    scorers: Mapping[str, Scorer] | None = field(repr=False, compare=False)
    detector: str = "autoencoder"
    max_fpr: float = 0.01

    def __post_init__(self) -> None:
        """The detector must be there to be asked."""
        if not 0 < self.max_fpr < 1:
            raise ValueError("max_fpr is a share of rows, between 0 and 1: 0.01 is one row in a hundred")
        if self.scorers is not None and self.detector not in self.scorers:
            instead = did_you_mean(self.detector, list(self.scorers)) if self.scorers else "; none that learns is configured under detect"
            raise ValueError(f"no detector is called {self.detector}{instead}")

    def ask(self, batch: Batch, snapshot: Snapshot, column: str | None = None) -> tuple[Scorer, Scored] | Unjudged:
        """The detector and its answer; or why there is none."""
        if self.scorers is None:
            return Unjudged("not_evaluated", f"there is no detector {self.detector} to ask here")
        scorer = self.scorers[self.detector]
        try:
            scored = scorer.scored(batch.rows, snapshot, column)
        except ModelError as error:
            return Unjudged("skipped", f"{self.detector} {error}")
        if lacking := unsupported(self.detector, self.max_fpr, scored.counted_on):
            return Unjudged("skipped", lacking)
        return scorer, scored

    def rows(self, scored: Scored, judged: pl.Series, evidence: pl.DataFrame) -> Found:
        """What was found."""
        failing = (scored.p <= self.max_fpr).fill_null(value=False) & judged
        return Rows(failing, judged, evidence, lambda rows: tolerated(rows, self.max_fpr, scored.counted_on))


def unsupported(detector: str, budget: float, counted_on: int) -> str:
    """Why a budget cannot be kept: on so few accepted rows no p-value is as small; empty where it can."""
    needed = math.ceil(1 / budget - 1)
    return f"a max_fpr of {budget:g} takes {needed:,} accepted rows to count on; {detector} has {counted_on:,}" if counted_on < needed else ""


def tolerated(rows: int, budget: float, counted_on: int) -> float:
    """How many of so many clean rows may be flagged; counts the chance in both samples, the rows and the accepted ones."""
    return rows * budget + DEVIATIONS * rows * math.sqrt(budget * (1 - budget) * (1 / max(rows, 1) + 1 / max(counted_on, 1)))


def told(rows: pl.DataFrame, p: pl.Series, found: pl.DataFrame) -> pl.DataFrame:
    """Evidence of rows with their p-values, and with the `columns` to blame, what was `expected` and, where it is told, `how` the worst is odd, row by row."""
    if rows.is_empty():
        return pl.DataFrame(schema=EVIDENCE)
    joined = found.select("columns", "expected", "^how$").with_columns(rows[ROW], p.alias("score"))
    worst = pl.col("columns").list.first().fill_null("the row")
    how = pl.coalesce(pl.col("^how$"), pl.lit("is unusual, given the rest of its row"))
    message = pl.format("{} {} (p = {})", worst, how, pl.col("score").round_sig_figs(2).cast(pl.String))
    return joined.with_columns(message=message).select(*EVIDENCE).cast(EVIDENCE)
