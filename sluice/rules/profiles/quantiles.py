"""Compare two samples of which the quantiles are known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sluice.domain import QUANTILES


@dataclass(frozen=True, slots=True)
class Split:
    """Hold the value at which two samples surely differ most.

    Attributes:
        value: The value.
        before: Share of the one sample that is less than the value, or up to it.
        after: Share of the other one.
    """

    value: float
    before: float
    after: float

    @property
    def distance(self) -> float:
        """Return the difference of the shares."""
        return abs(self.after - self.before)


def widest_split(before: Sequence[float], after: Sequence[float]) -> Split | None:
    """Return the value at which two samples surely differ most; None where their quantiles show no difference.

    Between two quantiles it is not known where values lie: the shares are those bounds that are nearest to each other. So the difference is at most the
    statistic of Kolmogorov and Smirnov, and at least that less the distance of two quantiles.

    Args:
        before: Quantiles of the one sample at the shares `QUANTILES`: the least value that the share of its values does not exceed.
        after: Those of the other one.

    Example:
        >>> numbers = [float(share * 100) for share in QUANTILES]
        >>> widest_split(numbers, numbers) is None
        True
        >>> widest_split(numbers, [number + 30 for number in numbers]).distance > 0.25
        True
    """
    splits = [*_splits(before, after), *(Split(split.value, split.after, split.before) for split in _splits(after, before))]
    return max(splits, key=lambda split: split.distance, default=None)


def _splits(lower: Sequence[float], upper: Sequence[float]) -> Iterator[Split]:
    """Yield the values up to which more of the first sample lies than of the second can."""
    for value, share in zip(lower, QUANTILES, strict=True):
        most = next((other for quantile, other in zip(upper, QUANTILES, strict=True) if quantile > value), 1.0)
        if share > most:
            yield Split(value, share, most)
