"""What is sold now, in the numbers of a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
import polars as pl

from recommender.sequences import Bools
from sluice.config import Recommender as Config


@dataclass(frozen=True, slots=True, eq=False)
class Shelf:
    """The catalog of the hour.

    Attributes:
        items: Of `data.catalog`; no row where no catalog is published: then everything known is sold.
        sold: Which of the model's items are sold, shape (items,).
        titles: What people call each item.
    """

    items: pl.DataFrame
    sold: Bools
    titles: Mapping[str, str]

    @classmethod
    def of(cls, items: pl.DataFrame, places: Mapping[str, int], title: str | None = None) -> Self:
        """Put a catalog on the shelf.

        Args:
            items: Of `data.catalog`.
            places: The number of each item of the model.
            title: The column shown to people.
        """
        sold = np.full(len(places), fill_value=items.is_empty())
        sold[[places[item] for item in items["item"] if item in places]] = True
        titles = dict(items.select("item", pl.col(title).cast(pl.String)).drop_nulls().iter_rows()) if title in items.columns else {}
        return cls(items, sold, titles)


def title_of(config: Config) -> str:
    """The column of the catalog that is shown to people; the id where none is configured."""
    return "item" if config.title in (None, config.item) else str(config.title)
