"""Decide whose arriving rows are suppressed in a dataset."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from sluice.config import Config
from sluice.domain import Suppression
from sluice.rules.pseudonyms import PersonPseudonyms
from sluice.rules.suppression import SuppressionList, suppress
from sluice.store import SqlStore
from sluice.wiring.forget_key import read_keys
from sluice.wiring.identifiers import identifier_columns


def suppression_list(config: Config, store: SqlStore, dataset: str) -> SuppressionList | None:
    """Return whom a dataset suppresses now; None where nobody was ever forgotten.

    Args:
        config: The configuration.
        store: Knows who was forgotten.
        dataset: Name of a configured dataset.

    Raises:
        UsageError: People are forgotten, and their key is not set, or is another.
    """
    records = store.suppressions.all()
    if not records:
        return None
    ring = read_keys(records)
    keys = {record.key_id: ring.require(record.key_id) for record in records}
    columns: dict[str, dict[str, PersonPseudonyms]] = {}
    for record in records:
        person = PersonPseudonyms(keys[record.key_id], frozenset(one.digest for one in record.identifiers), record.person)
        for column, digest in _places(config, record, dataset):
            columns.setdefault(column, {})[digest] = person
    personal = tuple(column.name for column in config.datasets[dataset].schema_of(dataset).columns if column.personal)
    cells = frozenset(digest for record in records for digest in [*record.cells, *(one.digest for one in record.identifiers)])
    deleted = frozenset(record.person for record in records if record.mode == "delete")
    return SuppressionList(tuple(keys.values()), columns, personal, cells, deleted)


def suppress_arriving(config: Config, store: SqlStore, dataset: str) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """Return what suppresses rows before they are landed; it asks each time who is forgotten by then."""

    def change(rows: pl.DataFrame) -> pl.DataFrame:
        people = suppression_list(config, store, dataset)
        return rows if people is None else suppress(rows, people).rows

    return change


def _places(config: Config, record: Suppression, dataset: str) -> list[tuple[str, str]]:
    """Return the columns of a dataset with the digests of a person that they may hold."""
    return [(column, one.digest) for one in record.identifiers for column in identifier_columns(config, one.column).get(dataset, ())]
