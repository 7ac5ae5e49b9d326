"""Drop from stored products that may be one what is personal by now: matches of earlier versions, and of columns declared so since."""

from __future__ import annotations

from sluice.config import Config
from sluice.config.product_settings import product_columns
from sluice.store import SqlStore


def drop_personal_cells(config: Config, store: SqlStore) -> None:
    """Keep of the stored matches the columns alone by which products are compared; of a dataset whose key is personal, nothing.

    Args:
        config: The configuration.
        store: The store.
    """
    for name in config.datasets:
        matches = store.product_matches.of(name)
        if matches is None:
            continue
        columns = product_columns(config, name)
        trimmed = matches.of_columns(columns.display_columns if columns else None)
        if trimmed != matches:
            store.product_matches.save(trimmed)
