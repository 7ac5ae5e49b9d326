"""Learn from labelled pairs which pairs are one product."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from cleaning.same_product.records import Floats, Masks, Places

FEWEST = 10  # labelled pairs, of them two of each kind, from which anything is learned
_FOLDS = 3
_MANY = 400  # labelled pairs from which trees may be deeper


def can_learn(same: Masks) -> bool:
    """Return True where labels are enough to learn from."""
    return len(same) >= FEWEST and 2 <= int(same.sum()) <= len(same) - 2


def probabilities(features: Floats, labelled: Places, same: Masks, targets: Places | None = None, seed: int = 0) -> Floats:
    """Return the probability of pairs that they are one product, by gradient boosting and randomised trees (Geurts et al., 2006), averaged.

    Args:
        features: Features of all pairs.
        labelled: Places of the labelled pairs.
        same: Whether each of these is one product.
        targets: Places of the pairs whose probability is returned; None means all.
        seed: Seed of the models.
    """
    rows = features if targets is None else features[targets]
    return _fit(features[labelled], same, seed).predict(rows) if len(rows) else np.zeros(0)


def held_out(features: Floats, labelled: Places, same: Masks, seed: int = 0) -> Floats:
    """Return the probability of each labelled pair as the other labels teach it.

    Args:
        features: Features of all pairs.
        labelled: Places of the labelled pairs.
        same: Whether each of these is one product.
        seed: Seed of the models and of the division into folds.
    """
    from sklearn.model_selection import StratifiedKFold  # an extra, and slow to import

    rows = features[labelled]
    scores = np.zeros(len(labelled))
    folds = StratifiedKFold(min(_FOLDS, int(same.sum()), int((~same).sum())), shuffle=True, random_state=seed)
    for taught, left in folds.split(rows, same):
        scores[left] = _fit(rows[taught], same[taught], seed).predict(rows[left])
    return scores


def best_threshold(scores: Floats, same: Masks) -> float:
    """Return the threshold with the highest F1 on labelled pairs, in the middle of the gap between the scores around it.

    Args:
        scores: Probabilities of labelled pairs, each without its own label.
        same: Whether each is one product.

    Example:
        >>> best_threshold(np.array([0.9, 0.7, 0.2]), np.array([True, True, False])).__round__(2)
        0.45
    """
    order = np.argsort(-scores)
    hits, picks = np.cumsum(same[order]), np.arange(1, len(scores) + 1)
    best = int(np.argmax(2 * hits / (picks + same.sum())))
    following = scores[order[best + 1]] if best + 1 < len(scores) else 0.0
    return float((scores[order[best]] + following) / 2)


@dataclass(frozen=True, slots=True)
class _Models:
    """Hold models, and the features that they learned from."""

    usable: Masks
    boosted: Any
    trees: Any

    def predict(self, rows: Floats) -> Floats:
        """Return the probability of each pair."""
        used = rows[:, self.usable]
        return np.asarray((self.boosted.predict_proba(used)[:, 1] + self.trees.predict_proba(_filled(used))[:, 1]) / 2, dtype=np.float64)


def _fit(rows: Floats, same: Masks, seed: int) -> _Models:
    from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier

    usable = np.asarray(~np.isnan(rows).all(axis=0), dtype=np.bool_)  # scikit-learn's boosting refuses a feature that no row has
    many = len(rows) >= _MANY
    boosted = HistGradientBoostingClassifier(
        max_iter=200 if many else 100,
        learning_rate=0.05 if many else 0.1,
        max_leaf_nodes=15 if many else 8,
        min_samples_leaf=20 if many else 5,
        l2_regularization=1.0,
        random_state=seed,
    )
    trees = ExtraTreesClassifier(200, min_samples_leaf=2, class_weight="balanced_subsample" if many else None, random_state=seed)
    return _Models(usable, boosted.fit(rows[:, usable], same), trees.fit(_filled(rows[:, usable]), same))


def _filled(rows: Floats) -> Floats:
    return np.nan_to_num(rows, nan=-1.0)
