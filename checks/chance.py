"""Compute how probable it is that a share fell by chance alone."""

from __future__ import annotations

from math import exp, lgamma

_NEGLIGIBLE = 1e-9  # of the sum: further terms, each smaller than the one before, do not change it


def chance_of_fewer(now: int, rows: int, before: int, rows_before: int) -> float:
    """Return the chance that so few cells are filled, or fewer, if nothing changed: Fisher's exact test, one-sided.

    Args:
        now: Filled cells.
        rows: Rows they are of.
        before: Filled cells of the table before.
        rows_before: Its rows.

    Example:
        >>> chance_of_fewer(8, 672, 10, 651) > 0.3, chance_of_fewer(80, 100, 100, 100) < 1e-5
        (True, True)
    """
    filled, total = now + before, rows + rows_before
    if now * rows_before >= before * rows:
        return 1.0
    least = max(0, filled - rows_before)
    chance = 0.0
    for count in range(now, least - 1, -1):
        term = exp(_log_choose(filled, count) + _log_choose(total - filled, rows - count) - _log_choose(total, rows))
        chance += term
        if term <= _NEGLIGIBLE * chance:
            break
    return min(chance, 1.0)


def _log_choose(total: int, chosen: int) -> float:
    return lgamma(total + 1) - lgamma(chosen + 1) - lgamma(total - chosen + 1)
