"""Find the spellings of one thing that a person has not decided on yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from sluice.config import Config
from sluice.config.mappings import STEP
from sluice.domain import SpellingGroup
from sluice.rules.spellings import group_spellings, may_have_spellings
from sluice.store import SqlStore
from sluice.store.spellings import spellings_of


def spelling_groups(config: Config, store: SqlStore, dataset: str, column: str) -> list[SpellingGroup]:
    """Return the values of a column that are probably spellings of one thing; none of a column that holds no words.

    Values that sluice.yaml maps are left out where held rows alone hold them: they get their spelling when they are released.

    Args:
        config: The configuration.
        store: Its records and rows.
        dataset: Name of a dataset.
        column: Name of one of its columns.
    """
    schema = config.datasets[dataset].schema_of(dataset)
    if schema.dtypes[column] != pl.String or column in schema.key:
        return []
    values = spellings_of(store, dataset, column)
    if values is None or not may_have_spellings(schema, column, values):
        return []
    mapped = set(_mapped(config, dataset, column))
    return group_spellings(one for one in values if one.published or one.value not in mapped)


def _mapped(config: Config, dataset: str, column: str) -> Iterator[str]:
    """Yield the values of a column that sluice.yaml maps to others."""
    for step in config.datasets[dataset].clean:
        values = step.settings.get("values")
        if step.name == STEP and step.settings.get("column") == column and isinstance(values, Mapping):
            yield from map(str, values)
