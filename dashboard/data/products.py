"""Read which products of a catalog may be one, and what people said of pairs of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import polars as pl

from dashboard.data import cache
from dashboard.data.shop import Shop
from sluice.config.product_settings import pairs_path
from sluice.domain import PAIR_COLUMNS, PairToLabel, ProductGroup, ProductMatches, ProductPair, Request, RequestKind, product_pair
from sluice.rules.products import contradicting_pairs
from sluice.store.label_file import read_label_file
from sluice.wiring.product_references import merged_ids

_UNFINISHED = ("pending", "taken")


@dataclass(frozen=True, slots=True)
class Products:
    """Hold what is known of the products of a catalog that may be one.

    Attributes:
        matches: What was found last, without cells of personal columns; None where nobody looked.
        groups: Groups of it that are not merged, or about to be.
        lines: Lines of the file of labels.
        labelled: Pairs that are labelled, or will be once what waits is written.
    """

    matches: ProductMatches | None
    groups: Sequence[ProductGroup]
    lines: pl.DataFrame
    labelled: frozenset[ProductPair]

    @property
    def conflicts(self) -> Sequence[ProductPair]:
        """Return the pairs of which labels say both."""
        return contradicting_pairs(self.lines.select(PAIR_COLUMNS).iter_rows())

    def following(self, left_out: Collection[ProductPair]) -> PairToLabel | None:
        """Return the first pair that is not labelled; None where none is left.

        Args:
            left_out: Pairs that were put back.
        """
        pairs = self.matches.pairs if self.matches else ()
        return next((pair for pair in pairs if (pair.left, pair.right) not in self.labelled and (pair.left, pair.right) not in left_out), None)


def products_of(shop: Shop, dataset: str) -> Products:
    """Return what is known of the products of a dataset.

    Raises:
        UsageError: The file of labels cannot be read.
    """
    lines = read_label_file(pairs_path(shop.config, dataset), PAIR_COLUMNS)
    requests = [request for request in cache.requests(shop) if request.dataset == dataset]
    matches = _without_personal(shop, cache.product_matches(shop, dataset))
    gone = merged_ids(shop.config, dataset) | {name for request in requests if _waits(request, "merge_products") for name in request.rows[1:]}
    groups = [group for group in matches.groups if not any(one.id in gone for one in group.products)] if matches else []
    return Products(matches, groups, lines, _labelled(lines, requests))


def last_pair_label(shop: Shop, dataset: str, by: str, order: Sequence[str]) -> Request | None:
    """Return the newest label of a pair by a person that is neither undone nor refused.

    Args:
        shop: The shop.
        dataset: Name of the dataset.
        by: Who labelled.
        order: Ids of the labels of this session, the newest last.
    """
    requests = [request for request in cache.requests(shop) if request.dataset == dataset and request.state != "refused"]
    undone = {name for request in requests if request.kind == "undo_label_pair" for name in request.rows}
    labels = {request.id: request for request in requests if request.kind == "label_pair" and request.by == by and request.id not in undone}
    return next((labels[name] for name in (*reversed(order), *labels) if name in labels), None)


def newest_search(shop: Shop, dataset: str) -> Request | None:
    """Return the newest request to find products that are listed twice."""
    return next((request for request in cache.requests(shop) if (request.kind, request.dataset) == ("find_products", dataset)), None)


def _labelled(lines: pl.DataFrame, requests: Sequence[Request]) -> frozenset[ProductPair]:
    written = {product_pair(left, right) for left, right in lines.select("left", "right").iter_rows() if left and right}
    undone = {name for request in requests if _waits(request, "undo_label_pair") for name in request.rows}
    labels = {request.id: product_pair(*request.rows) for request in requests if request.kind == "label_pair"}
    waiting = {labels[request.id] for request in requests if _waits(request, "label_pair") and request.id not in undone}
    return frozenset((written - {labels[name] for name in undone if name in labels}) | waiting)


def _waits(request: Request, kind: RequestKind) -> bool:
    return request.kind == kind and request.state in _UNFINISHED


def _without_personal(shop: Shop, matches: ProductMatches | None) -> ProductMatches | None:
    """Return what was found without the columns that were declared personal since."""
    if matches is None:
        return None
    personal = {column.name for column in shop.schema(matches.dataset).columns if column.personal}
    pairs = tuple(replace(pair, cells={name: cells for name, cells in pair.cells.items() if name not in personal}) for pair in matches.pairs)
    groups = tuple(
        replace(group, products=tuple(replace(one, cells={name: cell for name, cell in one.cells.items() if name not in personal}) for one in group.products))
        for group in matches.groups
    )
    return replace(matches, pairs=pairs, groups=groups)
