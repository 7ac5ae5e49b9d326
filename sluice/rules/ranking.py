"""Measure how well scores separate two groups."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def roc_auc(negatives: NDArray[np.floating], positives: NDArray[np.floating]) -> float:
    """Compute the area under the ROC curve: the probability that a positive scores above a negative; ties count half.

    Args:
        negatives: Scores, shape (n,).
        positives: Scores, shape (m,).

    Returns:
        The area, 0 to 1; 0 where either group is empty.

    Example:
        >>> import numpy as np
        >>> roc_auc(np.array([1.0, 3.0]), np.array([2.0, 4.0]))
        0.75
    """
    from scipy.stats import rankdata

    ranks = rankdata(np.concatenate([negatives, positives]))[len(negatives) :]
    return float((ranks.sum() - len(positives) * (len(positives) + 1) / 2) / max(len(negatives) * len(positives), 1))
