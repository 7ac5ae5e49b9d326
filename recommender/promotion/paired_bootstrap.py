"""Estimate the difference between two models by a paired bootstrap over the same users."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from sluice.domain import MetricDifference

DRAWS = 2000
BLOCK = 250  # draws at a time
LOW, HIGH = 0.025, 0.975

Reals: TypeAlias = NDArray[np.float64]


def paired_difference(champion: Reals, challenger: Reals, *, seed: int = 0) -> MetricDifference:
    """Compute how a metric changes from champion to challenger, with the 95 % interval of a paired bootstrap.

    The interval is of the ratio of the two sums. Users are drawn with replacement, as Poisson counts with mean 1 (Hanley and MacGibbon 2006), so
    users for whom both models score 0, who change neither sum, are not drawn.

    Args:
        champion: The metric of each user, shape (users,).
        challenger: The same users', shape (users,).
        seed: Decides the draws.

    Example:
        >>> import numpy as np
        >>> difference = paired_difference(np.array([1.0, 1.0, 0.0, 0.0]), np.array([1.0, 1.0, 1.0, 0.0]))
        >>> difference.users, difference.change
        (4, 0.5)
    """
    users = len(champion)
    before, after = (float(np.mean(values)) if users else 0.0 for values in (champion, challenger))
    if not before:
        return MetricDifference(users, before, after)
    nonzero = (champion != 0) | (challenger != 0)
    both = np.stack([champion[nonzero], challenger[nonzero]], axis=1)
    rng = np.random.default_rng(seed)
    sums = np.concatenate([rng.poisson(1.0, (BLOCK, len(both))) @ both for _ in range(DRAWS // BLOCK)])
    sums = sums[sums[:, 0] > 0]
    low, high = np.quantile(sums[:, 1] / sums[:, 0], [LOW, HIGH]) - 1 if len(sums) else (-1.0, 0.0)
    return MetricDifference(users, before, after, after / before - 1, float(low), float(high))
