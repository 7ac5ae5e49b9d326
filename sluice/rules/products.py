"""Decide what the labels of pairs say, and which id of a product stays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sluice.domain import DIFFERENT, SAME, ListedProduct, ProductPair, product_pair

PairLine = tuple[str | None, ...]
"""Ids of two products, and whether they are one."""


def labelled_pairs(lines: Iterable[PairLine]) -> Mapping[ProductPair, bool]:
    """Return whether each labelled pair is one product, without the pairs whose labels contradict each other.

    Args:
        lines: `left`, `right` and `same` of each label; lines that say neither yes nor no are passed over.

    Example:
        >>> labelled_pairs([("b", "a", "yes"), ("a", "b", "Yes"), ("a", "c", "no"), ("d", "c", "yes"), ("c", "d", "no")])
        {('a', 'b'): True, ('a', 'c'): False}
    """
    answers = _answers(lines)
    return {pair: answers_of_pair == {True} for pair, answers_of_pair in answers.items() if len(answers_of_pair) == 1}


def contradicting_pairs(lines: Iterable[PairLine]) -> Sequence[ProductPair]:
    """Return the pairs of which labels say both.

    Example:
        >>> contradicting_pairs([("a", "b", "yes"), ("b", "a", "no")])
        [('a', 'b')]
    """
    return [pair for pair, answers_of_pair in _answers(lines).items() if len(answers_of_pair) > 1]


def surviving_first(products: Iterable[ListedProduct]) -> list[ListedProduct]:
    """Order the listings of a product: the one with most rows that refer to it stays, then the one with most filled cells, then the smallest id.

    Example:
        >>> [one.id for one in surviving_first([ListedProduct("a", {"brand": ""}, 2), ListedProduct("b", {"brand": "Tarn"}, 2)])]
        ['b', 'a']
    """
    return sorted(products, key=lambda one: (-one.rows, -sum(map(bool, one.cells.values())), one.id))


def _answers(lines: Iterable[PairLine]) -> dict[ProductPair, set[bool]]:
    words = {SAME: True, DIFFERENT: False}
    answers: dict[ProductPair, set[bool]] = {}
    for left, right, same, *_ in lines:
        word = (same or "").strip().lower()
        if left and right and left != right and word in words:
            answers.setdefault(product_pair(left, right), set()).add(words[word])
    return answers
