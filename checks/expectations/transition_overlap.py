"""expect_transition_overlap_to_match_history."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean
from typing import ClassVar

import polars as pl

from checks.expectations.base import Found, Table, Unjudged, history
from sluice.domain import RUN, Batch, Dimension, OnFail, Run, Schema, Severity, counted
from sluice.ports import Snapshot

ENDS = ("one", "other")
CHANCE = 2.0  # standard errors


@dataclass(frozen=True)
class TransitionOverlap:
    """The steps between two items are about as often known from other batches as they usually are, item by item.

    Each item counts the same, however often it was met: what spoils the neighbours of all items (a crawler, wrong ids, a lost order) costs
    a recommender much, what pushes a few (a click farm) costs it little, and a share of all steps could not tell the two apart.

    Attributes:
        schema: The dataset's.
        user: The column that names the user.
        item: The column that names the item.
        time: The column that says when.
        tolerance: How much less familiar than usual the steps of an item may be, as a share; the batch scores what is left of the usual. What
            chance makes of so few items (two standard errors) is not counted.
        baseline_batches: How many of the newest batches say what is usual, each beside all others.
        min_batches: While fewer are published nothing can be usual: the expectation is skipped.
    """

    dimension: ClassVar[Dimension] = "consistency"
    severity: ClassVar[Severity] = "critical"
    on_fail: ClassVar[OnFail] = "flag"
    whole: ClassVar[bool] = True

    schema: Schema
    user: str
    item: str
    time: str
    tolerance: float = 0.1
    baseline_batches: int = 3
    min_batches: int = 5

    def __post_init__(self) -> None:
        """The tolerance is a share, and what is usual takes two batches at least."""
        if not 0 <= self.tolerance <= 1:
            raise ValueError("tolerance is a share: 0 <= tolerance <= 1")
        if self.baseline_batches < 1 or self.min_batches < 2:
            raise ValueError("baseline_batches must be at least 1, and min_batches at least 2")

    @property
    def columns(self) -> tuple[str, ...]:
        """User, item and time."""
        return (self.user, self.item, self.time)

    @property
    def message(self) -> str:
        """What is expected, in words."""
        return f"steps between two of {self.item} are known from other batches at most {self.tolerance:.1%} less often than usual"

    def find(self, batch: Batch, snapshot: Snapshot) -> Found:
        """Compares with all that is published within the dataset's window."""
        runs = self._recent(batch, snapshot)
        known = history(snapshot.published(self.schema.dataset), *self.columns, RUN)
        if known is None or len(runs) < self.min_batches:
            return Unjudged("skipped", f"waits for {counted(max(self.min_batches - len(runs), 1), 'more batch')}")
        recent = known.filter(pl.col(self.time).is_between(batch.at - self.schema.window, batch.at))
        own = self._steps(batch.rows.lazy().with_columns(pl.lit(batch.id).alias(RUN))).collect()
        return self._beside(own, self._steps(recent).collect(), [run.id for run in runs[-self.baseline_batches :]])

    def _beside(self, own: pl.DataFrame, taken: pl.DataFrame, newest: Sequence[str]) -> Found:
        """The batch's steps beside those of the newest batches; each pair of them is compared with the same others."""
        pairs = taken.group_by(ENDS).agg(runs=pl.col(RUN).n_unique(), only=pl.col(RUN).first())
        others = [pairs.filter((pl.col("runs") > 1) | (pl.col("only") != run)) for run in newest]
        usual = mean(_familiar(taken.filter(pl.col(RUN) == run), known)[0] for run, known in zip(newest, others, strict=True))
        if not usual:
            return Unjudged("skipped", "no step is familiar yet")
        found = [_familiar(own, known) for known in others]
        share, error, items = mean(share for share, _, _ in found), mean(error for _, error, _ in found), found[0][2]
        lost = max(0.0, 1 - (share + CHANCE * error * math.sqrt(1 + 1 / len(found))) / usual)
        told = f"{share:.2%} of the steps of an item are known (mean of {items:,}); usual: {usual:.2%} (of {len(found)} batches)"
        return Table(lost <= self.tolerance, told, rows=items, failed=round(lost * items))

    def _recent(self, batch: Batch, snapshot: Snapshot) -> list[Run]:
        runs = snapshot.runs(self.schema.dataset)
        return [run for run in runs if run.kind == "ingest" and run.good and run.id != batch.id and batch.at - self.schema.window <= run.at <= batch.at]

    def _steps(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        """Each user's steps from one item to another within a batch, without their direction: its run and both items."""
        events = rows.select(RUN, user=self.user, item=self.item, time=self.time).drop_nulls().sort("time", maintain_order=True)
        moves = events.select(RUN, "item", before=pl.col("item").shift(1).over("user", RUN)).filter(pl.col("before") != pl.col("item"))
        return moves.select(RUN, one=pl.min_horizontal("before", "item"), other=pl.max_horizontal("before", "item"))


def _familiar(steps: pl.DataFrame, known: pl.DataFrame) -> tuple[float, float, int]:
    """The share of an item's steps that are known, as the mean over the items; its standard error; and how many items those are."""
    told = steps.join(known.select(*ENDS, known=pl.lit(value=True)), on=ENDS, how="left", maintain_order="left")
    ends = pl.concat([told.select(pl.col(end).alias("item"), pl.col("known").fill_null(value=False)) for end in ENDS])
    each = ends.group_by("item", maintain_order=True).agg(pl.col("known").mean())["known"]
    share, spread = each.mean(), each.std()
    error = spread / math.sqrt(each.len()) if isinstance(spread, float) else 0.0
    return (share if isinstance(share, float) else 0.0), error, each.len()
