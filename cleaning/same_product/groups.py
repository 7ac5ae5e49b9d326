"""Group the products that are one, without chains through a weak link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from cleaning.same_product.records import Floats, Places


def groups_of(places: Places, probabilities: Floats, threshold: float, sources: Sequence[str] | None = None) -> list[tuple[int, ...]]:
    """Return the groups of products that are one, each of two products or more, in the order of their first product.

    Pairs are joined from the most probable on. Two groups become one only where each product of the one matches each of the other (complete
    linkage): A and C do not become one product because both resemble B. Products of one source were not compared, and need not match.

    Args:
        places: Places of the pairs (pairs x 2).
        probabilities: Probability of each pair that it is one product.
        threshold: Probability from which a pair matches.
        sources: Source of each product; None where all were compared.

    Example:
        >>> chain = np.array([[0, 1], [1, 2], [3, 4]])
        >>> groups_of(chain, np.array([0.99, 0.9, 0.8]), 0.5)
        [(0, 1), (3, 4)]
    """
    matching = np.flatnonzero(probabilities >= threshold)
    pairs = [tuple(pair) for pair in places[matching[np.argsort(-probabilities[matching], kind="stable")]].tolist()]
    matched = set(pairs)
    groups: dict[int, tuple[int, ...]] = {}
    for one, other in pairs:
        first, second = groups.get(one, (one,)), groups.get(other, (other,))
        if first is not second and _all_match(first, second, matched, sources):
            groups |= dict.fromkeys((*first, *second), tuple(sorted((*first, *second))))
    return sorted(set(groups.values()))


def group_probability(group: Sequence[int], by_pair: Mapping[tuple[int, int], float]) -> float:
    """Return the probability of the least probable pair of a group that was compared.

    Args:
        group: Places of its products.
        by_pair: Probability of each pair of places, the smaller first.
    """
    return min(by_pair[pair] for end, other in enumerate(group) for one in group[:end] if (pair := (one, other)) in by_pair)


def _all_match(first: Sequence[int], second: Sequence[int], matched: set[tuple[int, ...]], sources: Sequence[str] | None) -> bool:
    return all((min(one, other), max(one, other)) in matched or (sources is not None and sources[one] == sources[other]) for one in first for other in second)
