"""Define what scores the features of pairs: the network or the trees, behind one protocol."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from recommender.conversion.pair_features import FeatureTable
from recommender.data.sequences import Bools, Floats
from recommender.ranker import Arrays


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Hold impressions with the features known before them and their outcomes.

    Attributes:
        features: Shape (n, features).
        clicks: Shape (n,); true wherever `purchases` is.
        purchases: Shape (n,).
    """

    features: FeatureTable
    clicks: Bools
    purchases: Bools

    def __len__(self) -> int:
        """Count the examples."""
        return len(self.purchases)


class Scorer(Protocol):
    """Predict outcomes of impressions from features. Trained, and deterministic."""

    def log_odds(self, values: Floats) -> Floats:
        """Predict the log-odds of a click and of a purchase, before calibration; shape (2, n)."""
        ...

    def contributions(self, values: Floats) -> tuple[Floats, Floats]:
        """Compute what each feature adds to the log-odds of a purchase, shape (n, features), and the base value, shape (n,)."""
        ...

    def to_arrays(self) -> Arrays:
        """Return all learned parameters."""
        ...


def concat_examples(first: Examples, second: Examples) -> Examples:
    """Concatenate examples."""
    values = np.concatenate([first.features.values, second.features.values])
    clicks, purchases = np.concatenate([first.clicks, second.clicks]), np.concatenate([first.purchases, second.purchases])
    return Examples(FeatureTable(first.features.names, values), clicks, purchases)


def count_outcomes(examples: Examples) -> Mapping[str, int]:
    """Count impressions, clicks and purchases."""
    return {"impressions": len(examples), "clicks": int(examples.clicks.sum()), "purchases": int(examples.purchases.sum())}
