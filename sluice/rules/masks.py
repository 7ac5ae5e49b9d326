"""Build masks of rows."""

from __future__ import annotations

import polars as pl


def mask_of(places: pl.Series, height: int) -> pl.Series:
    """Return a Boolean for each row of a frame: True at some positions.

    Args:
        places: Positions, each below `height`.
        height: Number of rows.

    Example:
        >>> mask_of(pl.Series([0, 2]), 3).to_list()
        [True, False, True]
    """
    mask = pl.Series([False]).new_from_index(0, height)
    return mask.scatter(places, values=True) if places.len() else mask
