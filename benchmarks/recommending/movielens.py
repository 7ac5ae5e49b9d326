"""Measure hit rate and NDCG among 100 items on MovieLens 1M, by the split of the paper Neural Collaborative Filtering (He et al., WWW 2017).

Each user's last film stands among 99 that they did not rate; the data tell no order, so no model here knows one. Ours is a blend of implicit ALS under
two ridges and of EASE. Their settings were read off one film a user that was cut from the training part; the blend's weights are read off such a cut
again in each run, which its seconds, on one core, include. The test films were opened twice: the first time, with one seed, histories still decayed though no
order is known, which cost a hundredth of HR@10 there and half of that in the training part. Published: NeuMF .730 / .447, and matrix factorisation
.7294 / .4523 (Rendle et al., RecSys 2020).
"""

from __future__ import annotations

import argparse
import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from benchmarks.figures import Figure, main
from benchmarks.recommending.peers import ImplicitALS
from recommender.data.sequences import Floats, Ints, Sequences, Vocabulary
from recommender.data.training_data import TrainingData
from recommender.models.als import ALS
from recommender.models.blend_weights import standardize
from recommender.models.ease import EASE
from recommender.models.item_knn import ItemKNN
from recommender.models.popularity import Popularity
from recommender.ranker import Ranker

FOLDER = Path(__file__).parents[3] / "shared/data/behaviour/ml1m_ncf"
OTHERS = 99  # items that a target stands among
TOP = 10
BATCH_SIZE = 512  # users at a time
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5)  # of a part, beside 1 of the first
Fit: TypeAlias = Callable[[TrainingData, int], Ranker]
PARTS: Mapping[str, Fit] = {
    "als": lambda material, seed: ALS.fit(material, seed=seed, unobserved_weight=0.09, regularization=7.5, regularization_exponent=0.0, recency_decay=1.0),
    "als, growing ridge": lambda material, seed: ALS.fit(
        material, seed=seed, unobserved_weight=0.09, regularization=5.0, regularization_exponent=1.0, recency_decay=1.0
    ),
    "ease": lambda material, _: EASE.fit(material, regularization=1000, top_k=1000),
}
PEERS: Mapping[str, Fit] = {
    "popularity": lambda material, _: Popularity.fit(material),
    "item-kNN": lambda material, _: ItemKNN.fit(material, n_neighbors=100, shrinkage=20),
    "ease": PARTS["ease"],
    "implicit's ALS": lambda material, seed: ImplicitALS.fit(material, seed, regularization=60, alpha=8),
}


def movielens() -> tuple[TrainingData, Ints]:
    """Read the ratings, without order; and each user's target film followed by 99 negatives, shape (users, 100)."""
    train = pl.read_parquet(FOLDER / "train.parquet").sort("user", "item")
    test = pl.read_parquet(FOLDER / "test.parquet").sort("user")
    candidates = np.column_stack([test["positive"].to_numpy(), np.stack(test["negatives"].to_list())]).astype(np.int64)
    items = max(int(candidates.max()), int(train["item"].cast(pl.Int64).to_numpy().max())) + 1
    lengths = np.bincount(train["user"].to_numpy(), minlength=len(candidates))
    events = unordered(train["item"].to_numpy().astype(np.int64), np.concatenate([[0], np.cumsum(lengths)]))
    return TrainingData(events, Vocabulary(tuple(f"{item:04}" for item in range(items)))), candidates


def unordered(items: Ints, starts: Ints) -> Sequences:
    """Return interactions of which only user and item are known."""
    nothing = np.zeros(len(items), np.int64)
    return Sequences(items, nothing, nothing, np.ones(len(items), np.float32), np.zeros(len(items), np.bool_), starts)


def split_item(material: TrainingData, seed: int) -> tuple[TrainingData, Ints]:
    """Split off one item of each user, and return it with 99 negatives, shape (users, 100)."""
    events, rng = material.events, np.random.default_rng([seed, 7])
    held = events.starts[:-1] + (rng.random(len(events)) * events.lengths).astype(np.int64)
    met = np.zeros((len(events), material.items), np.bool_)
    met[events.users, events.items] = True
    drawn = np.where(met, 2, rng.random(met.shape, np.float32))
    negatives = np.argpartition(drawn, OTHERS, axis=1)[:, :OTHERS]
    return material.with_events(events.filter(~np.isin(np.arange(len(events.items)), held))), np.column_stack([events.items[held], negatives])


def score_candidates(ranker: Ranker, material: TrainingData, candidates: Ints) -> Floats:
    """Score the candidates, each user's scores standardized over all items; shape (users, 100)."""
    scores = [np.take_along_axis(standardize(ranker.score(some)), candidates[users], axis=1) for users, some in material.events.iter_batches(BATCH_SIZE)]
    return np.concatenate(scores)


def compute_hit_metrics(scores: Floats) -> tuple[float, float]:
    """Compute HR@10 and NDCG@10 of the first of each row; equal scores share the mean of their ranks."""
    ranks = (scores[:, 1:] > scores[:, :1]).sum(1) + (scores[:, 1:] == scores[:, :1]).sum(1) / 2
    return float((ranks < TOP).mean()), float(np.where(ranks < TOP, 1 / np.log2(ranks + 2), 0.0).mean())


def tune_weights(scores: Sequence[Floats]) -> NDArray[np.float32]:
    """Return the weights with the highest sum of HR@10 and NDCG@10."""
    tried = [np.array([1.0, *weights], np.float32) for weights in itertools.product(SHARES, repeat=len(scores) - 1)]
    return max(tried, key=lambda weights: sum(compute_hit_metrics(np.einsum("p,pui->ui", weights, np.stack(scores)))))


def evaluate_blend(material: TrainingData, candidates: Ints, seed: int) -> tuple[float, float, float]:
    """Return HR@10, NDCG@10, and the CPU seconds of tuning and fitting."""
    began = time.process_time()
    early, held = split_item(material, seed)
    weights = tune_weights([score_candidates(fit(early, seed), early, held) for fit in PARTS.values()])
    whole = [fit(material, seed) for fit in PARTS.values()]
    spent = time.process_time() - began
    hits, gains = compute_hit_metrics(np.einsum("p,pui->ui", weights, np.stack([score_candidates(ranker, material, candidates) for ranker in whole])))
    print(f"seed {seed}: weights {weights.tolist()}, {hits:.4f} {gains:.4f}, {spent:.1f} CPU s", flush=True)
    return hits, gains, spent


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Fit and evaluate all models, the blend once per seed."""
    if not FOLDER.exists():
        raise SystemExit(f"needs {FOLDER}")
    material, candidates = movielens()
    with threadpool_limits(1):
        peers = {name: compute_hit_metrics(score_candidates(fit(material, 0), material, candidates)) for name, fit in PEERS.items()}
        hits, gains, seconds = zip(*(evaluate_blend(material, candidates, seed) for seed in range(1 if options.quick else options.seeds)), strict=True)
    return [
        *(Figure(f"{metric}, {name}", values[i], "") for i, metric in enumerate(("HR@10", "NDCG@10")) for name, values in peers.items()),
        Figure.over("HR@10, blend of ALS and EASE", hits, "", "implicit's ALS", peers["implicit's ALS"][0]),
        Figure.over("NDCG@10, blend of ALS and EASE", gains, "", "implicit's ALS", peers["implicit's ALS"][1]),
        Figure.over("blend, weighing and fitting", seconds, "CPU s"),
    ]


if __name__ == "__main__":
    main(__doc__ or "", measure)
