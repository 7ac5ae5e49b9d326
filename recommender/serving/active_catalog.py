"""Map the current catalog to the item numbers of a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import polars as pl

from recommender.data.sequences import Bools


@dataclass(frozen=True, slots=True, eq=False)
class ActiveCatalog:
    """Hold the items that can be recommended now.

    Attributes:
        items: Of `load_catalog`; no row where no catalog is published, then every item of the model is available.
        available: Which of the model's items are available, shape (items,).
        titles: The title of each item.

    Example:
        >>> import polars as pl
        >>> catalog = ActiveCatalog.build(pl.DataFrame({"item": ["b"], "name": ["Blue mug"]}), {"a": 0, "b": 1}, "name")
        >>> catalog.available.tolist(), catalog.titles
        ([False, True], {'b': 'Blue mug'})
    """

    items: pl.DataFrame
    available: Bools
    titles: Mapping[str, str]

    @classmethod
    def build(cls, items: pl.DataFrame, item_numbers: Mapping[str, int], title_column: str | None = None) -> Self:
        """Map a catalog to a model.

        Args:
            items: Of `load_catalog`.
            item_numbers: The number of each item of the model.
            title_column: The column that people see.
        """
        available = np.full(len(item_numbers), fill_value=items.is_empty())
        available[[item_numbers[item] for item in items["item"] if item in item_numbers]] = True
        return cls(items, available, read_titles(items, title_column))

    def text_values(self, items: Sequence[str], columns: Sequence[str]) -> list[dict[str, str]]:
        """Return the values of some items in some columns, as text; empty where the catalog has none."""
        if not columns:
            return [{} for _ in items]
        requested = pl.DataFrame({"item": list(items)}, schema={"item": pl.String})
        rows = self.items.filter(pl.col("item").is_in(requested["item"].implode())).select("item", *(pl.col(name).cast(pl.String) for name in columns))
        return requested.join(rows, on="item", how="left", maintain_order="left").fill_null("").select(columns).to_dicts()


def read_titles(items: pl.DataFrame, title_column: str | None) -> Mapping[str, str]:
    """Return the title of each item of a catalog; items without one are left out."""
    if title_column not in items.columns:
        return {}
    return dict(items.select("item", pl.col(title_column).cast(pl.String)).drop_nulls().iter_rows())
