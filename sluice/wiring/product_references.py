"""Tell which columns of other datasets refer to the ids of a catalog."""

from __future__ import annotations

from collections.abc import Sequence

from sluice.config import Config
from sluice.config.mappings import mapped_values
from sluice.config.product_settings import product_columns
from sluice.wiring.order import references_of


def product_references(config: Config, catalog: str) -> Sequence[tuple[str, str]]:
    """Return the datasets and columns that refer to the ids of a catalog: by a rule of their suites, or as the events of the recommender.

    Columns of numbers and times are left out, since the ids are text, and personal ones, whose values must not stand in sluice.yaml.
    """
    columns = product_columns(config, catalog)
    key = columns.key if columns else ""
    named = [(name, rule.column) for name in config.datasets for rule in references_of(config, name, catalog) if rule.key == key]
    recommender = config.recommender
    if recommender is not None and recommender.items == catalog and (recommender.item_key or recommender.item) == key:
        named.append((recommender.events, recommender.item))
    return [(name, column) for name, column in dict.fromkeys(named) if _is_text(config, name, column) and name != catalog]


def merged_ids(config: Config, catalog: str) -> frozenset[str]:
    """Return the ids that stand for another product everywhere: sluice.yaml maps them in all columns that refer to the catalog."""
    mappings = [mapped_values(config.datasets[name].clean, column) for name, column in product_references(config, catalog)]
    return frozenset.intersection(*(frozenset(mapping) for mapping in mappings)) if mappings else frozenset()


def _is_text(config: Config, dataset: str, column: str) -> bool:
    return any(one.name == column and one.type == "string" and not one.personal for one in config.datasets[dataset].schema_of(dataset).columns)
