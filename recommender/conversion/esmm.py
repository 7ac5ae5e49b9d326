"""Clicks and purchases learned together over all impressions: the entire-space multi-task model.

A purchase needs a click, so the chance of both is pCTCVR = pCTR x pCVR. Learning pCTR and pCTCVR on every impression, and pCVR only through
their product, spares pCVR the bias of the few impressions that were clicked (Ma et al., "Entire Space Multi-Task Model", SIGIR 2018). Both
towers share a layer. The network is small: what it has learned is read with numpy alone.
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

FAR = 4.0  # standard deviations beyond which a feature counts no more
STEPS = 64  # of the path along which contributions are summed
LAYERS = ("shared", "click", "click_out", "purchase", "purchase_out")


@dataclass(frozen=True, slots=True, eq=False)
class Esmm:
    """The network.

    Attributes:
        mean: Of each feature, shape (features,).
        spread: Its standard deviation; infinite where it never varied.
        weights: Of each layer, by `<layer>.weight` (out, in) and `<layer>.bias` (out,).
    """

    mean: Floats
    spread: Floats
    weights: Arrays

    @classmethod
    def fit(cls, examples: Examples, *, seed: int, log_metric: MetricLogger = discard_metric) -> Self:
        """Learn; torch is imported here alone."""
        from recommender.conversion.esmm_network import learned

        mean, spread = examples.table.values.mean(axis=0), examples.table.values.std(axis=0)
        spread = np.where(spread > 1e-6, spread, np.inf).astype(np.float32)
        return cls(mean, spread, learned(_standard(examples.table.values, mean, spread), examples.clicked, examples.bought, seed, log_metric))

    def log_odds(self, values: Floats) -> Floats:
        """Of a click and of a purchase; shape (2, n)."""
        click, purchase = self._scores(_standard(values, self.mean, self.spread))
        return np.stack([click, _odds_of_both(click, purchase)]).astype(np.float32)

    def contributions(self, values: Floats) -> tuple[Floats, Floats]:
        """Integrated gradients (Sundararajan et al. 2017) from the mean impression; with their start they sum to the log-odds, nearly."""
        standard = _standard(values, self.mean, self.spread)
        steps = (np.arange(STEPS) + 0.5) / STEPS
        gradient = np.mean([self._gradient(standard * step) for step in steps], axis=0)
        start = _odds_of_both(*self._scores(np.zeros_like(standard)))
        return (standard * gradient).astype(np.float32), start.astype(np.float32)

    def to_arrays(self) -> Arrays:
        """Means, spreads and weights."""
        return {"mean": self.mean, "spread": np.where(np.isfinite(self.spread), self.spread, 0).astype(np.float32), **self.weights}

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> Self:
        """What `arrays` gave.

        Raises:
            KeyError, ValueError: The weights do not fit together.
        """
        weights = {f"{layer}.{part}": arrays[f"{layer}.{part}"] for layer in LAYERS for part in ("weight", "bias")}
        widths = [weights[f"{layer}.weight"].shape[1] for layer in LAYERS]
        made = [len(weights[f"{layer}.bias"]) for layer in LAYERS]
        if widths != [len(arrays["mean"]), made[0], made[1], made[0], made[3]] or len(arrays["spread"]) != len(arrays["mean"]):
            raise ValueError("the layers of the heads do not fit together")
        return cls(arrays["mean"], np.where(arrays["spread"] > 0, arrays["spread"], np.inf).astype(np.float32), weights)

    def _scores(self, standard: Floats) -> tuple[Floats, Floats]:
        """The log-odds of a click, and of a purchase given a click."""
        shared = _silu(self._layer("shared", standard))
        towers = (self._layer(f"{name}_out", _silu(self._layer(name, shared)))[:, 0] for name in ("click", "purchase"))
        return next(towers), next(towers)

    def _layer(self, name: str, values: Floats) -> Floats:
        found: Floats = values @ self.weights[f"{name}.weight"].T + self.weights[f"{name}.bias"]
        return found

    def _gradient(self, standard: Floats) -> NDArray[np.floating]:
        """Of the log-odds of a purchase by each feature, shape (n, features)."""
        before = self._layer("shared", standard)
        shared = _silu(before)
        scores = self._scores(standard)
        chance = np.exp(sum(log_expit(each) for each in scores))
        total = np.zeros_like(shared)
        for name, score in zip(("click", "purchase"), scores, strict=True):
            slope = _slope(self._layer(name, shared)) * self.weights[f"{name}_out.weight"]
            total += (expit(-score) / (1 - chance))[:, None] * (slope @ self.weights[f"{name}.weight"])
        found: NDArray[np.floating] = (total * _slope(before)) @ self.weights["shared.weight"]
        return found


def _standard(values: Floats, mean: Floats, spread: Floats) -> Floats:
    found: Floats = np.clip((values - mean) / spread, -FAR, FAR).astype(np.float32)
    return found


def _odds_of_both(click: Floats, purchase: Floats) -> NDArray[np.floating]:
    both = log_expit(click.astype(np.float64)) + log_expit(purchase.astype(np.float64))
    found: NDArray[np.floating] = both - np.log(-np.expm1(both))
    return found


def _silu(values: Floats) -> Floats:
    found: Floats = values * expit(values)
    return found


def _slope(values: Floats) -> Floats:
    part = expit(values)
    found: Floats = part * (1 + values * (1 - part))
    return found
