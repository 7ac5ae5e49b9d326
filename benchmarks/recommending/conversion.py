"""Measure how well the conversion model predicts which views end in a purchase, on retailrocket, with a fifth of all pairs of user and item as hold-out.

The set has neither time nor order, so what is known of a pair is counted on the others: on those of other folds where a pair is learned from,
on all that are learned from where it is asked for. Nothing of the pairs held out is read, their views no more than their purchases. The peers are
LightGBM and logistic regression on five features (smoothed rates and counts of user and item, and a dot product of singular vectors), on the
same pairs; the floor is the base rate. What serves was chosen on a quarter of the pairs that are learned from. Each seed is another split.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.linalg import svds

from benchmarks.figures import Figure, main
from recommender.conversion.impressions import NEVER, Impressions
from recommender.conversion.item_features import ItemFeatures
from recommender.conversion.item_statistics import compute_item_statistics
from recommender.conversion.metrics import compute_metrics
from recommender.conversion.model import SCORERS
from recommender.conversion.pair_features import FeatureTable, compute_pair_features
from recommender.conversion.pair_features import Pairs as ImpressionPairs
from recommender.conversion.platt_scaling import PlattScaling
from recommender.conversion.scorer import Examples
from recommender.conversion.scorer_selection import select_scorer
from recommender.data.sequences import Bools, Ints, Sequences

FOLDER = Path(__file__).parents[3] / "shared/data/behaviour/retailrocket"
STAGES = np.array([-1, 0, 1, 2])  # views, carts, purchases are kinds 1, 2, 3
FOLDS = 16  # of the pairs that are learned from
PEER_FOLDS = 4
QUICK = 4
METRICS = {"auc": "AUC", "log_loss": "log loss", "calibration": "calibration"}


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Hold all pairs of a user and a viewed item, in random order; every array has shape (n,)."""

    users: Ints
    items: Ints
    clicked: Bools
    bought: Bools

    def restrict(self, mask: Bools) -> Impressions:
        """Return some pairs as impressions, all at one moment."""
        clicked, bought = (np.where(flags[mask], 0, NEVER) for flags in (self.clicked, self.bought))
        return Impressions(self.users[mask], self.items[mask], np.zeros(mask.sum(), np.int64), clicked, bought)

    def histories(self, mask: Bools) -> Sequences:
        """Return some pairs as histories: a view, and a cart and a purchase after it where there was one."""
        happened = np.stack([mask, mask & self.clicked, mask & self.bought], axis=1)
        pairs, kinds = np.nonzero(happened)
        order = np.argsort(self.users[pairs], kind="stable")
        pairs, kinds = pairs[order], kinds[order]
        lengths = np.bincount(self.users[pairs], minlength=self.users.max() + 1)
        count = len(pairs)
        starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        return Sequences(self.items[pairs], kinds + 1, np.zeros(count, np.int64), np.ones(count, np.float32), np.ones(count, bool), starts)


def read(rng: np.random.Generator) -> Pairs:
    """Read every viewed pair once."""
    views, carts, bought = (_pairs(name) for name in ("view", "add_to_cart", "purchase"))
    held = views.join(carts.with_columns(cart=True), on=views.columns, how="left").join(bought.with_columns(bought=True), on=views.columns, how="left")
    held = held.fill_null(value=False)[rng.permutation(views.height)]
    clicked = held["cart"] | held["bought"]
    return Pairs(held["user"].to_numpy(), held["item"].to_numpy(), clicked.to_numpy(), held["bought"].to_numpy())


def features(pairs: Pairs, observed: Bools, targets: Bools) -> FeatureTable:
    """Compute the features of some pairs from others."""
    histories = pairs.histories(observed)
    users = pairs.users[targets]
    target_pairs = ImpressionPairs(users, pairs.items[targets], histories.starts[users + 1], np.zeros(len(users), np.int64))
    return compute_pair_features(compute_item_statistics(pairs.restrict(observed), ItemFeatures(int(pairs.items.max()) + 1)), histories, STAGES, target_pairs)


def examples(pairs: Pairs, observed: Bools, targets: Bools) -> Examples:
    """Return the features together with the outcomes."""
    return Examples(features(pairs, observed, targets), pairs.clicked[targets], pairs.bought[targets])


def out_of_fold(pairs: Pairs, learned: Bools, folds: int, rng: np.random.Generator) -> Examples:
    """Return the examples of pairs, with features from the other folds, in the order of the pairs."""
    parts = list(_folds(learned, folds, rng))
    results = [features(pairs, learned & ~part, part) for part in parts]
    order = np.argsort(np.concatenate([np.flatnonzero(part) for part in parts]))
    values = np.concatenate([table.values for table in results])[order]
    return Examples(FeatureTable(results[0].names, values), pairs.clicked[learned], pairs.bought[learned])


