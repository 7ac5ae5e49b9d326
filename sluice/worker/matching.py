"""Find the products of a catalog that are listed under several ids, in the worker process."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import polars as pl

from cleaning.same_product.find import Matching
from cleaning.same_product.records import Records, records_of
from sluice.config import Config
from sluice.config.product_settings import ProductColumns, pairs_path, product_columns
from sluice.domain import PAIR_COLUMNS, ListedProduct, PairToLabel, ProductGroup, ProductMatches, product_pair
from sluice.errors import UsageError
from sluice.messages import make_error
from sluice.ports import Snapshot
from sluice.rules.products import labelled_pairs, surviving_first
from sluice.store.label_file import read_label_file
from sluice.wiring.product_references import merged_ids, product_references
from sluice.worker.session import open_session

_MAX_LENGTH = 300  # characters of a cell that people see


def find_products(path: str, dataset: str, count: int, snapshot_id: str) -> ProductMatches:
    """Return the products of a catalog that are listed under several ids, and the pairs to label next.

    Ids that were merged before are left out.

    Args:
        path: Path of sluice.yaml.
        dataset: Name of a configured dataset.
        count: Number of pairs to label, at most.
        snapshot_id: Id of the snapshot whose rows are compared.

    Raises:
        UsageError: Nothing is published, the dataset has no key of one text column, or no text; or the file of the labels cannot be read.
    """
    config, store = open_session(path)
    columns = product_columns(config, dataset)
    if columns is None:
        raise make_error(UsageError, "products_without_columns", dataset=dataset)
    snapshot = store.snapshot(snapshot_id)
    rows = read_catalog(config, snapshot, dataset, columns)
    labels = labelled_pairs(read_label_file(pairs_path(config, dataset), PAIR_COLUMNS).select(PAIR_COLUMNS).iter_rows())
    records = records_of(rows, columns.key, columns.title, columns.texts, columns.amounts)
    matching = Matching.of(records, labels)
    references = product_references(config, dataset)
    groups = _groups(matching, rows.select(columns.display_columns), references, snapshot)
    pairs = _pairs(matching, records, rows.select(columns.display_columns), count)
    return ProductMatches(dataset, len(records.ids), len(matching.labels), matching.learned, matching.without_labels.kappa, pairs, groups, tuple(references))


def read_catalog(config: Config, snapshot: Snapshot, dataset: str, columns: ProductColumns) -> pl.DataFrame:
    """Return the published products that no other one stands for, one row for each id.

    Raises:
        UsageError: Nothing is published.
    """
    published = snapshot.published(dataset)
    present = published.collect_schema().names()
    if columns.key not in present:
        raise make_error(UsageError, "labels_no_row", dataset=dataset)
    cells = [pl.col(name) if name in present else pl.lit(None, dtype=pl.String).alias(name) for name in columns.display_columns]
    rows = published.select(pl.col(columns.key), *cells).unique(columns.key, keep="first", maintain_order=True).collect()
    return rows.filter(pl.col(columns.key).is_not_null() & ~pl.col(columns.key).is_in(list(merged_ids(config, dataset))))


def _groups(matching: Matching, cells: pl.DataFrame, references: Sequence[tuple[str, str]], snapshot: Snapshot) -> tuple[ProductGroup, ...]:
    ids = matching.pairs.records.ids
    groups = matching.groups()
    rows = _referring_rows(snapshot, references, [ids[place] for group, _ in groups for place in group])
    listed = [([ListedProduct(ids[place], _cells(cells, place), rows[ids[place]]) for place in group], sure) for group, sure in groups]
    return tuple(ProductGroup(tuple(surviving_first(products)), sure) for products, sure in listed)


def _pairs(matching: Matching, records: Records, cells: pl.DataFrame, count: int) -> tuple[PairToLabel, ...]:
    pairs = []
    for one, other, sure in matching.ask(count):
        first, second = (one, other) if product_pair(records.ids[one], records.ids[other])[0] == records.ids[one] else (other, one)
        left, right = _cells(cells, first), _cells(cells, second)
        pairs.append(PairToLabel(records.ids[first], records.ids[second], {name: (left[name], right[name]) for name in left}, sure))
    return tuple(pairs)


def _referring_rows(snapshot: Snapshot, references: Sequence[tuple[str, str]], ids: Sequence[str]) -> Counter[str]:
    """Return how many published rows refer to each of some ids."""
    rows: Counter[str] = Counter()
    for dataset, column in references:
        published = snapshot.published(dataset)
        if column in published.collect_schema().names():
            counts = published.filter(pl.col(column).is_in(list(ids))).group_by(column).len().collect()
            rows.update(dict(counts.iter_rows()))
    return rows


def _cells(cells: pl.DataFrame, place: int) -> Mapping[str, str]:
    return {name: "" if value is None else str(value)[:_MAX_LENGTH] for name, value in cells.row(place, named=True).items()}
