"""Gradient-boosted trees, one forest for clicks and one for purchases: the bar for the network, and what serves where it is better."""

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
LEAF = 100  # impressions in a leaf, fewer where there are few


@dataclass(frozen=True, slots=True, eq=False)
class Boosted:
    """Two forests of LightGBM over all impressions.

    Attributes:
        clicked: Of a click.
        bought: Of a purchase.
    """

    clicked: Booster
    bought: Booster

    @classmethod
    def fit(cls, examples: Examples, *, seed: int, log_metric: MetricLogger = discard_metric) -> Self:
        """Grow both."""
        return cls(_grown(examples, examples.clicked, seed), _grown(examples, examples.bought, seed))

    def log_odds(self, values: Floats) -> Floats:
        """Of a click and of a purchase; shape (2, n)."""
        return np.stack([np.asarray(each.predict(values, raw_score=True), np.float32) for each in (self.clicked, self.bought)])

    def contributions(self, values: Floats) -> tuple[Floats, Floats]:
        """SHAP values of the forest for purchases (TreeSHAP: Lundberg et al. 2020, exact); with their start they sum to its log-odds."""
        found = np.asarray(self.bought.predict(values, pred_contrib=True), np.float32)
        return found[:, :-1], found[:, -1]

    def to_arrays(self) -> Arrays:
        """Both forests as the text that LightGBM writes."""
        return {"clicked": _text(self.clicked), "bought": _text(self.bought)}

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> Self:
        """What `arrays` gave.

        Raises:
            ValueError: A text is no forest.
        """
        return cls(_booster(arrays["clicked"]), _booster(arrays["bought"]))


def _grown(examples: Examples, labels: Bools, seed: int) -> Booster:
    import lightgbm

    leaf = max(5, min(LEAF, len(examples) // 200))
    learned = lightgbm.Dataset(examples.table.values, labels.astype(np.float32), params={"verbosity": -1})
    return lightgbm.train({**SETTINGS, "min_data_in_leaf": leaf, "seed": seed}, learned, TREES)


def _text(booster: Booster) -> NDArray[np.uint8]:
    return np.frombuffer(booster.model_to_string().encode(), np.uint8)


def _booster(text: NDArray[Any]) -> Booster:
    import lightgbm

    try:
        return lightgbm.Booster(model_str=text.astype(np.uint8).tobytes().decode())
    except lightgbm.basic.LightGBMError as error:
        raise ValueError(f"the trees of the heads cannot be read: {error}") from error
