"""Measure how far two distributions differ, and whether chance explains it."""

from __future__ import annotations

import math
from collections.abc import Sequence

_PRIOR = 0.5  # rows that each share is given beforehand, so that a share of 0 has a logarithm


def stability_index(before: Sequence[float], after: Sequence[float]) -> float:
    """Return the population stability index of counts by category: `sum((q - p) * log(q / p))` over their shares `p` and `q`.

    By a rule of thumb less than 0.1 is a small change, and 0.25 or more a large one (Siddiqi 2006, "Credit Risk Scorecards"; Yurdakul and Naranjo 2020,
    "Statistical properties of the population stability index", Journal of Risk Model Validation 14). Half a row is added to each count.

    Args:
        before: Number of rows in each category.
        after: Likewise, in the same order.

    Example:
        >>> round(stability_index([500, 500], [500, 500]), 3), round(stability_index([900, 100], [700, 300]), 2)
        (0.0, 0.27)
    """
    first, second = ([count + _PRIOR for count in counts] for counts in (before, after))
    shares = [(one / sum(first), other / sum(second)) for one, other in zip(first, second, strict=True)]
    return sum((other - one) * math.log(other / one) for one, other in shares)


def chance_of_counts(before: Sequence[float], after: Sequence[float]) -> float:
    """Return the probability that counts of one distribution differ so much: the G-test of homogeneity, of two categories a test of two proportions.

    The chi-squared distribution is approximated by Wilson and Hilferty (1931), "The distribution of chi-square", PNAS 17.

    Args:
        before: Number of rows in each category; those of few rows are best merged.
        after: Likewise, in the same order.

    Example:
        >>> chance_of_counts([500, 500], [510, 490]) > 0.5, chance_of_counts([900, 100], [700, 300]) < 1e-9
        (True, True)
    """
    pairs = [pair for pair in zip(before, after, strict=True) if sum(pair)]
    totals = [sum(counts) for counts in (before, after)]
    if len(pairs) < 2 or not all(totals):  # of one category all rows are in it
        return 1.0
    statistic = 0.0
    for pair in pairs:
        for count, total in zip(pair, totals, strict=True):
            expected = sum(pair) * total / sum(totals)
            statistic += 2 * count * math.log(count / expected) if count else 0.0
    freedom = len(pairs) - 1
    if freedom == 1:
        return math.erfc(math.sqrt(max(statistic, 0.0) / 2))
    variance = 2 / (9 * freedom)
    return 0.5 * math.erfc(((max(statistic, 0.0) / freedom) ** (1 / 3) - (1 - variance)) / math.sqrt(2 * variance))


def chance_of_distance(distance: float, before: int, after: int) -> float:
    """Return the probability that two samples of one distribution differ so much in the share of values up to some value.

    This is the two-sample test of Kolmogorov and Smirnov in its asymptotic form (Stephens 1970, JRSS B 32); where values repeat, the probability is lower.

    Args:
        distance: Largest difference of the shares.
        before: Number of values.
        after: Number of values.

    Example:
        >>> chance_of_distance(0.01, 1000, 1000) > 0.9, chance_of_distance(0.2, 1000, 1000) < 1e-9
        (True, True)
    """
    if not before or not after:
        return 1.0
    root = math.sqrt(before * after / (before + after))
    scaled = (root + 0.12 + 0.11 / root) * distance
    if scaled < 0.3:  # the series does not converge there, and the probability is 1 to nine digits
        return 1.0
    terms = ((2.0 if step % 2 else -2.0) * math.exp(-2 * step**2 * scaled**2) for step in range(1, 101))
    return min(max(sum(terms), 0.0), 1.0)
