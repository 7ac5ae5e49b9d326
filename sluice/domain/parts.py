"""Let a step that sees one part of a batch ask what is true of the whole batch."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Self, TypeVar

import polars as pl

S = TypeVar("S")


class Part(Protocol):
    """Know the whole batch of which some rows are a part. Every part of a batch asks the same questions in the same order."""

    @property
    def is_last(self) -> bool:
        """Return True where the run speaks of what belongs to no part, such as published rows that no row of the batch replaces."""
        ...

    @property
    def is_first(self) -> bool:
        """Return True for the part that takes the rows of the batch where all of them are exchanged as one group."""
        ...

    def meets(self, by: Sequence[str]) -> bool:
        """Return True where rows that are equal in some columns are in one part; without columns, where all are."""
        ...

    def total(self, name: str, summary: S, *, steady: bool = False) -> S:
        """Return the merged summary of all parts, given that of one; see `merge_summaries`.

        Args:
            name: Name of the question.
            summary: The summary of the part.
            steady: Whether the answer, until it is known, is probably that to the question of this name before, such as counts before cells are repaired.
        """
        ...

    def confirm(self, name: str, value: object) -> None:
        """Record what the rows of a part, or a later summary of them, depend on beside their own cells: it must be equal for all parts."""
        ...

    def knows(self, name: str) -> bool:
        """Return True where the answer to the latest question of a name is that of the whole batch, and no guess."""
        ...

    def wait(self, name: str | None = None) -> None:
        """Go on only where all answers so far are those of the whole batch; else the part runs again once they are.

        Args:
            name: Name of a question: where it was answered before, for the whole batch, the part need not wait.
        """
        ...

    def exchange(self, name: str, rows: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
        """Return all rows of the batch of some groups, in the order of the file, and leave the other groups to the other parts.

        Args:
            name: Name of the question.
            rows: Rows of the part, with `_row_id` and the columns that are asked for.
            by: Columns; rows that are equal in all of them are a group; none: all rows of the batch are one group.
        """
        ...


class Whole:
    """Be the only part of a batch: its summary is that of the batch."""

    is_last = True
    is_first = True

    def meets(self, by: Sequence[str]) -> bool:
        """Return True: all rows are there."""
        _ = by
        return True

    def total(self, name: str, summary: S, *, steady: bool = False) -> S:
        """Return the summary."""
        _ = name, steady
        return summary

    def confirm(self, name: str, value: object) -> None:
        """Do nothing: no other part can disagree."""

    def knows(self, name: str) -> bool:
        """Return True: no answer is a guess."""
        _ = name
        return True

    def wait(self, name: str | None = None) -> None:
        """Do nothing: no answer is a guess."""

    def exchange(self, name: str, rows: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
        """Return the rows: all groups are there."""
        _ = name, by
        return rows


WHOLE = Whole()


class Summary(Protocol):
    """Summarise rows; merging the summaries of two parts gives that of both, in any order and grouping."""

    def merge(self, other: Self) -> Self:
        """Return the summary of both."""
        ...


@dataclass(frozen=True, slots=True)
class Least:
    """Hold the least value; None where there is none. NaN is no value: which of two numbers were less would depend on their order."""

    value: Any = None

    def merge(self, other: Least) -> Least:
        """Return the lesser one."""
        return Least(min(_comparable(self.value, other.value), default=None, key=_rank))


@dataclass(frozen=True, slots=True)
class Greatest:
    """Hold the greatest value; None where there is none. NaN is no value."""

    value: Any = None

    def merge(self, other: Greatest) -> Greatest:
        """Return the greater one."""
        return Greatest(max(_comparable(self.value, other.value), default=None, key=_rank))


def _comparable(*values: Any) -> list[Any]:  # noqa: ANN401  # values of one column
    return [value for value in values if value is not None and not (isinstance(value, float) and math.isnan(value))]


def _rank(value: Any) -> tuple[Any, str]:  # noqa: ANN401  # a value of a column
    """Order values; -0.0 comes before 0.0, which equals it."""
    return value, str(value)


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """Count rows by distinct values, in no order.

    Attributes:
        counts: The distinct values, and columns that add up.
        by: Columns with the values.
    """

    counts: pl.DataFrame
    by: tuple[str, ...]

    def merge(self, other: Tally) -> Tally:
        """Return the counts of both."""
        both = pl.concat([self.counts, other.counts]).group_by(self.by).agg(pl.exclude(self.by).sum())
        return Tally(both.select(self.counts.columns), self.by)


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Hold rows of one schema, in no order.

    Attributes:
        frame: The rows.
    """

    frame: pl.DataFrame

    def merge(self, other: Rows) -> Rows:
        """Return the rows of both."""
        return Rows(pl.concat([self.frame, other.frame]))


_BUILT_IN: Mapping[type, Callable[[Any, Any], Any]] = {
    bool: lambda first, second: first or second,
    int: lambda first, second: first + second,
    frozenset: lambda first, second: first | second,
    dict: lambda first, second: {name: merge_summaries(first.get(name), second.get(name)) for name in {**first, **second}},
    tuple: lambda first, second: tuple(merge_summaries(*pair) for pair in zip(first, second, strict=True)),
}


def merge_summaries(first: S, second: S) -> S:
    """Return the summary of two parts from those of each.

    Integers are added, truth values joined by or, sets united; dictionaries and tuples are merged by entry; None is the summary of nothing.

    Example:
        >>> merge_summaries({"rows": 3, "empty": False}, {"rows": 4, "empty": True})
        {'rows': 7, 'empty': True}
    """
    if first is None or second is None:
        return second if first is None else first
    merge = _BUILT_IN.get(type(first))
    merged: S = first.merge(second) if merge is None else merge(first, second)  # type: ignore[attr-defined]  # all others are a Summary
    return merged
