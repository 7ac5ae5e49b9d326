"""Measure logistic matrix factorization on 10,000 balanced pairs.

It is often shown with figures of this kind: accuracy .85, recall .75 and F1 .78, which no balanced set allows together (that accuracy and recall
make F1 .83). Here half of the pairs are 5,000 users and the item that they met last, on real data; the others the same users and an item that they did
not meet, drawn from all items alike or from what other users met last, in whose sight popularity tells nothing. From which score on a pair is called
met is read off such pairs of the last item but one (MovieLens, which tells no order: of an item drawn from the training part), on which no model was
trained. Each model is fitted once a seed, and has 64 dimensions. The plain model folds users in from their histories,
as it does where it serves, and learns for as many epochs as the towers; neither was chosen by validation.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.figures import Figure, main
from benchmarks.recommending import movielens
from benchmarks.recommending.beauty import BEAUTY, Beauty
from benchmarks.recommending.pairs import compute_accuracy, draw_pairs, find_threshold
from recommender.data.sequences import Ints, Sequences
from recommender.data.training_data import TrainingData
from recommender.models.baselines.logistic_mf import LogisticMF
from recommender.models.popularity import Popularity
from recommender.ranker import Ranker
from recommender.two_tower.model import TwoTowerModel

PAIR_COUNT = 5_000  # users, each with a right and a wrong item
NAMES = ("accuracy", "recall", "F1")
NEGATIVES = {"random": False, "popularity-matched": True}
Fit: TypeAlias = Callable[[TrainingData, int], Ranker]
MODELS: Mapping[str, Fit] = {
    "popularity": lambda material, _: Popularity.fit(material),
    "embeddings, dot, sigmoid": lambda material, seed: LogisticMF.fit(material, seed=seed),
    "towers": lambda material, seed: TwoTowerModel.fit(material, seed=seed),
}


@dataclass(frozen=True, slots=True, eq=False)
class Set:
    """Hold the training data, and the histories and targets of the validation and the test split."""

    material: TrainingData
    early: tuple[Sequences, Ints]
    late: tuple[Sequences, Ints]


def beauty(seed: int, *, quick: bool) -> Set:
    """Amazon Beauty; no seed changes it."""
    data = Beauty.read()
    return Set(data.material(2, 1 if quick else 8), (data.without(2), data.last_items(2)), (data.without(1), data.last_items(1)))


def films(seed: int, *, quick: bool) -> Set:
    """Load MovieLens 1M in an order that is drawn, as the towers read a history in order."""
    whole, last_items = movielens.movielens()
    order = np.lexsort((np.random.default_rng([seed, 3]).random(len(whole.events.items)), whole.events.users))
    drawn = replace(whole.events, items=whole.events.items[order], ordered=np.ones(len(order), np.bool_))
    early, data = movielens.split_item(replace(whole, events=drawn, epochs=1 if quick else 3), seed)
    return Set(early, (early.events, data[:, 0]), (drawn, last_items[:, 0]))


SETS: Mapping[str, Callable[..., Set]] = {"Beauty": beauty, "MovieLens": films}


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Fit, read off thresholds, and judge."""
    if not (BEAUTY.exists() and movielens.FOLDER.exists()):
        raise SystemExit(f"needs {BEAUTY} and {movielens.FOLDER}")
    torch.set_num_threads(1)
    seeds = range(1 if options.quick else options.seeds)
    return [figure for name, read in SETS.items() for figure in _figures(name, [_run(read(seed, quick=options.quick), seed) for seed in seeds])]


def _run(data: Set, seed: int) -> Mapping[tuple[str, str], NDArray[np.float64]]:
    """Measure accuracy, recall and F1 by kind of negatives and model."""
    rankers = {name: fit(data.material, seed) for name, fit in MODELS.items()}
    rng = np.random.default_rng([seed, 11])
    results = {}
    for kind, popular in NEGATIVES.items():
        users = rng.choice(len(data.material.events), PAIR_COUNT, replace=False)
        early, late = (draw_pairs(*split, users, rng, items=data.material.items, popular=popular) for split in (data.early, data.late))
        for name, ranker in rankers.items():
            results[kind, name] = compute_accuracy(*late.scores(ranker), find_threshold(*early.scores(ranker)))
    return results


def _figures(which: str, runs: Sequence[Mapping[tuple[str, str], NDArray[np.float64]]]) -> Iterator[Figure]:
    for kind, name in runs[0]:
        for i, metric in enumerate(NAMES):
            yield Figure.over(f"{which}, {kind} negatives, {name}: {metric}", [float(run[kind, name][i]) for run in runs], "")


if __name__ == "__main__":
    main(__doc__ or "", measure)
