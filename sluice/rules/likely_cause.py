"""Find the part of the data that most failing rows lie in."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import polars as pl

from sluice.domain import MASK, Cause, Condition, Message

MIN_COVERED = 0.5
"""Least share of the failing rows that lie in the part."""

MIN_LIFT = 3.0
"""How many times as often as elsewhere rows fail in the part, at least."""

_MIN_ROWS = 3  # failing rows in the part
_MAX_CHANCE = 0.01  # that a part without influence is named, over all values that are compared
_MAX_CONDITIONS = 3
_SIMPLER = 0.1  # so much of its fit may a part lose to need one condition less


@dataclass(frozen=True, slots=True, eq=False)
class _Candidate:
    condition: Condition
    mask: pl.Series


def likely_cause(rows: pl.DataFrame, failing: pl.Series) -> Cause | None:
    """Return the smallest part of the rows that explains most failing ones; None where no part does.

    A part is named by up to three columns and their values. Of the parts that hold at least half of the failing rows, in which rows fail at least three
    times as often as elsewhere, by more than chance, the one fits best whose rows and the failing rows overlap most (their Jaccard index); a part with
    fewer conditions is preferred where it fits almost as well.

    Args:
        rows: Rows that a rule judged, with the columns whose values name a part; a null is a value.
        failing: Which of them fail.

    Example:
        >>> rows = pl.DataFrame({"country": ["DE", "FR"] * 50, "agent": ["a", "a", "b", "b"] * 25})
        >>> cause = likely_cause(rows, rows["country"] == "DE")
        >>> [(condition.column, condition.value) for condition in cause.conditions], cause.failing, cause.rows
        ([('country', 'DE')], 50, 50)
        >>> likely_cause(rows, pl.Series([True] * 4 + [False] * 96)) is None
        True
    """
    total = int(failing.sum())
    if total < _MIN_ROWS or total == rows.height:
        return None
    candidates = [candidate for name in rows.columns for candidate in _candidates(rows[name], failing, total)]
    compared = sum(rows[name].n_unique() for name in rows.columns)
    causes = [cause for cause in _parts(candidates, failing, total) if _explains(cause, compared)]
    fits = [(fit(cause) - _SIMPLER * len(cause.conditions), cause) for cause in causes]
    return max(fits, key=lambda entry: entry[0])[1] if fits else None


def fit(cause: Cause) -> float:
    """Return the share of the rows that fail or lie in the part which do both: 1 where the part is exactly the failing rows."""
    return cause.failing / (cause.rows + cause.all_failing - cause.failing)


def _candidates(column: pl.Series, failing: pl.Series, total: int) -> Iterator[_Candidate]:
    """Yield the values of a column that hold enough of the failing rows by themselves: only those can be part of a part that does."""
    counts = column.filter(failing).value_counts()
    for value, count in counts.iter_rows():
        if count >= max(_MIN_ROWS, MIN_COVERED * total):
            mask = column.is_null() if value is None else column == value
            yield _Candidate(Condition(column.name, None if value is None else str(value)), mask.fill_null(value=False))


def _parts(candidates: Sequence[_Candidate], failing: pl.Series, total: int) -> Iterator[Cause]:
    """Yield every part of up to three conditions that holds enough of the failing rows."""
    for size in range(1, _MAX_CONDITIONS + 1):
        for chosen in combinations(candidates, size):
            if len({candidate.condition.column for candidate in chosen}) < size:
                continue
            mask = chosen[0].mask
            for candidate in chosen[1:]:
                mask &= candidate.mask
            count = int((mask & failing).sum())
            if count >= max(_MIN_ROWS, MIN_COVERED * total):
                yield Cause(tuple(candidate.condition for candidate in chosen), int(mask.sum()), count, len(failing), total)


def _explains(cause: Cause, compared: int) -> bool:
    """Return True where rows fail so much more often in a part than elsewhere that chance does not explain it."""
    outside = cause.all_rows - cause.rows
    if outside == 0:
        return False
    lift = cause.share / max(cause.share_elsewhere, 0.5 / outside)
    return lift >= MIN_LIFT and _chance(cause) * max(compared, 1) < _MAX_CHANCE


def _chance(cause: Cause) -> float:
    """Return how likely so uneven a split is by chance: the tail of the likelihood ratio test."""
    expected = cause.all_failing / cause.all_rows
    parts = ((cause.failing, cause.rows), (cause.all_failing - cause.failing, cause.all_rows - cause.rows))
    ratio = sum(_deviance(count, rows, expected) for count, rows in parts)
    return math.erfc(math.sqrt(max(ratio, 0.0) / 2))


def _deviance(count: int, rows: int, expected: float) -> float:
    terms = ((count, rows * expected), (rows - count, rows * (1 - expected)))
    return 2 * sum(observed * math.log(observed / mean) for observed, mean in terms if observed and mean)


def describe_cause(cause: Cause | None, failing: pl.Series, personal: frozenset[str] = frozenset()) -> Message:
    """Say which part explains the failing rows, with its numbers, or that none does.

    Args:
        cause: The part; None where there is none.
        failing: Which of the rows fail.
        personal: Columns whose values are masked.
    """
    if cause is None:
        return Message.of("cause_none", failing=int(failing.sum()), rows=len(failing))
    parts = tuple(_describe(condition, masked=condition.column in personal) for condition in cause.conditions)
    counts = {"failing": cause.failing, "all_failing": cause.all_failing, "rows": cause.rows}
    return Message.of("cause_part", parts=parts, share=cause.share, elsewhere=cause.share_elsewhere, **counts)


def _describe(condition: Condition, *, masked: bool) -> Message:
    if condition.value is None:
        return Message.of("cause_empty", column=condition.column)
    return Message.of("cause_value", column=condition.column, value=MASK if masked else condition.value)
