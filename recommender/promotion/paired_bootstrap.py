"""The change from one model to another with its chance, drawn over the same users."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from sluice.domain import MetricDifference

DRAWS = 2000
BLOCK = 250  # draws at a time
LOW, HIGH = 0.025, 0.975

Reals: TypeAlias = NDArray[np.float64]


def change(champion: Reals, challenger: Reals, *, seed: int = 0) -> MetricDifference:
    """How a metric changes from the champion to the challenger, with the 95 % interval of a paired bootstrap.

    The interval is of the ratio of the two sums. Users are drawn with replacement, as Poisson counts with mean 1 (Hanley and MacGibbon 2006), so that
    those for whom both models score 0, who change neither sum, need not be drawn.

    Args:
        champion: The metric of each user, shape (users,).
        challenger: The same users', shape (users,).
        seed: Decides the draws.
    """
    users = len(champion)
    before, after = (float(np.mean(values)) if users else 0.0 for values in (champion, challenger))
    if not before:
        return MetricDifference(users, before, after)
    told = (champion != 0) | (challenger != 0)
    both = np.stack([champion[told], challenger[told]], axis=1)
    rng = np.random.default_rng(seed)
    sums = np.concatenate([rng.poisson(1.0, (BLOCK, len(both))) @ both for _ in range(DRAWS // BLOCK)])
    drawn = sums[sums[:, 0] > 0]
    low, high = np.quantile(drawn[:, 1] / drawn[:, 0], [LOW, HIGH]) - 1 if len(drawn) else (-1.0, 0.0)
    return MetricDifference(users, before, after, after / before - 1, float(low), float(high))
