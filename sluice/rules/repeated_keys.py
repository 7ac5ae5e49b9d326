"""Tell rows that contradict each other under one key from copies of one row."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from sluice.domain import ROW


def contradictions(rows: pl.DataFrame, key: Sequence[str]) -> int:
    """Return the number of different rows beyond the first of each key; copies of a whole row and rows without a key do not count.

    Args:
        rows: Rows with all columns of a file; row ids do not tell them apart.
        key: Columns that may identify them; a file without one of them contradicts nothing.

    Example:
        >>> rows = pl.DataFrame({"id": ["a", "a", "b", "b", None], "price": [1, 1, 2, 3, 4]})
        >>> contradictions(rows, ["id"])
        1
    """
    if not all(name in rows.columns for name in key):
        return 0
    repeated = rows.filter(pl.struct(key).is_duplicated() & pl.all_horizontal(pl.col(key).is_not_null()))
    return int(repeated.drop(ROW, strict=False).hash_rows().n_unique()) - repeated.select(key).n_unique()
