"""Fit the cost curve: what a quality score costs, with a confidence band."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save
from scipy.optimize import isotonic_regression

from sluice.domain import Cost, Curve, Probe

DRAWS = 400
BAND = (0.025, 0.975)
INTERVAL_WIDTH = 3.92  # standard deviations from one end of a 95 % interval to the other

Reals: TypeAlias = NDArray[np.float64]


def fit_cost_curve(dataset: str, probes: Sequence[Probe], *, seed: int = 0) -> Curve:
    """Fit the cost as a decreasing function of the score (isotonic regression, Barlow and others 1972), with a bootstrap band.

    The bootstrap resamples kinds of faults, not single probes, since the next fault is of a kind that was never injected. Each resampled cost
    also gets the noise of its own measurement.

    Args:
        dataset: The dataset whose batches were made faulty.
        probes: The measurements; at least one.
        seed: Decides the draws.

    Example:
        >>> from sluice.domain import Probe
        >>> probes = [Probe("retry", rate, score, True, cost, cost, cost, cost) for rate, score, cost in ((0, 100.0, 0.0), (0.5, 80.0, 0.2))]
        >>> curve = fit_cost_curve("events", probes)
        >>> curve.scores, [round(cost.share, 3) for cost in curve.costs]
        ((80.0, 100.0), [0.2, 0.0])
    """
    scores, costs = (np.array([getattr(probe, name) for probe in probes]) for name in ("score", "cost"))
    noise = np.array([probe.high - probe.low for probe in probes]) / INTERVAL_WIDTH
    kinds = np.unique([probe.kind for probe in probes], return_inverse=True)[1]
    grid = np.unique(scores)
    rng = np.random.default_rng(seed)
    samples = [_resample(kinds, rng) for _ in range(DRAWS)]
    curves = [fit_decreasing(scores[rows], costs[rows] + rng.normal(0, 1, len(rows)) * noise[rows], grid) for rows in samples]
    bands = np.quantile(curves, BAND, axis=0)
    curve = fit_decreasing(scores, costs, grid)
    points = zip(curve, np.minimum(bands[0], curve), np.maximum(bands[1], curve), strict=True)
    return Curve(dataset, tuple(grid.tolist()), tuple(Cost(*(max(float(value), 0.0) for value in point)) for point in points))


def serialize_probes(probes: Sequence[Probe]) -> bytes:
    """Serialize measurements as safetensors."""
    return save({name: np.array([getattr(probe, name) for probe in probes], np.float64) for name in ("rate", "score", "cost", "low", "high", "raw")})


def _resample(kinds: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw as many kinds as there are, with replacement, and return the rows of their probes."""
    chosen = rng.integers(kinds.max() + 1, size=kinds.max() + 1)
    return np.concatenate([np.flatnonzero(kinds == kind) for kind in chosen])


def fit_decreasing(scores: Reals, costs: Reals, grid: Reals) -> Reals:
    """Fit a decreasing function by isotonic regression, and evaluate it at some scores."""
    levels, groups, counts = np.unique(scores, return_inverse=True, return_counts=True)
    means = np.bincount(groups, weights=costs) / counts
    fitted = isotonic_regression(means, weights=counts, increasing=False).x
    curve: Reals = np.interp(grid, levels, fitted)
    return curve
