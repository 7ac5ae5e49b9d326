"""Find in one scan which text cells may be changed at all, so that the others cost nothing more."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl


def changeable_cells(rows: pl.DataFrame, patterns: Mapping[str, str]) -> dict[str, pl.Series]:
    """Return a mask of the cells that match the pattern of their column, for each column that has any.

    Args:
        rows: Rows of a batch.
        patterns: Regular expression by text column.

    Example:
        >>> rows = pl.DataFrame({"title": ["Lamp ", "Vase"], "brand": ["Tarn", None]})
        >>> {name: mask.to_list() for name, mask in changeable_cells(rows, {"title": " $", "brand": " $"}).items()}
        {'title': [True, False]}
    """
    masks = rows.select(pl.col(name).str.contains(pattern).fill_null(value=False) for name, pattern in patterns.items())
    return {mask.name: mask for mask in masks if mask.any()}