def served(pairs: Pairs, test: Bools, folds: int, seed: int, rng: np.random.Generator) -> Mapping[str, Mapping[str, float]]:
    """Evaluate every scorer on the pairs of the hold-out, and `served`, which was selected without them."""
    learned = ~test
    judged = learned & (rng.random(len(test)) < 0.25)
    chosen = select_scorer(out_of_fold(pairs, learned & ~judged, folds, rng), examples(pairs, learned & ~judged, judged), seed=seed)
    every, targets = out_of_fold(pairs, learned, folds, rng), examples(pairs, learned, test)
    odds = {name: scorer.fit(every, seed=seed).log_odds(targets.features.values)[1] for name, scorer in SCORERS.items()}
    plain = PlattScaling(1.0, 0.0)
    raw = {name: compute_metrics(plain.probabilities(log_odds), targets.purchases) for name, log_odds in odds.items()}
    return {**raw, "served": compute_metrics(chosen.calibrations[1].probabilities(odds[chosen.kind]), targets.purchases)}


def peers(pairs: Pairs, test: Bools, rng: np.random.Generator) -> Mapping[str, Mapping[str, float]]:
    """Evaluate LightGBM and logistic regression on five features, and the base rate."""
    import lightgbm
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    learned, inputs = ~test, np.zeros((len(test), 5))
    for part in _folds(learned, PEER_FOLDS, rng):
        inputs[part] = _five(pairs, learned & ~part, part)
    targets, outcomes = _five(pairs, learned, test), pairs.bought[test]
    trees = lightgbm.LGBMClassifier(n_estimators=150, learning_rate=0.05, num_leaves=15, min_child_samples=50, n_jobs=1, verbose=-1)
    models = {"LightGBM": trees, "logistic regression": make_pipeline(StandardScaler(), LogisticRegression())}
    results = {name: model.fit(inputs[learned], pairs.bought[learned]).predict_proba(targets)[:, 1] for name, model in models.items()}
    results["base rate"] = np.full(len(outcomes), pairs.bought[learned].mean())
    return {name: compute_metrics(probabilities, outcomes) for name, probabilities in results.items()}


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Measure each split once."""
    runs: list[Mapping[str, Mapping[str, float]]] = []
    for seed in range(1 if options.quick else options.seeds):
        rng = np.random.default_rng(seed)
        pairs = read(rng)
        test = rng.integers(5, size=len(pairs.users)) == 0
        runs.append({**served(pairs, test, QUICK if options.quick else FOLDS, seed, rng), **peers(pairs, test, rng)})
    return [figure for ours in ("served", "esmm", "lightgbm") for figure in _figures(runs, ours)]


def _figures(runs: Sequence[Mapping[str, Mapping[str, float]]], ours: str) -> Iterator[Figure]:
    titles = {"served": "conversion, what serves", "esmm": "conversion, ESMM", "lightgbm": "conversion, LightGBM on the same features"}
    for metric, title in METRICS.items():
        against = "; ".join(f"{peer}: {np.mean([run[peer][metric] for run in runs]):.4g}" for peer in ("LightGBM", "logistic regression", "base rate"))
        values = [run[ours][metric] for run in runs]
        ratio = float(np.mean(values) / np.mean([run["LightGBM"][metric] for run in runs]))
        yield Figure(
            f"{titles[ours]}: {title}", float(np.mean(values)), "", against, ratio, len(values), float(np.std(values, ddof=1)) if len(values) > 1 else None
        )


def _pairs(name: str) -> pl.DataFrame:
    rows = pl.read_csv(FOLDER / f"{name}_ecommerce.dat", separator="\t")
    return rows.select(user="visitorid", item="itemid").unique(maintain_order=True)


def _folds(mask: Bools, folds: int, rng: np.random.Generator) -> Iterator[Bools]:
    drawn = rng.integers(folds, size=len(mask))
    return (mask & (drawn == fold) for fold in range(folds))


def _five(pairs: Pairs, observed: Bools, targets: Bools) -> NDArray[np.float64]:
    """Compute smoothed rates, counts, and a dot product of singular vectors."""
    bought = pairs.bought[observed].astype(np.float64)
    columns = []
    for keys in (pairs.users, pairs.items):
        counts, good = np.bincount(keys[observed], minlength=keys.max() + 1), np.bincount(keys[observed], bought, minlength=keys.max() + 1)
        columns += [np.log1p(counts[keys[targets]]), (good[keys[targets]] + 10 * bought.mean()) / (counts[keys[targets]] + 10)]
    shape = (pairs.users.max() + 1, pairs.items.max() + 1)
    left, values, right = svds(
        sp.csr_matrix((np.ones(observed.sum()), (pairs.users[observed], pairs.items[observed])), shape=shape), k=24, v0=np.ones(min(shape))
    )
    return np.stack([*columns, (left[pairs.users[targets]] * values * right.T[pairs.items[targets]]).sum(axis=1)], axis=1)


if __name__ == "__main__":
    main(__doc__ or "", measure)
