"""The main flow, over judges and cleaners made by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from sluice.domain import ACTION, REASONS, REPAIRS, ROW, Artifact, Batch, Cleaned, Nature, OnFail, Run, Verdict
from sluice.pipeline import evaluate
from sluice.ports import Snapshot, Steps

NOW = datetime(2026, 3, 15, tzinfo=UTC)


class EmptySnapshot:
    """A snapshot of nothing."""

    id = "0"

    def published(self, dataset: str) -> pl.LazyFrame:
        return pl.LazyFrame()

    def repairs(self, dataset: str) -> pl.LazyFrame:
        return pl.LazyFrame()

    def quarantine(self, dataset: str) -> pl.LazyFrame:
        return pl.LazyFrame()

    def runs(self, dataset: str) -> Sequence[Run]:
        return ()

    def metrics(self, dataset: str, runs: object = None) -> pl.DataFrame:
        return pl.DataFrame()

    def model(self, name: str) -> Artifact | None:
        return None

    def without(self, batch_id: str) -> Snapshot:
        return self


@dataclass
class Rule:
    """Fails the rows that an expression picks."""

    name: str
    picks: pl.Expr
    on_fail: OnFail = "quarantine"
    nature: Nature = "expectation"

    def judge(self, batch: Batch, snapshot: Snapshot) -> Sequence[Verdict]:
        failing = batch.rows.select(self.picks.alias("f")).to_series()
        return [
            Verdict(
                self.name,
                self.nature,
                "validity",
                "critical",
                self.on_fail,
                "failed" if failing.any() else "passed",
                failing,
                failing.len(),
                int(failing.sum()),
            )
        ]


@dataclass
class Doing:
    """Cleans by a function, and records each change."""

    does: Callable[[pl.DataFrame], pl.DataFrame]
    held: Callable[[Batch], Sequence[Verdict]] = lambda _: ()

    def clean(self, batch: Batch, verdicts: Sequence[Verdict], snapshot: Snapshot) -> Cleaned:
        done = replace(batch, rows=self.does(batch.rows).with_columns(pl.lit("keep").alias(ACTION)))
        changed = batch.rows.filter(batch.rows["x"].ne_missing(done.rows["x"]))
        repairs = changed.select(ROW, column=pl.lit("x"), applied=pl.lit(value=True))
        return Cleaned(done, pl.concat([pl.DataFrame(schema=REPAIRS), repairs], how="diagonal"), self.held(done))


def batch(values: Sequence[int]) -> Batch:
    return Batch("d", "b", pl.DataFrame({ROW: [f"b.{n}" for n in range(len(values))], "x": values}, schema={ROW: pl.String, "x": pl.Int64}), NOW)


NEGATIVE = Rule("negative", pl.col("x") < 0)


def test_a_repair_is_believed_only_after_it_was_judged() -> None:
    mended = evaluate(
        batch([-1, 2, -30]),
        Steps([NEGATIVE], Doing(lambda rows: rows.with_columns(pl.when(pl.col("x") == -1).then(1).otherwise("x").alias("x")))),
        EmptySnapshot(),
    )
    assert mended.split.good.rows["x"].to_list() == [1, 2]
    assert mended.split.bad.rows["x"].to_list() == [-30]
    assert (round(mended.arrival.value or 0), mended.published.value) == (33, 100)


def test_copies_leave_before_their_original_is_judged() -> None:
    unique = Rule("unique", pl.col("x").is_duplicated())

    def copies(cleaned: Batch) -> Sequence[Verdict]:
        mask = cleaned.rows.select((~pl.col("x").is_first_distinct()).alias("m")).to_series()
        return [Verdict("deduplicate:key", "cleaner", "uniqueness", "warning", "quarantine", "failed", mask, mask.len(), int(mask.sum()))]

    outcome = evaluate(batch([1, 1, 2]), Steps([unique], Doing(lambda rows: rows, copies)), EmptySnapshot())
    assert outcome.split.good.rows["x"].to_list() == [1, 2]
    assert [reason["name"] for row in outcome.split.bad.rows[REASONS] for reason in row] == ["deduplicate:key"]


def test_what_a_detector_flags_is_told_of_the_rows_that_are_published_and_of_these_alone() -> None:
    odd = Rule("odd", pl.col("x") % 2 != 0, "flag", "detector")
    outcome = evaluate(batch([-1, 1, 2, 3]), Steps([NEGATIVE, odd], Doing(lambda rows: rows)), EmptySnapshot())
    assert outcome.flags.select(ROW, "rule").rows() == [("b.1", "odd"), ("b.3", "odd")]
    assert [verdict.failed for verdict in outcome.phases["published"] if verdict.rule == "odd"] == [outcome.flags.height]


def test_waived_rules_let_rows_through() -> None:
    steps = Steps([NEGATIVE], Doing(lambda rows: rows))
    assert evaluate(batch([-1]), steps, EmptySnapshot(), kind="release", waived=frozenset({"negative"})).split.good.rows.height == 1


def test_a_waived_rule_is_not_held_against_the_score_of_what_was_released() -> None:
    steps = Steps([NEGATIVE, Rule("huge", pl.col("x") > 99)], Doing(lambda rows: rows))
    outcome = evaluate(batch([-1]), steps, EmptySnapshot(), kind="release", waived=frozenset({"negative"}))
    assert outcome.published.value == 100
    assert {verdict.rule for verdict in outcome.phases["published"]} == {"huge"}


def test_a_batch_of_which_too_little_is_left_is_held_as_a_whole() -> None:
    too_few = Rule("few", (pl.col("x").is_null() | True) & (pl.len() < 3), "block")
    outcome = evaluate(batch([-1, 1, 2]), Steps([NEGATIVE, too_few], Doing(lambda rows: rows)), EmptySnapshot())
    assert outcome.split.good.rows.is_empty()
    assert [[reason["name"] for reason in row] for row in outcome.split.bad.rows[REASONS]] == [["negative"], ["few"], ["few"]]


def test_a_blocked_batch_publishes_nothing_and_has_no_score() -> None:
    outcome = evaluate(batch([-1, 1]), Steps([Rule("negative", pl.col("x") < 0, "block")], Doing(lambda rows: rows)), EmptySnapshot())
    assert outcome.split.good.rows.is_empty()
    assert outcome.split.bad.rows.height == 2


@settings(max_examples=30)
@given(st.lists(st.integers(-3, 3), max_size=20))
def test_every_row_comes_out_once_and_the_same_input_gives_the_same_outcome(values: list[int]) -> None:
    steps = Steps([NEGATIVE, Rule("two", pl.col("x") == 2)], Doing(lambda rows: rows.with_columns(pl.col("x").abs() * pl.col("x").sign())))
    first, second = evaluate(batch(values), steps, EmptySnapshot()), evaluate(batch(values), steps, EmptySnapshot())
    assert sorted([*first.split.good.rows[ROW], *first.split.bad.rows[ROW]]) == sorted(batch(values).rows[ROW])
    assert first.split.good.rows.equals(second.split.good.rows)
    assert (first.arrival, first.published) == (second.arrival, second.published)
