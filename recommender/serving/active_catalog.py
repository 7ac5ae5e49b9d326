"""What is sold now, in the numbers of a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import polars as pl

from recommender.data.sequences import Bools


@dataclass(frozen=True, slots=True, eq=False)
class Shelf:
    """The catalog of the hour.

    Attributes:
        items: Of `load_catalog`; no row where no catalog is published: then everything known is sold.
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
            items: Of `load_catalog`.
            places: The number of each item of the model.
            title: The column shown to people.
        """
        sold = np.full(len(places), fill_value=items.is_empty())
        sold[[places[item] for item in items["item"] if item in places]] = True
        return cls(items, sold, titles(items, title))

    def values(self, items: Sequence[str], columns: Sequence[str]) -> list[dict[str, str]]:
        """What the catalog says of some items in some columns, as text; empty where it says nothing."""
        asked = pl.DataFrame({"item": list(items)}, schema={"item": pl.String})
        told = self.items.filter(pl.col("item").is_in(asked["item"].implode())).select("item", *(pl.col(name).cast(pl.String) for name in columns))
        found = asked.join(told, on="item", how="left", maintain_order="left").fill_null("")
        return found.select(columns).to_dicts() if columns else [{} for _ in items]


def titles(items: pl.DataFrame, title: str | None) -> Mapping[str, str]:
    """What people call each item of a catalog; none of those of which its column `title` says nothing."""
    return dict(items.select("item", pl.col(title).cast(pl.String)).drop_nulls().iter_rows()) if title in items.columns else {}
