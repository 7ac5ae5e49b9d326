"""Measure the CPU seconds for Amazon Beauty's 176 thousand interactions: directed co-occurrence and our ALS, against `implicit`'s ALS of 128 dimensions.

All on one core, with 128 dimensions and their default number of sweeps where there are any (ours 8, `implicit`'s 15).
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Mapping, Sequence

from threadpoolctl import threadpool_limits

from benchmarks.figures import Figure, main
from benchmarks.recommending.beauty import BEAUTY, Beauty
from benchmarks.recommending.peers import ImplicitALS
from recommender.data.training_data import TrainingData
from recommender.models.als import ALS
from recommender.models.cooccurrence import CoOccurrence

PEER = "implicit's ALS"
MODELS: Mapping[str, Callable[[TrainingData], object]] = {
    "co-occurrence": CoOccurrence.fit,
    "ALS": ALS.fit,
    PEER: lambda material: ImplicitALS.fit(material, regularization=1.0, alpha=10.0),
}


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Fit each model several times."""
    if not BEAUTY.exists():
        raise SystemExit(f"needs {BEAUTY}")
    material = Beauty.read().material(1, 1)
    repeats = 1 if options.quick else options.seeds
    with threadpool_limits(1):
        seconds = {name: [_seconds(fit, material) for _ in range(repeats)] for name, fit in MODELS.items()}
    peer = sum(seconds[PEER]) / repeats
    return [Figure.over(f"Beauty, {name}, training", seconds[name], "CPU s", PEER, peer) for name in MODELS if name != PEER]


def _seconds(fit: Callable[[TrainingData], object], material: TrainingData) -> float:
    began = time.process_time()
    fit(material)
    return time.process_time() - began


if __name__ == "__main__":
    main(__doc__ or "", measure)
