"""Score pairs without labels, and choose the threshold at which two views of the products agree most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cleaning.same_product.pairs import Pairs, margins
from cleaning.same_product.records import Floats, Masks, Places, categories_contradict, codes_contradict
from cleaning.same_product.templates import TitleParts
from cleaning.same_product.twins import find_twins
from cleaning.same_product.variants import are_variants

_FEWEST = 10  # pairs on which an agreement says anything
_LEAST = 0.4  # mean cosine of a pair without a common model number
_TWINS = 0.5  # weight of how far a pair is above the others of its products


@dataclass(frozen=True, slots=True)
class Agreement:
    """Hold scores of pairs without labels.

    Attributes:
        scores: Score of each pair; -inf where something contradicts, inf where the pair is surely one product.
        threshold: Score from which both views mostly agree that a pair is one product; inf where they never do.
        kappa: Cohen's kappa of the two views there (-1 to 1).
    """

    scores: Floats
    threshold: float
    kappa: float


def agreement(pairs: Pairs) -> Agreement:
    """Return the scores of pairs and their threshold, from the products alone.

    One view is the title, the other all text; where there is no other text, they are the words and the character n-grams of the title. Each view
    picks its best pairs; the number of picks at which the picks of both agree most beyond chance (Cohen's kappa) is the number of pairs that are taken.
    Of these a pair counts where some vector has each of its products as the nearest of the other, it has a model number in common or much of
    its text, and nothing contradicts: no other model number, size, colour, brand or category, and no other value of an attribute of which the catalog
    builds its titles. A pair that is surely one product (`find_twins`) counts always, however few there are.

    Args:
        pairs: The pairs.
    """
    names = list(pairs.cosines)
    contradicted = np.array([_contradict(pairs, int(one), int(other)) for one, other in pairs.places], dtype=np.bool_)
    views = [np.where(contradicted, -np.inf, _view(pairs, part)) for part in (names[: len(names) // 2], names[len(names) // 2 :])]
    picks, kappa = _most_agreed(views[0], views[1], min(len(pairs.records.ids), int((~contradicted).sum())))
    scores = views[0] + views[1]
    threshold = float(np.sort(scores)[::-1][picks - 1]) if picks else np.inf
    counts = _alike(pairs) & _nearest_of_each_other(pairs) & ~_of_other_category(pairs) & ~_of_other_parts(pairs)
    return Agreement(
        np.where(find_twins(pairs), np.inf, np.where(counts, scores, -np.inf)),
        threshold if np.isfinite(threshold) else np.inf,
        kappa,
    )


def _contradict(pairs: Pairs, one: int, other: int) -> bool:
    records = pairs.records
    return are_variants(records.titles[one], records.titles[other]) or codes_contradict(records, one, other)


def _of_other_category(pairs: Pairs) -> Masks:
    return np.array([categories_contradict(pairs.records, int(one), int(other)) for one, other in pairs.places], dtype=np.bool_)


def _of_other_parts(pairs: Pairs) -> Masks:
    """Return whether the titles of each pair name other values of an attribute, and no common model number.

    Two sources write titles each in its own way, so that their titles are not compared so.
    """
    titles = pairs.records.titles
    if pairs.records.sources is not None:
        return np.zeros(len(pairs.places), dtype=np.bool_)
    parts = TitleParts(titles)
    return np.array([parts.differ(titles[one], titles[other]) for one, other in pairs.places], dtype=np.bool_) & ~_of_one_code(pairs)


def _alike(pairs: Pairs) -> Masks:
    """Return whether the products of each pair have a model number in common, or much of their text."""
    return np.asarray(_of_one_code(pairs) | (np.mean(list(pairs.cosines.values()), axis=0) >= _LEAST), dtype=np.bool_)


def _of_one_code(pairs: Pairs) -> Masks:
    codes = pairs.records.codes
    return np.array([bool(codes[one] & codes[other]) for one, other in pairs.places], dtype=np.bool_)


def _nearest_of_each_other(pairs: Pairs) -> Masks:
    """Return whether some vector has each of the two products as the nearest of the other."""
    nearest = np.zeros(len(pairs.places), dtype=np.bool_)
    for score in pairs.cosines.values():
        if len(score):
            nearest |= margins(pairs.places, score)[0].sum(1) == 0
    return nearest


def _view(pairs: Pairs, names: list[str]) -> Floats:
    """Return how alike the products of each pair are in some vectors, and how much more than to any other product."""
    if not len(pairs.places):
        return np.zeros(0)
    return np.asarray(
        np.mean([pairs.cosines[name] + _TWINS * margins(pairs.places, pairs.cosines[name])[1].sum(1) for name in names], axis=0), dtype=np.float64
    )


def _most_agreed(first: Floats, second: Floats, most: int) -> tuple[int, float]:
    """Return the number of picks, at most `most`, at which two views agree most, and their kappa there."""
    most = min(most, len(first) - 1)
    if most < _FEWEST:
        return 0, 0.0
    later = np.maximum(_ranks(first), _ranks(second))
    counts = np.arange(1, len(first) + 1)
    expected = counts / len(first)
    kappa = (np.cumsum(np.bincount(later, minlength=len(first))) / counts - expected) / (1 - expected + 1e-9)
    stretch = slice(_FEWEST - 1, most)
    picks = int(np.argmax(kappa[stretch])) + _FEWEST
    return picks, float(kappa[picks - 1])


def _ranks(scores: Floats) -> Places:
    ranks = np.empty(len(scores), dtype=np.int64)
    ranks[np.argsort(-scores, kind="stable")] = np.arange(len(scores))
    return ranks
