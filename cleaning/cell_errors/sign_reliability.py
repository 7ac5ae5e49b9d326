"""Learn how often the signs of an error are right: what is known before there are labels, corrected by the labels of all columns and of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from cleaning.cell_errors.signs import SIGNS
from cleaning.cell_errors.table import Floats, Masks

PRIORS: Mapping[str, float] = {
    "missing_word": 0.8,
    "rarely_empty": 0.5,
    "encoding": 0.9,
    "unit": 0.8,
    "determined": 0.8,
    "near_duplicate": 0.7,
    "form": 0.6,
    "spelling": 0.6,
    "number": 0.4,
    "characters": 0.7,
    "dependency": 0.6,
    "sources": 0.8,
    "misplaced": 0.8,
}
"""How probably a cell with a sign is wrong, before there are labels."""

_GENERAL_WEIGHT, _PRIOR_WEIGHT = 2.0, 4.0  # labels of the column, and of all columns, that the more general estimate weighs as much as
_CLEAN_ROWS = 10.0  # labelled rows without a wrong cell in a column, which double the odds that a sign there is none
_MOST_WEIGHT = 0.75  # of a sign beside the model: one that is hardly reliable needs its support


@dataclass(frozen=True, eq=False)
class SignReliability:
    """Hold how often signs are right.

    Attributes:
        right: Probability that a cell with a sign is wrong (columns x signs, 0 to 1).
        labels: Labelled cells that show the sign (columns x signs).
    """

    right: Floats
    labels: Floats

    @classmethod
    def fit(cls, signs: Masks, wrong: Masks) -> SignReliability:
        """Learn from labelled cells.

        Args:
            signs: Signs of the labelled cells (rows x columns x signs).
            wrong: Whether each is wrong (rows x columns).
        """
        labels, hits = signs.sum(0).astype(np.float64), (signs & wrong[:, :, None]).sum(0).astype(np.float64)
        priors = np.array([PRIORS[name] for name in SIGNS])
        general = (hits.sum(0) + _PRIOR_WEIGHT * priors) / (labels.sum(0) + _PRIOR_WEIGHT)
        right = (hits + _GENERAL_WEIGHT * general) / (labels + _GENERAL_WEIGHT)
        doubt = np.where(wrong.any(0), 1.0, 1.0 + len(wrong) / _CLEAN_ROWS)[:, None]
        return cls(right / (right + (1 - right) * doubt), labels)

    def probabilities(self, signs: Masks) -> tuple[Floats, Floats]:
        """Return for each cell how probably it is wrong by its most reliable sign, and how much that counts beside a model (0 to 1; rows x columns).

        It counts less, the more labelled cells of the column show the sign: the model has seen them.

        Args:
            signs: Signs of the cells (rows x columns x signs).
        """
        right = np.where(signs, self.right, 0.0)
        best = right.argmax(2) if right.size else np.zeros(right.shape[:2], dtype=np.int64)
        columns = np.arange(right.shape[1])
        weight = _MOST_WEIGHT * _GENERAL_WEIGHT / (self.labels[columns, best] + _GENERAL_WEIGHT)
        return right.max(2, initial=0.0), np.where(signs.any(2), weight, 0.0)
