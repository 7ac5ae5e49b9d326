"""Compare the profiles of two batches, and rank what moved in their columns.

A column varies by chance alone. What is named has moved by more: over all that is compared, chance names something in one comparison of a hundred. Ranked is by
the population stability index of the two shares, or of several, that differ most.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, TypeAlias

from sluice.domain import BatchProfile, ColumnProfile, Message
from sluice.rules.profiles.divergence import chance_of_counts, chance_of_distance, stability_index
from sluice.rules.profiles.quantiles import Split, widest_split
from sluice.rules.profiles.rounding import round_number
from sluice.rules.profiles.shares import Frequencies, ShareMove, common_counts, share_moves

Aspect: TypeAlias = Literal["nulls", "empty", "distinct", "values", "quantiles", "lengths", "patterns"]

MAX_CHANCE = 0.01
"""Probability that chance names anything, over all columns and aspects of a comparison."""

MIN_INDEX = 0.01
"""Least stability index of what is named: a smaller difference matters to nobody, however sure it is."""

_CODES: Mapping[Aspect, str] = {
    "nulls": "profile_nulls",
    "empty": "profile_empty",
    "distinct": "profile_distinct",
    "values": "profile_values",
    "quantiles": "profile_quantiles",
    "lengths": "profile_lengths",
    "patterns": "profile_patterns",
}
_LISTED = 20  # top values of a profile
_PATTERNS = 10
_RARE = 0.01  # share of the texts below which a pattern is not listed
_DEVIATIONS = 4.0
_LEAST_RATIO = 1.1  # of two numbers of distinct values


@dataclass(frozen=True, slots=True)
class Move:
    """Hold what moved in a column.

    Attributes:
        column: Name of the column.
        aspect: What of it moved.
        index: Population stability index.
        message: What was observed before and after; no value of a cell.
        shares: Of values and patterns, how those moved that moved most.
    """

    column: str
    aspect: Aspect
    index: float
    message: Message
    shares: tuple[ShareMove, ...] = ()


def compare_profiles(before: BatchProfile, after: BatchProfile) -> list[Move]:
    """Return what moved between two batches, what moved most first.

    Args:
        before: Profile of the one batch.
        after: Profile of the other one.
    """
    names = [column.column for column in after.columns]
    pairs = [(former, column) for column in after.columns if (former := before.column(column.column)) and former.type == column.type]
    limit = MAX_CHANCE / (len(_CODES) * max(len(names), 1))
    moves = [move for pair in pairs for move in _moves(*pair, (before.at, after.at), limit) if move.index >= MIN_INDEX]
    return sorted(moves, key=lambda move: (-move.index, names.index(move.column), move.aspect))


def _moves(before: ColumnProfile, after: ColumnProfile, ends: tuple[datetime, datetime], limit: float) -> Iterator[Move]:
    """Yield what moved in a column by more than chance."""
    if not before.rows or not after.rows:
        return
    yield from _proportion(before.column, "nulls", (before.nulls, before.rows), (after.nulls, after.rows), limit)
    if not before.filled or not after.filled:
        return
    yield from _proportion(before.column, "empty", (before.empty, before.filled), (after.empty, after.filled), limit)
    yield from _distinct(before, after)
    if before.type not in ("date", "timestamp"):  # of each day there are others
        first, second = _values(before), _values(after)
        if before.type != "string" or not _name_passing_things(first, second):
            yield from _frequencies(before.column, "values", first, second, limit)
    yield from _frequencies(before.column, "patterns", _patterns(before), _patterns(after), limit)
    yield from _numbers(before, after, ends, limit)
    if before.lengths and after.lengths:
        split = _sure_split(before.lengths.quantiles, after.lengths.quantiles, before.sampled, after.sampled, limit)
        if split:
            yield Move(before.column, "lengths", _index(split, before.sampled, after.sampled), _split_message("lengths", split, split.value))


def _proportion(column: str, aspect: Literal["nulls", "empty"], before: tuple[int, int], after: tuple[int, int], limit: float) -> Iterator[Move]:
    first, second = ([count, total - count] for count, total in (before, after))
    if chance_of_counts(first, second) < limit:
        message = Message.of(_CODES[aspect], before=before[0] / before[1], after=after[0] / after[1])
        yield Move(column, aspect, stability_index(first, second), message)


def _distinct(before: ColumnProfile, after: ColumnProfile) -> Iterator[Move]:
    """Compare the numbers of distinct values, which grow with the rows, but more slowly.

    So a change counts where their number and their share both rise or both fall. Of rows of one distribution, the variance of the number is at most the
    expected number of values that are there once (Efron and Stein 1981, "The jackknife estimate of variance", Annals of Statistics 9), and so at most itself.
    """
    numbers, rows = (before.distinct, after.distinct), (before.filled, after.filled)
    rise, share_rise = numbers[1] - numbers[0], numbers[1] / rows[1] - numbers[0] / rows[0]
    variances = [one.distinct + (one.distinct * one.distinct_error) ** 2 for one in (before, after)]
    share_variances = (variance / total**2 for variance, total in zip(variances, rows, strict=True))
    sure = abs(rise) > _DEVIATIONS * math.sqrt(sum(variances)) and abs(share_rise) > _DEVIATIONS * math.sqrt(sum(share_variances))
    if sure and rise * share_rise > 0 and max(numbers) >= _LEAST_RATIO * min(numbers):
        first, second = ([min(number, total), max(total - number, 0)] for number, total in zip(numbers, rows, strict=True))
        yield Move(before.column, "distinct", stability_index(first, second), Message.of(_CODES["distinct"], before=numbers[0], after=numbers[1]))


def _values(profile: ColumnProfile) -> Frequencies:
    listed = [count for _, count in profile.top]
    basis = profile.filled if profile.top_exact else profile.sampled
    scale = basis / profile.filled
    unlisted = listed[-1] * scale if len(listed) >= _LISTED else 0.0 if profile.top_exact else 1.0
    return Frequencies(profile.top, profile.filled, basis, unlisted)


def _name_passing_things(before: Frequencies, after: Frequencies) -> bool:
    """Return True where no frequent value is in both batches, and there are many others: they name single things, such as sessions, which pass."""
    return before.unlisted > 0 and after.unlisted > 0 and not {value for value, _ in before.entries} & {value for value, _ in after.entries}


def _patterns(profile: ColumnProfile) -> Frequencies:
    listed = [count for _, count in profile.patterns]
    unlisted = listed[-1] if len(listed) >= _PATTERNS else min(_RARE * profile.sampled, max(profile.sampled - sum(listed), 0))
    return Frequencies(profile.patterns, profile.sampled, profile.sampled, unlisted)


def _frequencies(column: str, aspect: Literal["values", "patterns"], before: Frequencies, after: Frequencies, limit: float) -> Iterator[Move]:
    values, first, second = common_counts(before, after)
    if values and chance_of_counts(first, second) < limit:
        moves = share_moves(before, after, values)
        yield Move(column, aspect, stability_index(first, second), Message.of(_CODES[aspect], values=len(moves)), tuple(moves[:_PATTERNS]))


def _numbers(before: ColumnProfile, after: ColumnProfile, ends: tuple[datetime, datetime], limit: float) -> Iterator[Move]:
    """Compare numbers, and times both as they are and by their distance to the end of the batch: what passes with the days has not moved."""
    shifts = [(0.0, 0.0)] + ([(ends[0].timestamp(), ends[1].timestamp())] if before.type in ("date", "timestamp") else [])
    quantiles = [read_quantiles(one) for one in (before, after)]
    splits = [
        _sure_split([number - shift[0] for number in quantiles[0]], [number - shift[1] for number in quantiles[1]], before.sampled, after.sampled, limit)
        for shift in shifts
    ]
    sure = [split for split in splits if split]
    if len(sure) == len(shifts):
        index = min(_index(split, before.sampled, after.sampled) for split in sure)
        value = round_number(sure[0].value) if len(shifts) == 1 else datetime.fromtimestamp(sure[0].value, UTC).isoformat(timespec="minutes")
        yield Move(before.column, "quantiles", index, _split_message("quantiles", sure[0], value))


def read_quantiles(profile: ColumnProfile) -> list[float]:
    """Return the quantiles of numbers as such, and of times in seconds; none where one of them was erased.

    Args:
        profile: Profile of a column.

    Example:
        >>> read_quantiles(ColumnProfile("day", "date", 1, 0, 0, 1, quantiles=("1970-01-02",)))
        [86400.0]
    """
    try:
        if profile.type in ("date", "timestamp"):
            moments = [datetime.fromisoformat(text) for text in profile.quantiles]
            return [(moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() for moment in moments]
        return [float(text) for text in profile.quantiles]
    except ValueError:
        return []


def _sure_split(before: Sequence[float], after: Sequence[float], rows_before: int, rows_after: int, limit: float) -> Split | None:
    split = widest_split(before, after) if before and after else None
    return split if split and chance_of_distance(split.distance, rows_before, rows_after) < limit else None


def _index(split: Split, before: int, after: int) -> float:
    first, second = ([share * rows, (1 - share) * rows] for share, rows in ((split.before, before), (split.after, after)))
    return stability_index(first, second)


def _split_message(aspect: Literal["quantiles", "lengths"], split: Split, value: float | str) -> Message:
    return Message.of(_CODES[aspect], value=value, before=split.before, after=split.after)
