"""Choose the earlier batches with which the size of a batch is compared: those of its weekday and hour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from sluice.domain import Run

_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Comparable:
    """Hold comparable batches.

    Attributes:
        runs: Comparable batches; empty where there are too few.
        exponent: How much wider a tolerance should be: 1 for the same slot of the week, more for slots that are alike only in part.
        most: Number of batches in the largest comparable group, whether or not it is enough.
    """

    runs: tuple[Run, ...]
    exponent: float
    most: int


def comparable(at: datetime, runs: Sequence[Run], every: timedelta | None, least: int) -> Comparable:
    """Return the closest group of at least `least` batches.

    Groups, the closest first: the same weekday and slot of the day; the same slot of workdays or of weekends; the same slot of any day; for
    batches that come more often than daily, also its neighbours in the day. A slot is as long as the interval between batches.

    Args:
        at: Time of the batch; slots count by UTC.
        runs: Earlier batches, in any order.
        every: Interval between batches, where one is configured; the runs may show a shorter one.
        least: Fewest batches of a group.

    Example:
        >>> from datetime import UTC
        >>> runs = [Run(f"r{n}", "events", "ingest", n, datetime(2026, 3, 2, n, tzinfo=UTC), "published") for n in range(24)]
        >>> [run.at.hour for run in comparable(datetime(2026, 3, 3, 20, tzinfo=UTC), runs, timedelta(hours=1), 3).runs]
        [19, 20, 21]
    """
    groups = list(_groups(at, runs, min(every or _DAY, _interval(runs))))
    most = max((len(group) for _, group in groups), default=0)
    exponent, chosen = next(((exponent, group) for exponent, group in groups if len(group) >= least), (1.0, []))
    return Comparable(tuple(chosen), exponent, most)


def _groups(at: datetime, runs: Sequence[Run], interval: timedelta) -> Iterator[tuple[float, list[Run]]]:
    same_slot = [run for run in runs if _distance(run.at, at) < interval / 2] if interval < _DAY else list(runs)
    yield 1.0, [run for run in same_slot if run.at.weekday() == at.weekday()]
    alike = [run for run in same_slot if _is_weekend(run.at) == _is_weekend(at)]
    yield 1.0, alike
    yield (1.0 if alike else 2.0), same_slot
    if interval < _DAY:
        yield 2.0, [run for run in runs if _distance(run.at, at) <= 1.5 * interval and at - run.at >= _DAY - 2 * interval]


def _interval(runs: Sequence[Run]) -> timedelta:
    """Estimate the interval between batches by the median of the gaps; a day where there are too few."""
    times = sorted(run.at for run in runs)
    gaps = sorted(later - earlier for earlier, later in pairwise(times) if later > earlier)
    return max(gaps[len(gaps) // 2], timedelta(minutes=1)) if gaps else _DAY


def _distance(first: datetime, second: datetime) -> timedelta:
    """Return the distance of two times of day."""
    between = (first - second) % _DAY
    return min(between, _DAY - between)


def _is_weekend(at: datetime) -> bool:
    return (at - timedelta(microseconds=1)).weekday() >= _SATURDAY  # a batch of a day is dated at the day's end
