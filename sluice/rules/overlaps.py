"""Decide whether two files without a key overlap: rows that are equal by chance, as of two shops, stay; those of one period exported twice count once."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

from sluice.domain import Schema

OverlapAnswer: TypeAlias = Literal["overlaps", "differs", "undecided"]

TIMES_OF_DAY = 10  # so many different times of day are not the same in two files by chance
_RARELY = 5  # two files have rows in common by chance about as often as one file has a row twice
_DIFFERENT = 30  # so many different rows in common tell chance from a period that is exported twice
_Z_SCORE = 5.0  # of the rows in common above those that are equal by chance
_MOST, _HALF = 0.95, 0.5  # share of the earlier rows that come again: where nothing, or much of it, changed since
_SOMETIMES, _HARDLY = 0.5, 0.02  # share of the rows that equal one of another day, up to which this many equal ones of the same day say something


@dataclass(frozen=True, slots=True)
class CommonTimes:
    """Count what two files have in common where their rows have times of day.

    Attributes:
        rows: Rows of the later file in the time of the earlier ones.
        common: Those of them that equal an earlier row.
        twice: Those that equal another row of their file.
        times: Different times of day of the common rows; more than ten may be counted as ten.
        chance: Share of the rows that equal one of another source by chance: how densely its times lie, times how often its other cells are equal.
    """

    rows: int
    common: int
    twice: int
    times: int
    chance: float = 0.0


@dataclass(frozen=True, slots=True)
class CommonDays:
    """Count what two files have in common where their rows have dates, or places alone.

    Attributes:
        expected: Rows of the earlier file that the later one has again if it overlaps.
        common: Those that it has.
        different: Different rows among these.
        elsewhere: Share of the rows that equal one of the other file on another day: how often rows are equal by chance. None where it is unknown.
    """

    expected: int
    common: int
    different: int
    elsewhere: float | None


def overlap_of_times(counts: CommonTimes) -> OverlapAnswer:
    """Say whether files overlap whose rows have times of day.

    Example:
        >>> overlap_of_times(CommonTimes(rows=100, common=90, twice=2, times=10))
        'overlaps'
        >>> overlap_of_times(CommonTimes(rows=100, common=3, twice=2, times=3))
        'differs'
        >>> overlap_of_times(CommonTimes(rows=400, common=257, twice=0, times=10, chance=0.5))  # two tills that write a row each minute
        'undecided'
    """
    if counts.times < TIMES_OF_DAY or 2 * counts.common < counts.rows:
        return "differs"
    return "overlaps" if counts.common >= _RARELY * counts.twice and _beyond_chance(counts) else "undecided"


def _beyond_chance(counts: CommonTimes) -> bool:
    """Return True where half of the rows that are not equal by chance are in common, and more than chance explains (z score of a binomial)."""
    left = counts.rows * (1 - counts.chance)
    above = counts.common - counts.rows * counts.chance
    return 0 < _HALF * left <= above and above >= _Z_SCORE * math.sqrt(counts.chance * left)


def overlap_of_days(counts: CommonDays) -> OverlapAnswer:
    """Say whether files overlap whose rows have dates, or places alone.

    The stock of two shops may be equal in most rows of a day, but then it is as often equal to that of another day.

    Example:
        >>> overlap_of_days(CommonDays(expected=40, common=40, different=40, elsewhere=0.1))
        'overlaps'
        >>> overlap_of_days(CommonDays(expected=40, common=30, different=30, elsewhere=0.7))
        'undecided'
        >>> overlap_of_days(CommonDays(expected=40, common=10, different=10, elsewhere=0.1))
        'differs'
    """
    share = counts.common / counts.expected if counts.expected else 0.0
    if counts.different < _DIFFERENT or share < _HALF:
        return "differs"
    chance = 1.0 if counts.elsewhere is None else counts.elsewhere
    return "overlaps" if (share >= _MOST and chance <= _SOMETIMES) or chance <= _HARDLY else "undecided"


def clock_column(schema: Schema) -> str | None:
    """Return the column by which rows without a key are compared: the event's time, else the first column with times or dates.

    Example:
        >>> from sluice.domain import Column
        >>> clock_column(Schema("sales", columns=(Column("item"), Column("sold_on", "date"))))
        'sold_on'
    """
    dated = (column.name for column in schema.columns if column.type in ("timestamp", "date"))
    return schema.time or next(dated, None)
