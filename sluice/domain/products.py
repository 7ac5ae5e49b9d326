"""Describe the products of a catalog that may be listed under several ids."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias, TypeVar

PAIR_COLUMNS = ("left", "right", "same")
SAME, DIFFERENT = "yes", "no"

_Cells = TypeVar("_Cells")
ProductPair: TypeAlias = tuple[str, str]
"""Ids of two products, the smaller first."""


@dataclass(frozen=True, slots=True)
class PairToLabel:
    """Describe two products of which a person says whether they are one.

    Attributes:
        left: Id of the one.
        right: Id of the other.
        cells: Cells of both, by column.
        probability: Probability that they are one (0 to 1); None before labels teach any.
    """

    left: str
    right: str
    cells: Mapping[str, Sequence[str]]
    probability: float | None = None


@dataclass(frozen=True, slots=True)
class ListedProduct:
    """Describe one listing of a product.

    Attributes:
        id: Its id.
        cells: Its cells, by column.
        rows: Rows of other datasets that refer to the id.
    """

    id: str
    cells: Mapping[str, str]
    rows: int


@dataclass(frozen=True, slots=True)
class ProductGroup:
    """Describe a product that is listed under several ids.

    Attributes:
        products: Its listings; the first one is suggested to stay.
        probability: Probability of its least probable pair (0 to 1); None where no labels teach any.
    """

    products: Sequence[ListedProduct]
    probability: float | None


@dataclass(frozen=True, slots=True)
class ProductMatches:
    """Hold what was found in a catalog.

    Attributes:
        dataset: Name of the dataset.
        products: Number of products that were compared.
        labels: Number of labelled pairs of them.
        learned: Whether these decided; otherwise the threshold is where two views of the products agree most.
        agreement: Cohen's kappa of these views (-1 to 1).
        pairs: Pairs that people are asked about, in their order.
        groups: Products that are listed under several ids.
        references: Datasets and columns that refer to the ids.
    """

    dataset: str
    products: int = 0
    labels: int = 0
    learned: bool = False
    agreement: float = 0.0
    pairs: Sequence[PairToLabel] = ()
    groups: Sequence[ProductGroup] = ()
    references: Sequence[tuple[str, str]] = ()

    def of_columns(self, names: Collection[str] | None) -> ProductMatches:
        """Return it with the cells of some columns alone; without products where there are no columns, as the ids are personal.

        Example:
            >>> pair = PairToLabel("a", "b", {"title": ("Mug", "Mug"), "owner": ("Ann", "Bo")})
            >>> ProductMatches("items", pairs=(pair,)).of_columns(["title"]).pairs[0].cells
            {'title': ('Mug', 'Mug')}
        """
        if names is None:
            return ProductMatches(self.dataset)
        pairs = tuple(replace(pair, cells=_of_columns(pair.cells, names)) for pair in self.pairs)
        groups = tuple(replace(group, products=tuple(replace(one, cells=_of_columns(one.cells, names)) for one in group.products)) for group in self.groups)
        return replace(self, pairs=pairs, groups=groups)


def _of_columns(cells: Mapping[str, _Cells], names: Collection[str]) -> Mapping[str, _Cells]:
    return {name: value for name, value in cells.items() if name in names}


def product_pair(one: str, other: str) -> ProductPair:
    """Return two ids in the order in which all pairs are named.

    Example:
        >>> product_pair("b", "a")
        ('a', 'b')
    """
    return (one, other) if one <= other else (other, one)
