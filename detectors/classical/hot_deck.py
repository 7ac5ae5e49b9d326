"""Impute features that a row lacks from the accepted row that is nearest in all others.

Source: hot-deck imputation (Andridge, Little: A review of hot deck imputation for survey non-response. International Statistical Review
78(1), 2010), with one donor.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

CHUNK = 256  # rows compared at once


def impute_from_nearest(features: NDArray[np.float32], lacking: NDArray[np.bool_], accepted: NDArray[np.floating]) -> NDArray[np.float32]:
    """Impute missing features, [rows, features]; each row by itself.

    Args:
        features: Of the rows.
        lacking: [rows, features]: what is to be filled in.
        accepted: [donors, features], at least one.
    """
    imputed = features.copy()
    for start in range(0, len(features), CHUNK):
        part = slice(start, start + CHUNK)
        donors = accepted[_nearest(features[part], lacking[part], accepted)]
        imputed[part] = np.where(lacking[part], donors, features[part])
    return imputed


def _nearest(features: NDArray[np.float32], lacking: NDArray[np.bool_], accepted: NDArray[np.floating]) -> NDArray[np.int64]:
    """Return the position of each row's donor; feature by feature, so that sums do not depend on the other rows."""
    distances = np.zeros((len(features), len(accepted)))
    for i in range(features.shape[1]):
        distances += np.where(lacking[:, i, None], 0.0, np.square(features[:, i, None] - accepted[:, i]))
    return np.asarray(distances.argmin(axis=1))
