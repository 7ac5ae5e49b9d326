"""What the catalog says of candidates that decides their order beside what a user wants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl

from recommender.data.sequences import Floats
from sluice.config.recommender import Rerank
from sluice.errors import ModelError


@dataclass(frozen=True, slots=True, eq=False)
class CatalogSignals:
    """One number a candidate, shape (n,); nan where the catalog does not say. None where it is not asked.

    Attributes:
        ages: Days that an item has been sold for.
        margins: What one earns.
        bids: What a click is worth to whoever pays for it.
    """

    ages: Floats | None = None
    margins: Floats | None = None
    bids: Floats | None = None


def read_catalog_signals(items: pl.DataFrame, names: Sequence[str], settings: Rerank, at: datetime) -> CatalogSignals:
    """Look candidates up.

    Args:
        items: Column `item`, one row an item, and the columns that the settings name.
        names: The candidates.
        settings: Which columns to read.
        at: Now.

    Raises:
        ModelError: A column does not hold what its use needs.
    """
    asked = pl.DataFrame({"item": list(names)}, schema={"item": pl.String})
    table = asked.join(items.filter(pl.col("item").is_in(asked["item"].implode())), on="item", how="left", maintain_order="left")
    ads = settings.ads
    return CatalogSignals(
        ages=_ages(table, settings.fresh_column, at) if settings.freshness and settings.fresh_column else None,
        margins=_numbers(table, settings.margin_column, "rerank.margin_column") if settings.margin and settings.margin_column else None,
        bids=_numbers(table, ads.bid, "rerank.ads.bid") if ads else None,
    )


def _ages(table: pl.DataFrame, name: str, at: datetime) -> Floats:
    kind = table.schema.get(name)
    if not isinstance(kind, (pl.Date, pl.Datetime)):
        raise ModelError(f"rerank.fresh_column in sluice.yaml needs a column of items that holds dates or timestamps; {name} holds {kind or 'nothing'}")
    since = table[name].cast(pl.Datetime("us")).dt.epoch("s").cast(pl.Float64)
    return _array((at.timestamp() - since) / 86400)


def _numbers(table: pl.DataFrame, name: str, key: str) -> Floats:
    kind = table.schema.get(name)
    if kind is None or not kind.is_numeric():
        raise ModelError(f"{key} in sluice.yaml needs a column of items that holds numbers; {name} holds {kind or 'nothing'}")
    return _array(table[name].cast(pl.Float64))


def _array(values: pl.Series) -> Floats:
    return values.fill_null(float("nan")).to_numpy().astype(np.float32)
