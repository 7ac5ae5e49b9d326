"""Measure augmentation of sequences: what each kind gives the two towers of Amazon Beauty, on validation and on the test items.

The towers learn without everybody's last two items, once without augmentation and once with each kind; NDCG@20 of the last but one is validation. A
kind is kept, as a retrain does, where it gains there by more than chance. Then the towers without augmentation and those with all kept kinds learn
with the last but one as well, and are measured on the last item, once. The same seeds for all; each figure is a mean over seeds.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import torch

from benchmarks.figures import Figure, main
from benchmarks.recommending.beauty import BEAUTY, EPOCHS, QUICK, Beauty
from recommender.evaluation.certainty import exceeds
from recommender.evaluation.metrics import Reals, rank_items
from recommender.two_tower.model import TwoTowerModel
from sluice.config.augmentation import KINDS

WHOLE = ("recall@10", "ndcg@10", "recall@20", "ndcg@20", "recall@20 tail")


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Fit the towers with each kind, keep what gains on validation, and measure that on the test items."""
    torch.set_num_threads(1)
    beauty, epochs = Beauty.read(), QUICK if options.quick else EPOCHS
    seeds = range(1 if options.quick else options.seeds)
    gains = {kind: [_validation_gains(beauty, epochs, kind, seed) for seed in seeds] for kind in (None, *KINDS)}
    without = np.concatenate(gains[None])
    useful = tuple(kind for kind in KINDS if exceeds(without, np.concatenate(gains[kind])))
    figures = [_validation_figure(str(kind), gains[kind], without) for kind in KINDS]
    plain, chosen = ([_test_metrics(beauty, epochs, kinds, seed) for seed in seeds] for kinds in ((), useful))
    learned = ", ".join(useful) or "no kind"
    return [*figures, *(_test_figure(f"towers with {learned}, {name}", name, chosen, plain) for name in WHOLE)]


def _validation_figure(kind: str, gains: Sequence[Reals], without: Reals) -> Figure:
    reached = [float(values.mean()) for values in gains]
    return Figure.over(f"Beauty, augmentation {kind}, validation ndcg@20", reached, "", "without augmentation", float(without.mean()))


def _test_figure(title: str, name: str, chosen: Sequence[Mapping[str, float]], plain: Sequence[Mapping[str, float]]) -> Figure:
    peer = float(np.mean([run[name] for run in plain]))
    return Figure.over(f"Beauty, {title}", [run[name] for run in chosen], "", "without augmentation", peer)


def _validation_gains(beauty: Beauty, epochs: int, kind: str | None, seed: int) -> Reals:
    """Return each user's NDCG@20 of the last item but one."""
    towers = TwoTowerModel.fit(replace(beauty.material(2, epochs), augmentation=(kind,) if kind else ()), seed=seed)
    gains = rank_items(towers, beauty.without(2), beauty.last_items(2)).gains
    print(f"seed {seed}, {kind}: {gains.mean():.5f}", flush=True)
    return gains


def _test_metrics(beauty: Beauty, epochs: int, kinds: tuple[str, ...], seed: int) -> Mapping[str, float]:
    return beauty.evaluate(TwoTowerModel.fit(replace(beauty.material(1, epochs), augmentation=kinds), seed=seed), 1)


if __name__ == "__main__":
    if not BEAUTY.exists():
        raise SystemExit(f"needs {BEAUTY}")
    main(str(__doc__), measure)
