"""Estimate limits that right data of another day stays within, from a sample of n rows."""

from __future__ import annotations

import math
from dataclasses import dataclass

_CONFIDENCE = 0.95


def rule_of_three(rows: int) -> float:
    """Return the 95 % upper bound of the share of exceptions where `rows` rows show none.

    Source: Hanley and Lippman-Hand, "If nothing goes wrong, is everything all right?", JAMA 249 (1983).

    Example:
        >>> rule_of_three(300)
        0.01
    """
    return min(1.0, 3 / rows) if rows else 1.0


def exception_bound(exceptions: int, rows: int) -> float:
    """Return an upper bound of the share of exceptions, at about 95 % for independent rows.

    For no exception it is the rule of three; otherwise the Poisson count's bound `k + 3 + 2 sqrt(k)`, by the square-root
    transformation of Anscombe, Biometrika 35 (1948), is divided by the rows.

    Example:
        >>> exception_bound(4, 1100)
        0.01
    """
    return min(1.0, (exceptions + 3 + 2 * math.sqrt(exceptions)) / rows) if rows else 1.0


def tolerance_coverage(rows: int) -> float:
    """Return the share of the population that lies between the least and the greatest of `rows` values, with 95 % confidence.

    The interval is free of any distribution; the share p solves `n p^(n-1) - (n-1) p^n = 0.05`.
    Source: Wilks, "Determination of sample sizes for setting tolerance limits", Annals of Mathematical Statistics 12 (1941).

    Example:
        >>> round(tolerance_coverage(93), 3), round(tolerance_coverage(473), 3)
        (0.95, 0.99)
    """
    if rows < 2:
        return 0.0
    low, high = 0.0, 1.0
    for _ in range(50):
        share = (low + high) / 2
        exceeded = rows * share ** (rows - 1) - (rows - 1) * share**rows > 1 - _CONFIDENCE
        low, high = (low, share) if exceeded else (share, high)
    return low


def chance_of_new_value(singletons: int, rows: int) -> float:
    """Bound the chance that the next row has a value that no row had: Good-Turing, with the bound of a count.

    The estimate is the share of rows whose value occurs once. Source: Good, "The population frequencies of species and the
    estimation of population parameters", Biometrika 40 (1953).

    Example:
        >>> chance_of_new_value(0, 600)
        0.005
    """
    return exception_bound(singletons, rows)


@dataclass(frozen=True, slots=True)
class Range:
    """Hold limits of a number."""

    low: float
    high: float


def widened(low: float, high: float, rows: int) -> Range:
    """Widen the range of a sample's core; the margin shrinks as the covered share grows, and is never zero.

    The margin is a factor where numbers are positive, a difference otherwise: amounts are skewed, and a factor is what a wrong unit changes.
    A margin is as wide as the core, twice as wide where the sample is small; never less than a factor of 3 (or a difference of 1 and as
    much as the greatest number), and never more than a factor of 10, of 32 where the sample is small.

    Args:
        low: Low end of the core.
        high: High end of the core, not below `low`.
        rows: Number of values.

    Example:
        >>> widened(4.9, 4.9, 75).low < 1 < 9.9 < widened(4.9, 4.9, 75).high
        True
    """
    factor = 1 + min(1.0, (1 - tolerance_coverage(rows)) / 0.05)  # 1 where the extremes cover nearly all, 2 where they cover 95 % or less
    if low > 0:
        margin = min(factor * max(math.log(high / low), math.log(3)), math.log(10) * (1 + factor) / 2)
        return Range(low * math.exp(-margin), high * math.exp(margin))
    margin = factor * max(high - low, 1.0, abs(low), abs(high))
    return Range(low - margin, high + margin)
