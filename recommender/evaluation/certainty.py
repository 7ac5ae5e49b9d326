"""Decide whether a gain on the same rows is more than chance."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

CERTAIN = 1.645  # standard errors by which a gain must exceed 0: 95 %, one-sided


def exceeds(before: NDArray[Any], after: NDArray[Any]) -> bool:
    """Return whether a metric of the same users or rows is higher by more than chance.

    Example:
        >>> exceeds(np.zeros(100), np.tile([0.0, 1.0], 50)), exceeds(np.zeros(100), np.zeros(100))
        (True, False)
    """
    difference = after - before
    error = float(difference.std(ddof=1)) / np.sqrt(len(difference)) if len(difference) > 1 else np.inf
    return bool(difference.mean() > CERTAIN * error)
