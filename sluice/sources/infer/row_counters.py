"""Tell a column that counts the rows of its file from an identifier: the next file counts from the start again."""

from __future__ import annotations

import re
from collections.abc import Sequence

import polars as pl

_NAMES = re.compile(r"|(unnamed:? ?|column_|_c|x)\d+|x|#|_?index|(level|row)_?\d*|idx|(row|line)[ _.-]?(no|nr|num|number|index|id)\.?|行号|序号", re.IGNORECASE)


def is_row_counter(frames: Sequence[pl.DataFrame], name: str) -> bool:
    """Return True for a column named as an index, or unnamed, that counts the rows of each file from 0 or 1, as pandas and R write it.

    Args:
        frames: Rows of each file, in the order of the file.
        name: Name of the column.

    Example:
        >>> rows = pl.DataFrame({"index": ["0", "1", "2"], "sku": ["7", "9", "8"]})
        >>> is_row_counter([rows], "index"), is_row_counter([rows], "sku"), is_row_counter([rows, rows.with_columns(index=rows["sku"])], "index")
        (True, False, False)
    """
    counted = [frame[name] for frame in frames if frame.height and name in frame.columns]
    return _NAMES.fullmatch(name.strip()) is not None and bool(counted) and all(map(_counts_from_start, counted))


def _counts_from_start(cells: pl.Series) -> bool:
    numbers = cells.cast(pl.Float64, strict=False)
    return numbers[0] in (0.0, 1.0) and bool((numbers == pl.Series(range(numbers.len()), dtype=pl.Float64) + numbers[0]).fill_null(value=False).all())
