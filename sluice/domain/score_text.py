"""Write scores and guarded shares for people."""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal


def score_text(value: float) -> str:
    """Return a score with one decimal, truncated and not rounded: only a perfect score reads 100, and one below its limit reads below it.

    Args:
        value: A score from 0 to 100.

    Example:
        >>> score_text(100.0), score_text(99.96), score_text(64.1)
        ('100.0', '99.9', '64.1')
    """
    return str(Decimal(str(value)).quantize(Decimal("0.1"), rounding=ROUND_DOWN))


def whole_percent(share: float) -> int:
    """Return a share in per cent, truncated for the same reason.

    Args:
        share: A share from 0 to 1.

    Example:
        >>> whole_percent(1.0), whole_percent(0.997), whole_percent(0.29)
        (100, 99, 29)
    """
    return int(100 * Decimal(str(share)))


def truncate_share(share: float) -> float:
    """Return a share truncated to three decimals, so that it agrees with the per cent that sentences state.

    Args:
        share: A share from 0 to 1.

    Example:
        >>> truncate_share(1.0), truncate_share(0.2299), truncate_share(0.29)
        (1.0, 0.229, 0.29)
    """
    return float(Decimal(str(share)).quantize(Decimal("0.001"), rounding=ROUND_DOWN))
