"""Map the current catalog to the item numbers of a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import polars as pl

from recommender.data.filters import passes_texts
from recommender.data.sequences import Bools, Ints


@dataclass(frozen=True, slots=True, eq=False)
class ActiveCatalog:
    """Hold the items that can be recommended now.

    Attributes:
        items: Of `load_catalog`; no row where no catalog is published, then every item of the model is available.
        available: Which of the model's items are available, shape (items,).
        titles: The title of each item.
        rows: The number of the item of each row; -1 where the model has none.

    Example:
        >>> import polars as pl
        >>> catalog = ActiveCatalog.build(pl.DataFrame({"item": ["b"], "name": ["Blue mug"]}), {"a": 0, "b": 1}, "name")
        >>> catalog.available.tolist(), catalog.titles
        ([False, True], {'b': 'Blue mug'})
    """

    items: pl.DataFrame
    available: Bools
    titles: Mapping[str, str]
    rows: Ints

    @classmethod
    def build(cls, items: pl.DataFrame, item_numbers: Mapping[str, int], title_column: str | None = None, barred: Bools | None = None) -> Self:
        """Map a catalog to a model.

        Args:
            items: Of `load_catalog`.
            item_numbers: The number of each item of the model.
            title_column: The column that people see.
            barred: Rows of items that no answer may hold, shape (rows,).
        """
        rows = np.fromiter((item_numbers.get(item, -1) for item in items["item"]), np.int64, items.height)
        available = np.full(len(item_numbers), fill_value=items.is_empty())
        available[rows[(rows >= 0) & ~barred] if barred is not None else rows[rows >= 0]] = True
        return cls(items, available, read_titles(items, title_column), rows)

    def select(self, conditions: Sequence[str]) -> Bools:
        """Return which of the model's items are in the catalog and meet all conditions, such as `price<20`; shape (items,).

        Raises:
            UsageError: A condition does not fit the catalog.
        """
        selected = np.zeros(len(self.available), np.bool_)
        selected[self.rows[passes_texts(self.items, conditions) & (self.rows >= 0)]] = True
        return selected

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
