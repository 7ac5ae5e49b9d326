"""Read the catalog columns that influence the order of candidates: release dates, margins, bids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl

from recommender.data.sequences import Floats
from sluice.config.recommender import Rerank
from sluice.domain import Message
from sluice.errors import ModelError
from sluice.messages import make_error


@dataclass(frozen=True, slots=True, eq=False)
class CatalogSignals:
    """Hold one number per candidate, shape (n,); nan where the catalog has none. None where a signal is not used.

    Attributes:
        ages: Days since an item was released.
        margins: The profit of an item.
        bids: The price that an advertiser pays per click.
    """

    ages: Floats | None = None
    margins: Floats | None = None
    bids: Floats | None = None


def read_catalog_signals(items: pl.DataFrame, names: Sequence[str], settings: Rerank, at: datetime) -> CatalogSignals:
    """Look up the signals of candidates.

    Args:
        items: Column `item`, one row per item, and the columns that the settings name.
        names: The candidates.
        settings: Which columns to read.
        at: The current time.

    Raises:
        ModelError: A column has the wrong type.
    """
    requested = pl.DataFrame({"item": list(names)}, schema={"item": pl.String})
    table = requested.join(items.filter(pl.col("item").is_in(requested["item"].implode())), on="item", how="left", maintain_order="left")
    ads = settings.ads
    return CatalogSignals(
        ages=_ages(table, settings.released_at, at) if settings.freshness and settings.released_at else None,
        margins=_numbers(table, settings.margin_column, "rerank.margin_column") if settings.margin and settings.margin_column else None,
        bids=_numbers(table, ads.bid, "rerank.ads.bid") if ads else None,
    )


def _ages(table: pl.DataFrame, name: str, at: datetime) -> Floats:
    dtype = table.schema.get(name)
    if not isinstance(dtype, (pl.Date, pl.Datetime)):
        raise make_error(ModelError, "released_at_no_time", column=name, type=str(dtype) if dtype else Message.of("of_no_type"))
    released = table[name].cast(pl.Datetime("us")).dt.epoch("s").cast(pl.Float64)
    return _array((at.timestamp() - released) / 86400)


def _numbers(table: pl.DataFrame, name: str, key: str) -> Floats:
    dtype = table.schema.get(name)
    if dtype is None or not dtype.is_numeric():
        raise make_error(ModelError, "signal_no_number", key=key, column=name, type=str(dtype) if dtype else Message.of("of_no_type"))
    return _array(table[name].cast(pl.Float64))


def _array(values: pl.Series) -> Floats:
    return values.fill_null(float("nan")).to_numpy().astype(np.float32)
