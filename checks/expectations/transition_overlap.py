"""Implement expect_transition_overlap_to_match_history."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean
from typing import ClassVar

import polars as pl

from checks.expectations.base import NotEvaluated, Result, TableResult, select_published
from sluice.domain import ROW, RUN, WHOLE, Batch, Dimension, Message, OnFail, Part, Run, Schema, Severity, Tally
from sluice.errors import InvalidValue
from sluice.messages import make_error
from sluice.ports import Snapshot

PAIR = ("first", "second")
STANDARD_ERRORS = 2.0  # of the difference that chance explains


@dataclass(frozen=True)
class TransitionOverlap:
    """Compare the share of item transitions that occur in other batches with the usual share, item by item.

    Each item counts the same, however frequent it is. Defects that change the neighbours of all items (a crawler, wrong ids, a lost order)
    cost a recommender much; those that change a few (a click farm) cost it little, and a share over all transitions could not tell the two apart.

    Attributes:
        schema: Schema of the dataset.
        user: Column that identifies the user.
        item: Column that identifies the item.
        time: Column with the time of the event.
        tolerance: Largest relative decrease of the share below the usual one (0 to 1). The batch scores the share of the usual that is left.
            A decrease within two standard errors is not counted.
        baseline_batches: Number of newest batches that define the usual share, each compared with all others.
        min_batches: Fewest published batches; with fewer the expectation is skipped.

    Example:
        >>> from datetime import timedelta
        >>> from sluice.domain import Column, Run, Schema
        >>> from sluice.testing import AT, MemorySnapshot, make_batch, make_rows
        >>> schema = Schema("events", columns=(Column("user"), Column("item"), Column("ts", "timestamp")))
        >>> cells = {"user": ["u"] * 3, "item": ["a", "b", "c"], "ts": [AT - timedelta(hours=n) for n in (3, 2, 1)]}
        >>> rows = [make_rows(schema, cells, batch_id=f"r{n}").with_columns(pl.lit(f"r{n}").alias("_run_id")) for n in (1, 2)]
        >>> runs = [Run(f"r{n}", "events", "ingest", n, AT, "published", good=3) for n in (1, 2)]
        >>> snapshot = MemorySnapshot({"events": pl.concat(rows)}, runs)
        >>> TransitionOverlap(schema, "user", "item", "ts", min_batches=2).evaluate(make_batch(schema, cells), snapshot).success
        True
    """

    dimension: ClassVar[Dimension] = "consistency"
    severity: ClassVar[Severity] = "critical"
    on_fail: ClassVar[OnFail] = "flag"
    table_level: ClassVar[bool] = True
    exchanges: ClassVar[bool] = True

    schema: Schema
    user: str
    item: str
    time: str
    tolerance: float = 0.1
    baseline_batches: int = 3
    min_batches: int = 5

    def __post_init__(self) -> None:
        """Reject a tolerance that is no share, and too few batches."""
        if not 0 <= self.tolerance <= 1:
            raise make_error(InvalidValue, "tolerance_unfit")
        if self.baseline_batches < 1 or self.min_batches < 2:
            raise make_error(InvalidValue, "batches_too_few")

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns of user, item and time."""
        return (self.user, self.item, self.time)

    @property
    def together(self) -> tuple[str, ...]:
        """Return the column of the user, whose events must meet."""
        return (self.user,)

    @property
    def message(self) -> Message:
        """Return what is expected of the batch."""
        return Message.of("overlap_near_usual", item=self.item, tolerance=self.tolerance)

    def evaluate(self, batch: Batch, snapshot: Snapshot) -> Result:
        """Compare with the published transitions within the window of the dataset."""
        runs = self._recent(batch, snapshot)
        published = select_published(snapshot.published(self.schema.dataset), *self.columns, RUN)
        if published is None or len(runs) < self.min_batches:
            return NotEvaluated("skipped", Message.of("waits_for_batches", batches=max(self.min_batches - len(runs), 1)))
        recent = published.filter(pl.col(self.time).is_between(batch.at - self.schema.window, batch.at))
        rows = batch.part.exchange(f"events by {self.user}", batch.rows.select(ROW, *dict.fromkeys(self.columns)), self.together)
        own = self._transitions(rows.lazy().with_columns(pl.lit(batch.id).alias(RUN))).collect()
        return self._compare(own, self._transitions(recent).collect(), [run.id for run in runs[-self.baseline_batches :]], batch.part)

    def _compare(self, own: pl.DataFrame, history: pl.DataFrame, baseline: Sequence[str], part: Part) -> Result:
        """Compare the transitions of the batch and of each baseline batch with the transitions of the remaining batches."""
        pairs = history.group_by(PAIR).agg(runs=pl.col(RUN).n_unique(), only=pl.col(RUN).first())
        references = [pairs.filter((pl.col("runs") > 1) | (pl.col("only") != run)) for run in baseline]
        baseline_overlap = mean(_overlap(history.filter(pl.col(RUN) == run), reference)[0] for run, reference in zip(baseline, references, strict=True))
        if not baseline_overlap:
            return NotEvaluated("skipped", Message.of("no_known_transition"))
        overlaps = [_overlap(own, reference, part) for reference in references]
        share, error, items = mean(share for share, _, _ in overlaps), mean(error for _, error, _ in overlaps), overlaps[0][2]
        decrease = max(0.0, 1 - (share + STANDARD_ERRORS * error * math.sqrt(1 + 1 / len(overlaps))) / baseline_overlap)
        observed = Message.of("overlap_and_usual", share=share, items=items, usual=baseline_overlap, batches=len(overlaps))
        return TableResult(decrease <= self.tolerance, observed, total=items, failed=round(decrease * items))

    def _recent(self, batch: Batch, snapshot: Snapshot) -> list[Run]:
        runs = snapshot.runs(self.schema.dataset)
        return [run for run in runs if run.kind == "ingest" and run.good and run.id != batch.id and batch.at - self.schema.window <= run.at <= batch.at]

    def _transitions(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        """Return each user's transitions between two items within a batch, without direction: the run and both items."""
        events = rows.select(RUN, user=self.user, item=self.item, time=self.time).drop_nulls().sort("time", maintain_order=True)
        moves = events.select(RUN, "item", before=pl.col("item").shift(1).over("user", RUN)).filter(pl.col("before") != pl.col("item"))
        return moves.select(RUN, first=pl.min_horizontal("before", "item"), second=pl.max_horizontal("before", "item"))


def _overlap(transitions: pl.DataFrame, reference: pl.DataFrame, part: Part = WHOLE) -> tuple[float, float, int]:
    """Return the share of an item's transitions that are in the reference, as the mean over the items, its standard error, and the number of items.

    Args:
        transitions: Transitions of a batch, or of some of its users.
        reference: Transitions that it is compared with.
        part: Adds the transitions of the other users.
    """
    marked = transitions.join(reference.select(*PAIR, known=pl.lit(value=True)), on=PAIR, how="left", maintain_order="left")
    ends = pl.concat([marked.select(pl.col(end).alias("item"), pl.col("known").fill_null(value=False)) for end in PAIR])
    own = ends.group_by("item").agg(pl.col("known").sum().cast(pl.Int64), pl.len().cast(pl.Int64).alias("all"))
    counts = part.total("transitions by item", Tally(own, ("item",))).counts.sort("item")  # so that the order of the rows changes no digit
    shares = counts.select(pl.col("known") / pl.col("all")).to_series()
    share, spread = shares.mean(), shares.std()
    error = spread / math.sqrt(shares.len()) if isinstance(spread, float) else 0.0
    return (share if isinstance(share, float) else 0.0), error, shares.len()
