"""Score the rows of a batch by the values of a column, such as a supplier."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from sluice.domain.parts import Tally

VALUE = "value"
MAX_VALUES = 10_000
"""Number of values of a column that are counted apart; where a batch has more, all its rows count together."""


@dataclass(frozen=True, slots=True, eq=False)
class ColumnTally:
    """Count the rows of a batch by the values of a column.

    Attributes:
        column: Name of the column.
        values: By value: `rows`, `held` and `failing` ones.
        rules: By value and `rule`: the rows that it `judged`, and those that `failed`.
        many: Whether there are more than `MAX_VALUES` values, so that all rows are counted together.
    """

    column: str
    values: Tally
    rules: Tally
    many: bool = False

    def merge(self, other: ColumnTally) -> ColumnTally:
        """Return the counts of both."""
        return ColumnTally(self.column, self.values.merge(other.values), self.rules.merge(other.rules), self.many or other.many).limited()

    def limited(self) -> ColumnTally:
        """Return the counts; of too many values, those of all rows together."""
        if not self.many and self.values.counts.height <= MAX_VALUES:
            return self
        return ColumnTally(self.column, _together(self.values), _together(self.rules), many=True)


def _together(tally: Tally) -> Tally:
    counts = tally.counts.with_columns(pl.lit(None, dtype=pl.String).alias(VALUE)).group_by(tally.by).agg(pl.all().sum())
    return Tally(counts.select(tally.counts.columns), tally.by)


@dataclass(frozen=True, slots=True, eq=False)
class ValueTallies:
    """Count the rows of a batch by the values of some columns, one column at a time; merging the counts of two parts gives exactly those of both.

    Attributes:
        columns: Counts by each column.
        weights: Weight of each dimension in the score.
    """

    columns: tuple[ColumnTally, ...]
    weights: Mapping[str, float]

    def merge(self, other: ValueTallies) -> ValueTallies:
        """Return the counts of both."""
        return ValueTallies(tuple(first.merge(second) for first, second in zip(self.columns, other.columns, strict=True)), self.weights)


@dataclass(frozen=True, slots=True)
class ValueScore:
    """Score the rows of a batch that have one value in a column.

    Attributes:
        column: Name of the column.
        value: The value, as text; None for rows without one, and for `others`.
        rows: Number of rows that were judged.
        held: Number of those that were held.
        failing: Number of those that failed a rule that counts in the score, as they arrived.
        score: Score of the rows as they arrived; None where nothing, or not every critical rule, was evaluated.
        others: Whether it stands for all values that are not named.
    """

    column: str
    value: str | None
    rows: int
    held: int
    failing: int
    score: float | None
    others: bool = False


@dataclass(frozen=True, slots=True)
class ScoredBatch:
    """Hold the scores of a batch by the values of some columns.

    Attributes:
        run: Id of its run.
        at: End of the batch.
        scores: Scores by column; those with most rows first, the others last.
    """

    run: str
    at: datetime
    scores: tuple[ValueScore, ...] = ()
