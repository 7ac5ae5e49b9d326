"""Learn clicks and purchases together over all impressions: the entire-space multi-task model.

A purchase needs a click, so the probability of both is pCTCVR = pCTR x pCVR. Learning pCTR and pCTCVR on every impression, and pCVR only through
their product, avoids the selection bias of pCVR on the few clicked impressions (Ma et al., "Entire Space Multi-Task Model", SIGIR 2018). Both
towers share a layer. The network is small: numpy alone is enough for inference.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, log_expit

from recommender.conversion.scorer import Examples
from recommender.data.sequences import Floats
from recommender.data.training_data import MetricLogger, discard_metric
from recommender.ranker import Arrays

MAX_DEVIATION = 4.0  # standard deviations to which a feature is clipped
STEPS = 64  # of the integration path of contributions
LAYERS = ("shared", "click", "click_out", "purchase", "purchase_out")


@dataclass(frozen=True, slots=True, eq=False)
class Esmm:
    """Hold the trained network.

    Attributes:
        mean: Of each feature, shape (features,).
        std: Its standard deviation; infinite where it never varied.
        weights: Of each layer, by `<layer>.weight` (out, in) and `<layer>.bias` (out,).
    """

    mean: Floats
    std: Floats
    weights: Arrays

    @classmethod
    def fit(cls, examples: Examples, *, seed: int, log_metric: MetricLogger = discard_metric) -> Self:
        """Train; only this method imports torch."""
        from recommender.conversion.esmm_network import train_network

        values = examples.features.values
        mean, deviation = values.mean(axis=0), values.std(axis=0)
        std = np.where(deviation > 1e-6, deviation, np.inf).astype(np.float32)
        return cls(mean, std, train_network(_standardise(values, mean, std), examples.clicks, examples.purchases, seed, log_metric))

    def log_odds(self, values: Floats) -> Floats:
        """Predict the log-odds of a click and of a purchase; shape (2, n)."""
        click, purchase = self._logits(_standardise(values, self.mean, self.std))
        return np.stack([click, _joint_log_odds(click, purchase)]).astype(np.float32)

    def contributions(self, values: Floats) -> tuple[Floats, Floats]:
        """Compute integrated gradients (Sundararajan et al. 2017) from the mean impression, and the base value; they nearly sum to the log-odds."""
        standard = _standardise(values, self.mean, self.std)
        steps = (np.arange(STEPS) + 0.5) / STEPS
        gradient = np.mean([self._gradient(standard * step) for step in steps], axis=0)
        base_value = _joint_log_odds(*self._logits(np.zeros_like(standard)))
        return (standard * gradient).astype(np.float32), base_value.astype(np.float32)

    def to_arrays(self) -> Arrays:
        """Return means, standard deviations and weights."""
        return {"mean": self.mean, "spread": np.where(np.isfinite(self.std), self.std, 0).astype(np.float32), **self.weights}

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> Self:
        """Restore from `to_arrays`.

        Raises:
            KeyError, ValueError: The weights do not fit together.
        """
        weights = {f"{layer}.{part}": arrays[f"{layer}.{part}"] for layer in LAYERS for part in ("weight", "bias")}
        inputs = [weights[f"{layer}.weight"].shape[1] for layer in LAYERS]
        outputs = [len(weights[f"{layer}.bias"]) for layer in LAYERS]
        if inputs != [len(arrays["mean"]), outputs[0], outputs[1], outputs[0], outputs[3]] or len(arrays["spread"]) != len(arrays["mean"]):
            raise ValueError("the layers of the conversion model do not fit together")
        return cls(arrays["mean"], np.where(arrays["spread"] > 0, arrays["spread"], np.inf).astype(np.float32), weights)

    def _logits(self, standard: Floats) -> tuple[Floats, Floats]:
        """Compute the log-odds of a click, and of a purchase given a click."""
        shared = _silu(self._layer("shared", standard))
        towers = (self._layer(f"{name}_out", _silu(self._layer(name, shared)))[:, 0] for name in ("click", "purchase"))
        return next(towers), next(towers)

    def _layer(self, name: str, values: Floats) -> Floats:
        outputs: Floats = values @ self.weights[f"{name}.weight"].T + self.weights[f"{name}.bias"]
        return outputs

    def _gradient(self, standard: Floats) -> NDArray[np.floating]:
        """Compute the gradient of the log-odds of a purchase by each feature, shape (n, features)."""
        before = self._layer("shared", standard)
        shared = _silu(before)
        logits = self._logits(standard)
        probability = np.exp(sum(log_expit(logit) for logit in logits))
        total = np.zeros_like(shared)
        for name, logit in zip(("click", "purchase"), logits, strict=True):
            slope = _silu_derivative(self._layer(name, shared)) * self.weights[f"{name}_out.weight"]
            total += (expit(-logit) / (1 - probability))[:, None] * (slope @ self.weights[f"{name}.weight"])
        gradient: NDArray[np.floating] = (total * _silu_derivative(before)) @ self.weights["shared.weight"]
        return gradient


def _standardise(values: Floats, mean: Floats, std: Floats) -> Floats:
    standard: Floats = np.clip((values - mean) / std, -MAX_DEVIATION, MAX_DEVIATION).astype(np.float32)
    return standard


def _joint_log_odds(click: Floats, purchase: Floats) -> NDArray[np.floating]:
    both = log_expit(click.astype(np.float64)) + log_expit(purchase.astype(np.float64))
    odds: NDArray[np.floating] = both - np.log(-np.expm1(both))
    return odds


def _silu(values: Floats) -> Floats:
    activation: Floats = values * expit(values)
    return activation


def _silu_derivative(values: Floats) -> Floats:
    sigmoid = expit(values)
    derivative: Floats = sigmoid * (1 + values * (1 - sigmoid))
    return derivative
