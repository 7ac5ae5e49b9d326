"""Measure Amazon Beauty: each user's last item among all items, without those of the history.

Two protocols: learned from all but the last interaction, and from all but the last two (the histories tell the one in between), which is that of
S3Rec and eSASRec. Ours is the blend of towers, directed co-occurrence and rarity; its weights are read off the last but one, with what learned from
all but the last two. The settings of `implicit`'s ALS are the best of four on the test targets themselves. CPU seconds are those of one thread.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

import numpy as np
import torch

from benchmarks.figures import Figure, main
from benchmarks.recommending.offline import compute_tail_metrics, ordered
from benchmarks.recommending.peers import ImplicitALS
from recommender.data.sequences import Ints, Sequences, Vocabulary
from recommender.data.training_data import TrainingData
from recommender.evaluation.metrics import rank_items
from recommender.evaluation.validation import EvaluationSet
from recommender.models.blend import Blend
from recommender.models.blend_weights import tune_blend_weights
from recommender.models.cooccurrence import CoOccurrence
from recommender.models.inverse_popularity import InversePopularity
from recommender.models.popularity import Popularity
from recommender.ranker import Ranker
from recommender.two_tower.model import TwoTowerModel

BEAUTY = Path(__file__).parents[3] / "shared/data/behaviour/beauty/beauty.txt"
EPOCHS, QUICK = 14, 1
WHOLE = ("recall@20", "ndcg@20", "coverage@20", "gini@20", "recall@20 tail")
ESASREC = {"recall@10": 0.0928, "ndcg@10": 0.0531}  # of its authors' own table


@dataclass(frozen=True, slots=True, eq=False)
class Beauty:
    """Hold the items of every user in order."""

    vocabulary: Vocabulary
    rows: Sequence[Ints]

    @classmethod
    def read(cls) -> Beauty:
        """Read the file."""
        histories = [line.split()[1:] for line in BEAUTY.read_text().splitlines()]
        names = sorted({item for items in histories for item in items})
        number = {name: place for place, name in enumerate(names)}
        return cls(Vocabulary(tuple(names)), [np.array([number[item] for item in items]) for items in histories])

    def without(self, last: int) -> Sequences:
        """Return the interactions without the last ones of each user."""
        return ordered([row[:-last] for row in self.rows])

    def last_items(self, last: int) -> Ints:
        """Return each user's last item, or the one before."""
        return np.array([row[-last] for row in self.rows])

    def material(self, last: int, epochs: int) -> TrainingData:
        """Return the training data without the last interactions of each user."""
        return TrainingData(self.without(last), self.vocabulary, epochs=epochs)

    def evaluate(self, ranker: Ranker, learned: int) -> dict[str, float]:
        """Evaluate a ranker on each user's last item; it learned without the last interactions."""
        met = np.bincount(self.without(learned).items, minlength=len(self.vocabulary.items))
        return compute_tail_metrics(rank_items(ranker, self.without(1), self.last_items(1)), self.last_items(1), met)


@dataclass(frozen=True, slots=True)
class Run:
    """Hold the metrics of one seed.

    Attributes:
        towers: What they reach that learned without the last interaction.
        blend: The same of the blend.
        early: Of the blend that learned without the last two.
        warm: Of the blend whose towers learned on from those without the last two.
        seconds: Of CPU that the towers took, and took to learn on.
    """

    towers: Mapping[str, float]
    blend: Mapping[str, float]
    early: Mapping[str, float]
    warm: Mapping[str, float]
    seconds: tuple[float, float]


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Fit and evaluate all models; random ones once per seed."""
    torch.set_num_threads(1)
    beauty, epochs = Beauty.read(), QUICK if options.quick else EPOCHS
    peers = _peers(beauty, quick=options.quick)
    runs = [_run(beauty, epochs, seed) for seed in range(1 if options.quick else options.seeds)]
    counted = peers["co-occurrence"]

    def over(figure: str, values: Sequence[float], against: str, peer: float | None, unit: str = "") -> Figure:
        return Figure.over(f"Beauty, {figure}", values, unit, against, peer)

    return [
        *(Figure(f"Beauty, co-occurrence, {name}", counted[name], "", f"popularity: {peers['popularity'][name]:.4g}") for name in WHOLE[:4]),
        *(over(f"towers, {name}", [run.towers[name] for run in runs], "co-occurrence", counted[name]) for name in WHOLE),
        *(over(f"blend, {name}", [run.blend[name] for run in runs], "co-occurrence", counted[name]) for name in WHOLE),
        *(over(f"blend, {name}", [run.blend[name] for run in runs], "implicit's ALS", peers["ALS"][name]) for name in WHOLE[:2]),
        *(over(f"blend without the last two, {name}", [run.early[name] for run in runs], "eSASRec, published", ESASREC[name]) for name in ESASREC),
        *(over(f"blend, warm start, {name}", [run.warm[name] for run in runs], "a whole fit", fmean(run.blend[name] for run in runs)) for name in WHOLE[:2]),
        over("towers, training", [run.seconds[0] for run in runs], "at most 60; co-occurrence", peers["seconds"]["co-occurrence"], "CPU s"),
        over("towers, warm start", [run.seconds[1] for run in runs], "a whole fit", fmean(run.seconds[0] for run in runs), "CPU s"),
    ]


def _peers(beauty: Beauty, *, quick: bool) -> Mapping[str, Mapping[str, float]]:
    material = beauty.material(1, 1)
    began = time.process_time()
    counted = CoOccurrence.fit(material)
    spent = time.process_time() - began
    peers: Mapping[str, Ranker] = {
        "popularity": Popularity.fit(material),
        "co-occurrence": counted,
        "ALS": ImplicitALS.fit(material, 0, factors=32 if quick else 256, regularization=1.0, alpha=10.0),
    }
    return {name: beauty.evaluate(ranker, 1) for name, ranker in peers.items()} | {"seconds": {"co-occurrence": spent}}


def _run(beauty: Beauty, epochs: int, seed: int) -> Run:
    early, _ = _parts(beauty.material(2, epochs), seed)
    weights = tune_blend_weights(early, EvaluationSet(beauty.without(2), beauty.without(2), beauty.last_items(2)))
    parts, seconds = _parts(beauty.material(1, epochs), seed)
    warm, sooner = _parts(beauty.material(1, epochs), seed, init_model=(beauty.vocabulary, early["two_tower"]))
    print(f"seed {seed}: {dict(weights)}, {seconds:.1f} and {sooner:.1f} CPU s", flush=True)
    blend, early_blend, warm_blend = (Blend(models, weights) for models in (parts, early, warm))
    return Run(
        beauty.evaluate(parts["two_tower"], 1), beauty.evaluate(blend, 1), beauty.evaluate(early_blend, 2), beauty.evaluate(warm_blend, 1), (seconds, sooner)
    )  # fmt: skip


def _parts(material: TrainingData, seed: int, init_model: tuple[Vocabulary, Ranker] | None = None) -> tuple[Mapping[str, Ranker], float]:
    began = time.process_time()
    towers = TwoTowerModel.fit(material, seed=seed, init_model=init_model)
    return {"two_tower": towers, "cooccurrence": CoOccurrence.fit(material), "inverse_popularity": InversePopularity.fit(material)}, time.process_time() - began


if __name__ == "__main__":
    if not BEAUTY.exists():
        raise SystemExit(f"needs {BEAUTY}")
    main(str(__doc__), measure)
