"""Find the products of a catalog that are listed under several ids, and the pairs whose labels would teach most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from cleaning.same_product.agreement import Agreement, agreement
from cleaning.same_product.asking import choose_pairs
from cleaning.same_product.groups import group_probability, groups_of
from cleaning.same_product.learned import best_threshold, can_learn, held_out, probabilities
from cleaning.same_product.pairs import Pairs, pairs_of
from cleaning.same_product.records import Floats, Places, Records
from sluice.domain import ProductPair


@dataclass(frozen=True, eq=False)
class Matching:
    """Hold what is known of the pairs of a catalog.

    Attributes:
        pairs: The pairs that were compared.
        labels: Whether each labelled pair is one product, by its place.
        without_labels: Scores of the pairs without labels.
        scores: Probability of each pair where labels teach it, else its score without labels; that of a labelled pair is its label.
        threshold: Score from which a pair is one product.
        learned: Whether labels teach.
    """

    pairs: Pairs
    labels: Mapping[int, bool]
    without_labels: Agreement
    scores: Floats
    threshold: float
    learned: bool

    @classmethod
    def of(cls, records: Records, labelled: Mapping[ProductPair, bool], seed: int = 0) -> Matching:
        """Compare the products of a catalog, and learn from the labels of pairs where they are enough.

        Args:
            records: The products.
            labelled: Whether each labelled pair of ids is one product.
            seed: Seed of the models.
        """
        places = {name: place for place, name in enumerate(records.ids)}
        present = {(places[one], places[other]): same for (one, other), same in labelled.items() if one in places and other in places}
        pairs = pairs_of(records, np.array(list(present), dtype=np.int64).reshape(-1, 2))
        answers = {frozenset(pair): same for pair, same in present.items()}
        labels = {row: answers[key] for row, pair in enumerate(pairs.places.tolist()) if (key := frozenset(pair)) in answers}
        without = agreement(pairs)
        scores, threshold, learned = _scores(pairs, labels, without, seed)
        for row, same in labels.items():
            scores[row] = 1.0 if same and learned else np.inf if same else -np.inf
        return cls(pairs, labels, without, scores, threshold, learned)

    def groups(self) -> list[tuple[tuple[int, ...], float | None]]:
        """Return the places of the listings of each product that is listed several times, and the probability of its least probable pair."""
        pairs = self.pairs
        by_pair = {(one, other): float(score) for (one, other), score in zip(pairs.places.tolist(), self.scores, strict=True)}
        groups = groups_of(pairs.places, self.scores, self.threshold, pairs.records.sources)
        return [(group, group_probability(group, by_pair) if self.learned else None) for group in groups]

    def ask(self, count: int, seed: int = 0) -> list[tuple[int, int, float | None]]:
        """Return the places of the products of the pairs to label next, and the probability of each where labels teach it."""
        rows = choose_pairs(self.pairs, self.without_labels, self.labels, count, seed=seed)
        places: Places = self.pairs.places
        return [(int(places[row, 0]), int(places[row, 1]), float(self.scores[row]) if self.learned else None) for row in rows]


def _scores(pairs: Pairs, labels: Mapping[int, bool], without: Agreement, seed: int) -> tuple[Floats, float, bool]:
    """Return the score of each pair, the threshold, and whether labels teach."""
    rows, same = np.array(list(labels), dtype=np.int64), np.array(list(labels.values()), dtype=bool)
    if not can_learn(same):
        return without.scores.copy(), without.threshold, False
    threshold = best_threshold(held_out(pairs.features, rows, same, seed), same)
    scores, twins = probabilities(pairs.features, rows, same, seed=seed), without.scores == np.inf
    if all(labels.get(int(row), True) for row in np.flatnonzero(twins)):  # else a person said of one that such pairs are none
        scores[twins] = np.maximum(scores[twins], 1.0)
    return scores, threshold, True
