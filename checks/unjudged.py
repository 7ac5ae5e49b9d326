"""Decide what it means that a rule judged nothing: it has not passed."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from checks.lost_columns import expected_columns
from checks.rule import Rule
from sluice.domain import RESERVED, Batch, Message, Status, Verdict
from sluice.ports import Snapshot

_RUNS = 30  # so many of the newest accepted batches say what is usual
_CHANCE = 0.001  # of judging no row of a batch, below which that is unusual
_JUDGES_ABSENCE = ("expect_column_values_to_not_be_null", "expect_column_values_to_be_null", "expect_column_to_exist")
_READS_NO_CELL = (
    *_JUDGES_ABSENCE,
    "expect_column_proportion_of_non_null_values_to_be_between",
    "expect_column_values_to_be_of_type",
    "expect_column_values_to_be_in_type_list",
    "expect_column_type_to_be",
)


def absence(rule: Rule, batch: Batch) -> Message | None:
    """Return the reason why a rule cannot judge a batch whose file lacks one of its columns; None where it can.

    Args:
        rule: The rule. One that says whether cells are empty judges an absent column too.
        batch: The batch; one that does not come from a file lacks no column.
    """
    if batch.columns is None or _name(rule) in _JUDGES_ABSENCE:
        return None
    return next((missing_column(batch, column) for column in rule.columns if column not in batch.columns), None)


def missing_column(batch: Batch, column: str) -> Message:
    """Return the message that a file lacks a column, and which of its columns may be that one under a new name."""
    if column in batch.similar:
        return Message.of("column_renamed", column=column, similar=batch.similar[column])
    return Message.of("column_missing", column=column)


@dataclass(frozen=True, slots=True)
class Extent:
    """Hold how many rows a batch has, and which of its columns hold nothing.

    Attributes:
        rows: Number of rows.
        filled: Number of cells that are not null, by column.
    """

    rows: int
    filled: Mapping[str, int]

    @classmethod
    def of(cls, batch: Batch) -> Extent:
        """Count the rows and cells of a whole batch."""
        rows = batch.rows
        height, *filled = batch.part.total("extent", (rows.height, *(rows.height - rows[name].null_count() for name in rows.columns if name not in RESERVED)))
        return cls(height, dict(zip((name for name in rows.columns if name not in RESERVED), filled, strict=True)))

    def empty(self, columns: Sequence[str]) -> list[str]:
        """Return those columns that hold nothing."""
        return [name for name in columns if self.filled.get(name) == 0]


@dataclass(frozen=True, eq=False)
class History:
    """Know how much each rule judged in the accepted batches of a dataset. Reads nothing before it is needed.

    Attributes:
        dataset: Name of the dataset.
        snapshot: What was published.
        extent: Extent of the batch that is judged.
        sparse: Columns of fields within nested columns, which a batch may lack by chance.
    """

    dataset: str
    snapshot: Snapshot
    extent: Extent
    sparse: frozenset[str] = frozenset()

    def settle(self, verdict: Verdict, rule: Rule, batch: Batch) -> Verdict:
        """Return the verdict of a rule; one that judged nothing is not_evaluated, or skipped where that is no surprise.

        It is no surprise in some rows of an arrival, where the rule has judged nothing in an accepted batch, or where it judges so few rows
        that a batch of this size has none of them by chance.

        Args:
            verdict: Its verdict.
            rule: The rule.
            batch: The batch that it judged.
        """
        reason = verdict.observed if verdict.status == "not_evaluated" else _reason(verdict, rule, self.extent)
        if reason is None:
            return verdict
        return replace(verdict, status=self._status(rule, batch), failing=None, evidence=None, rows=0, failed=0, observed=reason)

    def _status(self, rule: Rule, batch: Batch) -> Status:
        if not batch.whole or not self.extent.rows or (rule.own and not _lacks_input(rule, batch, self.extent)):
            return "skipped"
        past = self._past.filter(pl.col("rule") == rule.id)
        renamed = set(rule.columns) & set(batch.similar)
        by_chance = renamed & self.sparse and not renamed & expected_columns(batch, self.snapshot, self.extent.rows)
        if past.is_empty() or (renamed and not by_chance):
            return "not_evaluated"
        judged = past["status"].is_in(["passed", "failed"])
        if rule.table_level:
            return "not_evaluated" if judged.all() else "skipped"
        if not (judged & (past["rows"] > 0)).all():
            return "skipped"
        if absence(rule, batch) and not by_chance:
            return "not_evaluated"
        share = min(int(past["rows"].sum()) / int(past["arrived"].sum()), 1.0)
        return "not_evaluated" if (1 - share) ** self.extent.rows < _CHANCE else "skipped"

    @functools.cached_property
    def _past(self) -> pl.DataFrame:
        """Return the verdicts of the newest accepted batches: rule, status, rows and the rows that `arrived`."""
        runs = [run for run in self.snapshot.runs(self.dataset) if run.kind == "ingest" and run.decision == "open" and run.judged][-_RUNS:]
        accepted = pl.DataFrame({"run_id": [run.id for run in runs], "arrived": [run.judged for run in runs]}, schema=_ACCEPTED)
        metrics = self.snapshot.metrics(self.dataset, accepted["run_id"].to_list()) if runs else pl.DataFrame()
        if metrics.is_empty():
            return pl.DataFrame(schema=_PAST)
        return metrics.filter(pl.col("phase") == "cleaned").join(accepted, on="run_id").select(*_PAST)


_ACCEPTED = pl.Schema({"run_id": pl.String(), "arrived": pl.Int64()})
_PAST = pl.Schema({"rule": pl.String(), "status": pl.String(), "rows": pl.Int64(), "arrived": pl.Int64()})


def _reason(verdict: Verdict, rule: Rule, extent: Extent) -> Message | None:
    """Return why a rule judged nothing; None where it judged something, or did not run."""
    if verdict.status not in ("passed", "failed") or _name(rule) in _READS_NO_CELL:
        return None
    empty = extent.empty(rule.columns)
    if rule.table_level:  # ours say themselves what an empty column means
        return Message.of("column_without_values", column=empty[0]) if empty and not rule.own else None
    if verdict.rows:
        return None
    if empty and extent.rows:
        return Message.of("column_without_values", column=empty[0])
    return Message.of("filter_without_rows", filter=rule.filter) if rule.filter else Message.of("no_rows_evaluated")


def _lacks_input(rule: Rule, batch: Batch, extent: Extent) -> bool:
    """Return True where one of ours judged nothing for want of cells or of filtered rows, and not for want of history."""
    return bool(rule.filter or extent.empty(rule.columns) or absence(rule, batch))


def _name(rule: Rule) -> str:
    return rule.id.partition(":")[0].partition("#")[0]
