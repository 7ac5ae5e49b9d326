"""Round the figures of a profile for people: a mean of 200 prices has no sixteen digits to read."""

from __future__ import annotations

from datetime import datetime

from sluice.domain import ColumnProfile

DIGITS = 6
_WHOLE, _LARGE = 10.0 ** (DIGITS - 1), 1e15  # between them all whole digits are written, and none behind the point


def round_number(number: float) -> str:
    """Return a number to six significant digits; a large one to a whole number, and a very large one with its power of ten.

    Example:
        >>> [round_number(number) for number in (227.2890476190476, 1234567.8, 0.1 + 0.2, 5.0)]
        ['227.289', '1234568', '0.3', '5']
    """
    return f"{number:.0f}" if _WHOLE <= abs(number) < _LARGE else f"{number:.{DIGITS}g}"


def round_mean(profile: ColumnProfile) -> str | None:
    """Return the mean of a column: of numbers to six digits, of times to the second, as it is where it was erased.

    Args:
        profile: Profile of a column.

    Example:
        >>> round_mean(ColumnProfile("price", "number", 3, 0, 0, 3, mean="227.2890476190476"))
        '227.289'
    """
    mean = profile.mean
    try:
        if mean is None or profile.type == "date":
            return mean
        return datetime.fromisoformat(mean).isoformat(timespec="seconds") if profile.type == "timestamp" else round_number(float(mean))
    except ValueError:
        return mean
