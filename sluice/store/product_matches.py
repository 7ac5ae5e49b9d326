"""Keep which products of a dataset may be listed under several ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sluice.domain import ListedProduct, PairToLabel, ProductGroup, ProductMatches
from sluice.store.database import Database
from sluice.store.records import get_record, save_record
from sluice.store.tables import PRODUCT_MATCHES


class KeptMatches:
    """Save and return what was found last in each dataset."""

    def __init__(self, database: Database) -> None:
        """Keep the database."""
        self._database = database

    def save(self, matches: ProductMatches) -> None:
        """Save what was found, in the place of what was before."""
        with self._database.write() as connection:
            save_record(connection, PRODUCT_MATCHES, matches.dataset, matches=asdict(matches))

    def of(self, dataset: str) -> ProductMatches | None:
        """Return what was found last in a dataset; None where nobody looked."""
        with self._database.read() as connection:
            record = get_record(connection, PRODUCT_MATCHES, dataset)
        return None if record is None else _to_matches(record.matches)


def _to_matches(stored: Mapping[str, Any]) -> ProductMatches:
    pairs = tuple(PairToLabel(**pair) for pair in stored["pairs"])
    groups = tuple(ProductGroup(tuple(ListedProduct(**one) for one in group["products"]), group["probability"]) for group in stored["groups"])
    references = tuple((dataset, column) for dataset, column in stored["references"])
    return ProductMatches(**{**stored, "pairs": pairs, "groups": groups, "references": references})
