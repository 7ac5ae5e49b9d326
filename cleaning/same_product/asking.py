"""Choose the pairs of products that a person is asked about next: those that teach most."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from cleaning.same_product.agreement import Agreement
from cleaning.same_product.learned import can_learn, probabilities
from cleaning.same_product.pairs import Pairs
from cleaning.same_product.records import Masks, Places

_START = 20  # pairs that are asked about before anything is learned
_UNSURE = 0.8  # share of a round about which the model is least sure; the others look alike without labels


def choose_pairs(pairs: Pairs, without_labels: Agreement, labels: Mapping[int, bool], count: int, pool: Masks | None = None, seed: int = 0) -> list[int]:
    """Return the places of the pairs to label next, those that teach most first; none holds a product of another one, where enough are left.

    Before labels are enough to learn from, the pairs are spread over the scores without labels, up to twice as many as would be taken. After
    that they are those about which the model is least sure (uncertainty sampling; Lewis and Gale, 1994), and some that look alike.

    Args:
        pairs: The pairs.
        without_labels: Their scores without labels.
        labels: Whether each labelled pair is one product, by its place.
        count: Number of pairs, at most.
        pool: Pairs that may be asked about; None means all.
        seed: Seed of the model.
    """
    open_pairs = np.ones(len(pairs.places), dtype=bool) if pool is None else pool.copy()
    open_pairs[list(labels)] = False
    alike = _by_likeness(without_labels, open_pairs)
    same = np.array(list(labels.values()), dtype=bool)
    if not can_learn(same) or len(labels) < _START:
        return _apart(pairs.places, _spread(alike, without_labels, max(count, _START - len(labels))), count)
    unsure = np.abs(probabilities(pairs.features, np.array(list(labels)), same, np.flatnonzero(open_pairs), seed) - 0.5)
    by_doubt = np.flatnonzero(open_pairs)[np.argsort(unsure, kind="stable")]
    first = _apart(pairs.places, by_doubt, round(_UNSURE * count))
    return [*first, *_apart(pairs.places, (place for place in alike if place not in first), count - len(first))]


def _by_likeness(without_labels: Agreement, open_pairs: Masks) -> Places:
    """Return the pairs that may be asked about, the most alike first."""
    left = np.flatnonzero(open_pairs)
    return left[np.argsort(-without_labels.scores[left], kind="stable")]


def _spread(alike: Places, without_labels: Agreement, count: int) -> Places:
    """Return pairs at equal steps among those about which the scores may be wrong; after them the others, so that there are enough."""
    taken = int((without_labels.scores >= without_labels.threshold).sum())
    span = min(len(alike), max(2 * taken, 10 * count))
    steps = np.unique(np.linspace(0, span - 1, min(count, span)).astype(int)) if span else np.zeros(0, dtype=int)
    return np.concatenate([alike[steps], np.delete(alike, steps)])


def _apart(places: Places, chosen: Iterable[int], count: int) -> list[int]:
    """Return the first pairs that have no product in common; then others, where these are too few."""
    ordered = list(map(int, chosen))
    first = list(_disjoint(places, ordered, count))
    return [*first, *(place for place in ordered if place not in set(first))][:count]


def _disjoint(places: Places, ordered: Iterable[int], count: int) -> Iterator[int]:
    used: set[int] = set()
    for place in ordered:
        products = set(places[place].tolist())
        if count <= 0:
            return
        if used.isdisjoint(products):
            used |= products
            count -= 1
            yield place
