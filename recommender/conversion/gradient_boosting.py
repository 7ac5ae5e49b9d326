"""Predict clicks and purchases by gradient-boosted trees: the baseline for the network, and the model that serves where it is better."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from recommender.conversion.scorer import Examples
from recommender.data.sequences import Bools, Floats
from recommender.data.training_data import MetricLogger, discard_metric
from recommender.ranker import Arrays

if TYPE_CHECKING:
    from lightgbm import Booster

TREES = 300
SETTINGS = {
    "objective": "binary",
    "learning_rate": 0.03,
    "num_leaves": 8,
    "lambda_l2": 10.0,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
}
MAX_LEAF = 100  # impressions per leaf, fewer where there are few


@dataclass(frozen=True, slots=True, eq=False)
class GradientBoosting:
    """Hold two LightGBM forests, each trained on all impressions.

    Attributes:
        click: Of a click.
        purchase: Of a purchase.
    """

    click: Booster
    purchase: Booster

    @classmethod
    def fit(cls, examples: Examples, *, seed: int, log_metric: MetricLogger = discard_metric) -> Self:
        """Train both forests."""
        return cls(_train(examples, examples.clicks, seed), _train(examples, examples.purchases, seed))

    def log_odds(self, values: Floats) -> Floats:
        """Predict the log-odds of a click and of a purchase; shape (2, n)."""
        return np.stack([np.asarray(forest.predict(values, raw_score=True), np.float32) for forest in (self.click, self.purchase)])

    def contributions(self, values: Floats) -> tuple[Floats, Floats]:
        """Compute SHAP values of the purchase forest (TreeSHAP: Lundberg et al. 2020, exact), and the base value; they sum to the log-odds."""
        shap = np.asarray(self.purchase.predict(values, pred_contrib=True), np.float32)
        return shap[:, :-1], shap[:, -1]

    def to_arrays(self) -> Arrays:
        """Return both forests in LightGBM's text format."""
        return {"clicked": _to_bytes(self.click), "bought": _to_bytes(self.purchase)}

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> Self:
        """Restore from `to_arrays`.

        Raises:
            ValueError: A text is no forest.
        """
        return cls(_from_bytes(arrays["clicked"]), _from_bytes(arrays["bought"]))


def _train(examples: Examples, labels: Bools, seed: int) -> Booster:
    import lightgbm

    leaf = max(5, min(MAX_LEAF, len(examples) // 200))
    data = lightgbm.Dataset(examples.features.values, labels.astype(np.float32), params={"verbosity": -1})
    return lightgbm.train({**SETTINGS, "min_data_in_leaf": leaf, "seed": seed}, data, TREES)


def _to_bytes(booster: Booster) -> NDArray[np.uint8]:
    return np.frombuffer(booster.model_to_string().encode(), np.uint8)


def _from_bytes(text: NDArray[Any]) -> Booster:
    import lightgbm

    try:
        return lightgbm.Booster(model_str=text.astype(np.uint8).tobytes().decode())
    except lightgbm.basic.LightGBMError as error:
        raise ValueError(f"the trees of the conversion model cannot be read: {error}") from error
