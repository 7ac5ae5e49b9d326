"""A curve from probes: what a score costs, with its band."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from sluice.domain import Cost, Curve, Probe

DRAWS = 400
BAND = (0.025, 0.975)
NORMAL = 3.92  # standard deviations from one end of a 95 % interval to the other

Reals: TypeAlias = NDArray[np.float64]


def curve_of(dataset: str, probes: Sequence[Probe], *, seed: int = 0) -> Curve:
    """The cost as a function of the score that never rises with it (isotonic regression, Barlow and others 1972), with a bootstrap band.

    Whole kinds of dirt are drawn, not single probes: the next dirt is of a kind that nobody has planted. To each cost that was drawn comes the
    chance of its own measurement.

    Args:
        dataset: Whose batches were dirtied.
        probes: What was measured; at least one.
        seed: Decides the draws.
    """
    scores, costs = (np.array([getattr(probe, name) for probe in probes]) for name in ("score", "cost"))
    spread = np.array([probe.high - probe.low for probe in probes]) / NORMAL
    kinds = np.unique([probe.kind for probe in probes], return_inverse=True)[1]
    at = np.unique(scores)
    rng = np.random.default_rng(seed)
    drawn = [_drawn(kinds, rng) for _ in range(DRAWS)]
    bands = np.quantile([_falling(scores[some], costs[some] + rng.normal(0, 1, len(some)) * spread[some], at) for some in drawn], BAND, axis=0)
    line = _falling(scores, costs, at)
    points = zip(line, np.minimum(bands[0], line), np.maximum(bands[1], line), strict=True)
    return Curve(dataset, tuple(at.tolist()), tuple(Cost(*(max(float(value), 0.0) for value in point)) for point in points))


def kept(probes: Sequence[Probe]) -> bytes:
    """What was measured, as safetensors."""
    return save({name: np.array([getattr(probe, name) for probe in probes], np.float64) for name in ("rate", "score", "cost", "low", "high", "raw")})


def _drawn(kinds: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """The places of the probes of so many kinds as there are, drawn with replacement."""
    chosen = rng.integers(kinds.max() + 1, size=kinds.max() + 1)
    return np.concatenate([np.flatnonzero(kinds == kind) for kind in chosen])


def _falling(scores: Reals, costs: Reals, at: Reals) -> Reals:
    """The best fit that never rises, by pooling neighbours that do; read off at some scores."""
    order = np.argsort(-scores, kind="stable")  # the best score first: from there on costs must not fall
    known, first = np.unique(-scores[order], return_index=True)
    sums, counts = np.add.reduceat(costs[order], first), np.diff(first, append=len(order)).astype(np.float64)
    blocks: list[tuple[float, float, int]] = []
    for total, count in zip(sums, counts, strict=True):
        block = (float(total), float(count), 1)
        while blocks and blocks[-1][0] / blocks[-1][1] >= block[0] / block[1]:
            before = blocks.pop()
            block = (before[0] + block[0], before[1] + block[1], before[2] + block[2])
        blocks.append(block)
    fitted = np.repeat([total / count for total, count, _ in blocks], [size for *_, size in blocks])
    line: Reals = np.interp(-at, known, fitted)
    return line
