"""Measure the long tail on Amazon Beauty: each model overall, and for head, middle and tail items.

Learned from all but each user's last item, which is asked for among all that they had not met. The head is the most met items that half of all
interactions fall on, the tail those met 1 to 4 times. The settings were read off the last item but one. NeuMF and the plain model have
64 dimensions, and one seed each, as all here. The blend is fitted as for a shop, its weights read off everybody's last interaction but one.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import torch

from benchmarks.figures import Figure, main
from benchmarks.recommending.beauty import BEAUTY, Beauty
from benchmarks.recommending.beauty import EPOCHS as LONGER
from recommender.data.training_data import TrainingData
from recommender.evaluation.metrics import evaluate
from recommender.models import get_model
from recommender.models.blend import Blend
from recommender.ranker import Ranker

EPOCHS = 8
MODELS = ("popularity", "logistic_mf", "neumf", "pure_svd", "als", "item_knn", "ease", "cooccurrence")
QUICK = ("popularity", "item_knn", "als", "cooccurrence")
METRICS = (
    "recall@20",
    "ndcg@20",
    "coverage@20",
    "gini@20",
    *(f"{metric}@20 {band}" for band in ("head", "middle", "tail") for metric in ("recall", "coverage", "gini")),
)


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Fit and evaluate each model."""
    if not BEAUTY.exists():
        raise SystemExit(f"needs {BEAUTY}")
    torch.set_num_threads(1)
    beauty = Beauty.read()
    material = beauty.material(1, 1 if options.quick else EPOCHS)
    figures: list[Figure] = []
    for name in QUICK if options.quick else MODELS:
        figures += _figures(name, _tried(beauty, material, get_model(name).fit(material)))
    blend = Blend.fit(material if options.quick else replace(material, epochs=LONGER))
    figures += _figures("towers", _tried(beauty, material, blend.parts["two_tower"]))
    return [*figures, *_figures("blend", _tried(beauty, material, blend))]


def _tried(beauty: Beauty, material: TrainingData, ranker: Ranker) -> Mapping[str, float]:
    counts = np.bincount(material.events.items, minlength=material.items)
    return evaluate(ranker, material.events, beauty.last_items(1), counts=counts)


def _figures(name: str, metrics: Mapping[str, float]) -> Iterator[Figure]:
    for metric in METRICS:
        yield Figure(f"Beauty, {name}: {metric}", metrics[metric], "")


if __name__ == "__main__":
    main(__doc__ or "", measure)
