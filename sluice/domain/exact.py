"""Convert decimal numbers to floats only where nothing that was written is lost."""

from __future__ import annotations

import math
from decimal import Decimal

FLOAT_DIGITS = 17  # significant digits with which programs print a float so that it is read back
MAX_WHOLE = 2**53  # beyond it, not every whole number has a float


def exact_float(value: Decimal) -> float | None:
    """Return the float of a decimal number; None where it is infinite, or where another number would be read back.

    A fraction with 17 significant digits or more is a printed float: the nearest float is what was printed.

    Example:
        >>> exact_float(Decimal("12345678901.25")), exact_float(Decimal("9007199254740993")), exact_float(Decimal("1e400"))
        (12345678901.25, None, None)
    """
    number = float(value) if value.is_finite() else math.inf
    if not math.isfinite(number):
        return None
    is_printed_float = abs(number) < MAX_WHOLE and value % 1 != 0 and len(value.as_tuple().digits) >= FLOAT_DIGITS
    return number if is_printed_float or Decimal(repr(number)) == value else None
